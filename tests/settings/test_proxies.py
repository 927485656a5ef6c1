from __future__ import annotations

from Space_OdT.settings.proxies import proxy_for

URL = "https://webexapis.com/v1"
PROXY = "http://proxy.example.com:3128"


def test_without_variables_there_is_no_proxy() -> None:
    assert proxy_for(URL, {}) is None


def test_the_scheme_decides_which_variable_counts() -> None:
    environ = {"HTTPS_PROXY": PROXY, "HTTP_PROXY": "http://other.example.com"}
    assert proxy_for(URL, environ) == PROXY
    assert proxy_for("http://lab.example.com", environ) == "http://other.example.com"


def test_lower_case_and_bare_hosts_are_understood() -> None:
    assert proxy_for(URL, {"https_proxy": "proxy.example.com:3128"}) == PROXY
    assert proxy_for(URL, {"ALL_PROXY": PROXY}) == PROXY


def test_no_proxy_excludes_hosts_and_their_subdomains() -> None:
    for excluded in ("*", "webexapis.com", ".webexapis.com", "a.example, webexapis.com:443"):
        assert proxy_for(URL, {"HTTPS_PROXY": PROXY, "NO_PROXY": excluded}) is None
    assert proxy_for(URL, {"HTTPS_PROXY": PROXY, "NO_PROXY": "apis.com,example.com"}) == PROXY


def test_loopback_is_always_direct() -> None:
    environ = {"HTTP_PROXY": PROXY, "ALL_PROXY": PROXY}
    assert proxy_for("http://127.0.0.1:8790/v1", environ) is None
    assert proxy_for("http://localhost:8790/v1", environ) is None


def test_a_kind_of_proxy_the_client_cannot_use_is_not_used() -> None:
    assert proxy_for(URL, {"ALL_PROXY": "socks5://proxy.example.com"}) is None
