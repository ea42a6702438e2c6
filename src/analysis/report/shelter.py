"""What a notebook changes in the process is put back, so that the next student starts afresh."""

from __future__ import annotations

import logging
import os
import random
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["SEED", "shelter"]

SEED = 0


@contextmanager
def shelter() -> Iterator[None]:
    """Put back what the block changes: rcParams, figures, environment, folder, path, filters, logs.

    Random generators start at a fixed seed, and log lines go where a fresh process sends them.
    Modules that the block imports stay imported, and threads that it starts go on; a notebook of
    the project starts none.

    Yields
    ------
    None
        With both random generators at a fixed seed.
    """
    import matplotlib as mpl
    import numpy as np
    from matplotlib import pyplot as plt

    environment, folder, path = dict(os.environ), Path.cwd(), list(sys.path)
    states = random.getstate(), np.random.get_state()
    errors, options = np.geterr(), np.get_printoptions()
    log = logging.getLogger()
    handlers, level = log.handlers[:], log.level
    log.handlers[:] = []
    log.setLevel(logging.WARNING)
    random.seed(SEED)
    np.random.seed(SEED)
    try:
        with mpl.rc_context(), warnings.catch_warnings():
            yield
    finally:
        plt.close("all")
        log.handlers[:] = handlers
        log.setLevel(level)
        random.setstate(states[0])
        np.random.set_state(states[1])
        np.seterr(**errors)
        np.set_printoptions(**options)
        sys.path[:] = path
        os.chdir(folder)
        if dict(os.environ) != environment:
            os.environ.clear()
            os.environ.update(environment)
