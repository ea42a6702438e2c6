"""Many seeded runs at once, for the long tests: one process a core, one thread of algebra each."""

import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor
from unittest import mock

from analysis.workers.pool import ONE_THREAD


def on_every_core(run, seeds):
    """What ``run``, a function of a module, gives for each seed, in the order of the seeds."""
    with (
        mock.patch.dict(os.environ, ONE_THREAD),
        ProcessPoolExecutor(mp_context=multiprocessing.get_context("spawn")) as pool,
    ):
        return list(pool.map(run, seeds, chunksize=4))
