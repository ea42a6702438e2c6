"""nbval's kernels listen at files, as those that derive the notebooks do: a port may be taken."""

import os
import tempfile

import nbval.kernel
import pytest
from jupyter_client.manager import KernelManager

from analysis.report.derive import sockets_in

SOCKETS = tempfile.TemporaryDirectory()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers():
    """One more than processors: a process that waits for a browser or a worker leaves its own."""
    return (os.cpu_count() or 1) + 1


def kernel_of_nbval(**options):
    """Kernel manager of nbval, with a folder of sockets."""
    return KernelManager(config=sockets_in(tempfile.mkdtemp(dir=SOCKETS.name)), **options)


nbval.kernel.KernelManager = kernel_of_nbval
