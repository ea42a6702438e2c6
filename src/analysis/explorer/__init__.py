"""The interactive panels of notebook 80: one case in, its numbers, charts and list beside it.

One module a question: what may be changed (`controls`), what is shown (`results`, `pictures`), what
comes in (`uploads`) and goes out (`exports`), and the page that joins them (`explorer`).
"""

from analysis.explorer.explorer import Explorer, explore

__all__ = ["Explorer", "explore"]
