"""Tasks done in other processes: here in a pool, or on a cluster that the office names.

A task is a function of a module and one argument that can be pickled. Both ways promise the same:
a time limit each task, a death that costs one task, results as each is done, and the same result
wherever it was computed.
"""
