"""Which programs to apply to: problem, value, solvers and explanations (docs/methods-list.md)."""
