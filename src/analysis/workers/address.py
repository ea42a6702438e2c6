"""The address of a cluster: what it must look like, and who could read along."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from analysis.errors import CountersignalError

__all__ = ["ClusterError", "ClusterLostError", "checked_address", "is_open_to_readers"]

SCHEMES = ("tls", "tcp", "wss", "ws")
ENCRYPTED = ("tls", "wss")


class ClusterError(CountersignalError):
    """A cluster that cannot be used."""


class ClusterLostError(ClusterError):
    """A cluster that went away after work had begun; what came back is kept."""

    exit_code = 1


def checked_address(address: str) -> str:
    """An address as Dask takes it.

    Parameters
    ----------
    address : str
        ``tls://HOST:PORT``, ``tcp://HOST:PORT`` or ``HOST:PORT`` for the latter.

    Returns
    -------
    str
        With its scheme.

    Raises
    ------
    ClusterError
        If it is none.

    Examples
    --------
    >>> checked_address("localhost:8786")
    'tcp://localhost:8786'
    """
    whole = address if "://" in address else f"tcp://{address}"
    try:
        parts = urlsplit(whole)
        good = parts.scheme in SCHEMES and parts.hostname and parts.port
    except ValueError:
        good = False
    if not good:
        message = (
            f"--cluster: found {address!r}; expected the address of a Dask scheduler, as "
            "tls://HOST:PORT (or tcp://HOST:PORT, not encrypted)"
        )
        raise ClusterError(message)
    return whole


def is_open_to_readers(address: str) -> bool:
    """Whether what goes to an address can be read on its way.

    Parameters
    ----------
    address : str
        From `checked_address`.

    Returns
    -------
    bool
        True where it is not encrypted and leaves this machine.

    Examples
    --------
    >>> is_open_to_readers("tcp://10.0.0.5:8786"), is_open_to_readers("tls://10.0.0.5:8786")
    (True, False)
    >>> is_open_to_readers("tcp://127.0.0.1:8786"), is_open_to_readers("tcp://[::1]:8786")
    (False, False)
    """
    parts = urlsplit(address)
    if parts.scheme in ENCRYPTED or parts.hostname == "localhost":
        return False
    try:
        return not ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return True
