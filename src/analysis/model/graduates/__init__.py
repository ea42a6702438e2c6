"""The office's own graduates against the survey: how good its chances were, and what to learn.

One file a question: `scores` and `calibration` (how good), `clusters`, `pooling`, `overdispersion`
and `shrinkage` (what the outcomes say), all of docs/methods.md, section 7.
"""
