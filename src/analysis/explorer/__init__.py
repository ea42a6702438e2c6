"""The interactive panels of notebook 80: one case in, its numbers, charts and list beside it.

One module a question: what may be changed (`controls`), what is shown (`results`, `listing`), what
comes in (`uploads`, `mapping_editor`), what is kept (`cases`) and taken along (`saving`), and the
page that joins them (`explorer`).
"""

from analysis.explorer.explorer import Explorer, explore
