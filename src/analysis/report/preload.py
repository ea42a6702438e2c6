"""What a worker loads before its first report, once: importing this module is the work.

A fork server imports it and its workers share the memory; a spawned worker imports it itself.
"""

from __future__ import annotations

import gc
import importlib

from analysis.report import spare_imports

spare_imports()

# papermill loads our engine by its entry point; the others are what the report's notebook loads.
for heavy in (
    "papermill",
    "analysis.report.render",
    "analysis.report.engine",
    "matplotlib.pyplot",
    "scipy.optimize",
    "scipy.special",
    "analysis.views",
    "analysis.figures.waterfall",
):
    importlib.import_module(heavy)

# What is loaded stays: the collections after each report need not look at it again.
gc.collect()
gc.freeze()
