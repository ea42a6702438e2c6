"""What a reader sees, as data: built once, rendered by command line, PDF and page alike."""

from analysis.views.application_list import ListView
from analysis.views.report import ReportView, report_view
from analysis.views.student import StudentView, student_view

__all__ = ["ListView", "ReportView", "StudentView", "report_view", "student_view"]
