"""How long the tests look; and nbval's kernels listen at files, since a port may be taken."""

import gc
import os
import tempfile

import nbval.kernel
import pytest
from hypothesis import settings
from jupyter_client.manager import KernelManager

from analysis.report.derive import sockets_in

SOCKETS = tempfile.TemporaryDirectory()

# `make soak` runs every property again, at length: -m "soak or hypothesis".
for profile, examples in {"soak": 500, "test": 25}.items():
    settings.register_profile(
        profile, max_examples=examples, derandomize=True, deadline=None, database=None
    )
settings.load_profile("test")


def pytest_collection_finish():
    """Thousands of tests and all the libraries live to the end: no collection need visit them."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers():
    """One more than processors: a process that waits for a browser or a worker leaves its own."""
    return (os.cpu_count() or 1) + 1


def kernel_of_nbval(**options):
    """Kernel manager of nbval, with a folder of sockets."""
    return KernelManager(config=sockets_in(tempfile.mkdtemp(dir=SOCKETS.name)), **options)


nbval.kernel.KernelManager = kernel_of_nbval
