from __future__ import annotations

import errno
import os
import ssl

import aiohttp
import pytest
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from Space_OdT.webex.error_handling import Failure
from Space_OdT.webex.transport_errors import meaning_of_exception, words_of

ADDRESS = URL("http://user:hush@proxy.example.com:3128")
KEY = aiohttp.client_reqrep.ConnectionKey("host.example.com", 443, True, True, ADDRESS, None, None)
REQUEST = aiohttp.RequestInfo(ADDRESS, "GET", CIMultiDictProxy(CIMultiDict()), ADDRESS)


def untrusted() -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(1, "[SSL: CERTIFICATE_VERIFY_FAILED]")
    error.verify_message = "self-signed certificate"
    return error


REFUSED = OSError(errno.ECONNREFUSED, "Connect call failed ('10.0.0.1', 443)")
CASES = [
    (
        aiohttp.ClientConnectorError(KEY, REFUSED),
        Failure.CONNECT,
        False,
        os.strerror(errno.ECONNREFUSED),
    ),
    (
        aiohttp.ClientConnectorDNSError(KEY, OSError(-2, "Name or service not known")),
        Failure.CONNECT,
        False,
        "Name or service not known",
    ),
    (
        aiohttp.ClientConnectorDNSError(KEY, OSError(None, "DNS lookup failed")),
        Failure.CONNECT,
        False,
        "DNS lookup failed",
    ),
    (
        aiohttp.ClientConnectorCertificateError(KEY, untrusted()),
        Failure.TLS,
        False,
        "self-signed certificate",
    ),
    (
        aiohttp.ClientConnectorSSLError(KEY, ssl.SSLError(1, "[SSL] boo")),
        Failure.TLS,
        False,
        "ClientConnectorSSLError",
    ),
    (
        aiohttp.ConnectionTimeoutError(f"Connection timeout to host {ADDRESS}"),
        Failure.CONNECT,
        False,
        "ConnectionTimeoutError",
    ),
    (
        aiohttp.ClientHttpProxyError(REQUEST, (), status=407, message="hush"),
        Failure.CONNECT,
        False,
        "the proxy answered 407",
    ),
    (aiohttp.InvalidURL(ADDRESS), Failure.CONNECT, False, "InvalidURL"),
    (
        aiohttp.ClientResponseError(REQUEST, (), message="Bad status line:\n\n  b'hush'"),
        Failure.NETWORK,
        True,
        "Bad status line",
    ),
    (aiohttp.ServerDisconnectedError(), Failure.NETWORK, True, "ServerDisconnectedError"),
    (aiohttp.ClientPayloadError("hush"), Failure.NETWORK, True, "ClientPayloadError"),
    (TimeoutError("hush"), Failure.TIMEOUT, True, "TimeoutError"),
    (
        ConnectionResetError(errno.ECONNRESET, "hush"),
        Failure.NETWORK,
        True,
        os.strerror(errno.ECONNRESET),
    ),
]


@pytest.mark.parametrize(
    ("error", "failure", "sent", "words"), CASES, ids=lambda one: type(one).__name__
)
def test_what_a_broken_connection_means_and_says(error, failure, sent, words) -> None:
    assert meaning_of_exception(error) == (failure, sent)
    assert words_of(error) == words


@pytest.mark.parametrize("case", CASES, ids=lambda one: type(one[0]).__name__)
def test_no_address_with_a_password_is_repeated(case) -> None:
    assert "hush" not in words_of(case[0])
