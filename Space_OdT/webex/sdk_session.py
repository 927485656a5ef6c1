"""The SDK's session, with our client as its transport; imported only when the SDK is used."""

from __future__ import annotations

import json as json_module
import warnings
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from yarl import URL

from Space_OdT.webex.connection_client import WebexClient
from Space_OdT.webex.redaction import Secret

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MAX_REDIRECTS = 5
_FORM = "application/x-www-form-urlencoded"

with warnings.catch_warnings():
    # The HTTP library discourages subclasses of its session; the SDK's session is one.
    warnings.simplefilter("ignore", DeprecationWarning)
    from wxc_sdk.as_api import AsWebexSimpleApi
    from wxc_sdk.as_rest import AsRestSession
    from wxc_sdk.tokens import Tokens

    class RelaySession(AsRestSession):
        """Lets the SDK build requests and read answers; sending is ours.

        Timeouts, repeats, pacing and evidence are those of the client. Refusals reach the SDK as
        answers, so its callers see its own `AsRestError`; a call without an answer raises the
        HTTP library's exception, as it would without us.

        Args:
            client: An open client.
            token: The client's token, which the SDK shows as its `access_token`.
        """

        def __init__(self, client: WebexClient, token: str) -> None:
            tokens = Tokens()
            tokens.access_token = Secret(token)  # set afterwards, or the model keeps a plain copy
            # Our pacer bounds what is in flight; a second bound would hold slots while it waits.
            super().__init__(tokens=tokens, concurrent_requests=1_000_000, retry_429=False)
            self._client = client
            self.BASE = client.addresses.base_url

        async def _request(self, method: str, str_or_url: str | URL, **options: Any) -> Any:
            """Send one request; every verb of the session ends here."""
            url = URL(str_or_url)
            if params := options.get("params"):
                url = url.extend_query(params)
            url = self._client.addresses.at_home(url)
            headers = dict(options.get("headers") or {})
            body = await _encoded(options.get("data"), options.get("json"), headers)
            follows = method == "GET" and options.get("allow_redirects", True)
            for _ in range(_MAX_REDIRECTS if follows else 1):
                answer = await self._client.relay(method, str(url), headers=headers, data=body)
                target = answer.headers.get("Location")
                if answer.status not in _REDIRECTS or not target:
                    break
                url = url.join(URL(target))
            return answer

    class RelayedApi(AsWebexSimpleApi):
        """The SDK's API on our client; closing it closes a client that was made for it.

        Args:
            client: An open client.
            token: The client's token.
            owns_client: Whether to close the client, too.
        """

        def __init__(self, client: WebexClient, token: str, *, owns_client: bool) -> None:
            session = RelaySession(client, token)
            super().__init__(tokens=token, session=session)
            self.client = client
            self._owns_client = owns_client

        async def close(self) -> None:
            """Close the session, and the client if it was made for this API."""
            await self.session.close()
            if self._owns_client:
                await self.client.close()


async def _encoded(data: Any, json: Any, headers: dict[str, str]) -> bytes | None:
    """Make bytes of a body, so that a refused call can be sent again."""
    if json is not None:
        return json_module.dumps(json).encode()
    if data is None or isinstance(data, bytes):
        return data
    if isinstance(data, str):
        return data.encode()
    if isinstance(data, Mapping):
        headers["Content-Type"] = _FORM
        return urlencode(data).encode()
    rendered: bytes = await data().as_bytes()  # a form of the HTTP library, with files in it
    return rendered
