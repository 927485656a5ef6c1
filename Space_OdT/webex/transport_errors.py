"""What the HTTP library's exceptions mean, and how to tell an operator without saying too much."""

from __future__ import annotations

import os
import ssl

import aiohttp

from Space_OdT.webex.error_handling import Failure

# By what it means and whether the request may have been received. First match counts: several are
# subclasses of later ones.
_MEANINGS: tuple[tuple[type[BaseException], Failure, bool], ...] = (
    (aiohttp.ClientConnectorSSLError, Failure.TLS, False),
    (aiohttp.ClientConnectorCertificateError, Failure.TLS, False),
    (aiohttp.ServerFingerprintMismatch, Failure.TLS, False),
    (aiohttp.ConnectionTimeoutError, Failure.CONNECT, False),
    (aiohttp.ClientConnectorError, Failure.CONNECT, False),
    (aiohttp.ClientHttpProxyError, Failure.CONNECT, False),
    (aiohttp.InvalidURL, Failure.CONNECT, False),  # the proxy's: our own is checked
    (TimeoutError, Failure.TIMEOUT, True),
    (aiohttp.ClientError, Failure.NETWORK, True),
    (OSError, Failure.NETWORK, True),
)


def meaning_of_exception(error: BaseException) -> tuple[Failure, bool]:
    """Sort an exception of the HTTP library.

    Args:
        error: What it raised: one of its own, or of the system.

    Returns:
        The kind of failure, and whether the request may have been received.
    """
    return next((kind, sent) for known, kind, sent in _MEANINGS if isinstance(error, known))


def words_of(error: BaseException) -> str:
    """Take what the system says of a failure, but no address: it may hold a password.

    Args:
        error: Exception of the HTTP library or the system.

    Returns:
        A few words; the name of the exception when there are none.
    """
    if isinstance(error, aiohttp.ClientHttpProxyError):
        return f"the proxy answered {error.status}"
    if isinstance(error, aiohttp.ClientResponseError):
        said = error.message.partition("\n")[0].partition(":")[0]  # then come the server's bytes
    elif isinstance(error, aiohttp.ClientConnectorCertificateError):
        said = _system_words(error.certificate_error)
    elif isinstance(error, aiohttp.ClientConnectorError):
        said = _system_words(error.os_error)
    else:
        said = _system_words(error)
    return said or type(error).__name__


def _system_words(error: BaseException) -> str:
    if isinstance(error, ssl.SSLError):
        found = (getattr(error, name, None) for name in ("verify_message", "reason"))
        return str(next(filter(None, found), ""))
    if isinstance(error, OSError) and error.errno and error.errno > 0:
        return os.strerror(error.errno)  # its own text may name addresses
    return (error.strerror or "") if isinstance(error, OSError) else ""
