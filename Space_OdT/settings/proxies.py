"""Which proxy the environment names for a URL."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from Space_OdT.settings.base_url import is_this_machine


def proxy_for(url: str, environ: Mapping[str, str]) -> str | None:
    """Find the proxy for a URL, by the usual variables.

    The HTTP library could look them up itself, but does so per request in a thread; the answer
    does not change within a run.

    Args:
        url: Absolute URL that will be called.
        environ: Environment: HTTPS_PROXY or HTTP_PROXY, ALL_PROXY and NO_PROXY, in capitals or not.

    Returns:
        URL of an http(s) proxy, or None to connect directly. Loopback is always direct.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    if is_this_machine(host) or _is_excluded(host, _variable(environ, "no_proxy")):
        return None
    proxy = _variable(environ, f"{parts.scheme}_proxy") or _variable(environ, "all_proxy")
    if not proxy:
        return None
    proxy = proxy if "://" in proxy else f"http://{proxy}"
    return proxy if proxy.startswith(("http://", "https://")) else None


def _variable(environ: Mapping[str, str], name: str) -> str:
    return (environ.get(name) or environ.get(name.upper()) or "").strip()


def _is_excluded(host: str, no_proxy: str) -> bool:
    for entry in (part.strip().lower() for part in no_proxy.split(",")):
        name = entry.lstrip("*").lstrip(".").partition(":")[0]
        if entry == "*" or (name and (host == name or host.endswith(f".{name}"))):
            return True
    return False
