"""nbval's kernels listen at files, as those that derive the notebooks do: a port may be taken."""

import tempfile

import nbval.kernel
from jupyter_client.manager import KernelManager

from analysis.report.derive import sockets_in

SOCKETS = tempfile.TemporaryDirectory()


def kernel_of_nbval(**options):
    """Kernel manager of nbval, with a folder of sockets."""
    return KernelManager(config=sockets_in(tempfile.mkdtemp(dir=SOCKETS.name)), **options)


nbval.kernel.KernelManager = kernel_of_nbval
