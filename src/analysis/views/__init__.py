"""What a reader sees, as data: built once, rendered by command line, PDF and page alike."""

from analysis.views.application_list import ListView
from analysis.views.report import report_view
