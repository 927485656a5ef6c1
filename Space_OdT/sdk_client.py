"""Hand out the field's SDK on our way to Webex: our timeouts, repeats, pacing and evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from Space_OdT.settings.config import Settings
from Space_OdT.webex.connection_client import WebexClient

if TYPE_CHECKING:
    from wxc_sdk.as_api import AsWebexSimpleApi

    from Space_OdT.webex.evidence import Evidence


def resolve_access_token(token: str | None = None) -> str:
    """Resolve the access token as every command does: as given, from `.env`, the environment.

    Args:
        token: Token given explicitly; beats everything else.

    Returns:
        The bare token.

    Raises:
        MissingTokenError: When there is none; the message names the ways to give one.
        SettingsError: When it cannot be a token.
    """
    return Settings.load(token=token).access_token()


def create_api(
    token: str | None = None,
    *,
    client: WebexClient | None = None,
    settings: Settings | None = None,
    evidence: Evidence | None = None,
) -> AsWebexSimpleApi:
    """Make the SDK's asynchronous API, sending through our client.

    Use it as `async with create_api() as api`, within a running event loop.

    Args:
        token: Token given explicitly; beats settings and environment.
        client: An open client to share, with its pacer and counters; the caller closes it.
        settings: Settings for a client of its own; loaded as every command does when None.
        evidence: Log and HAR for a client of its own.

    Returns:
        A `wxc_sdk` API object; every one of its methods obeys our timeouts, bounded repeats,
        pacing and evidence, and raises the SDK's own errors.

    Raises:
        MissingTokenError: When a client has to be made and there is no token.
        SettingsError: When a setting cannot be used.
    """
    # The SDK takes over a second and 85 MB to import: only who asks for it pays.
    from Space_OdT.webex.sdk_session import RelayedApi

    owns_client = client is None
    if client is None:
        if settings is None:
            settings = Settings.load(token=token)
        elif token is not None:
            settings = settings.with_token(token)
        client = WebexClient.from_settings(settings, evidence=evidence).open()
    return RelayedApi(client, client.access_token, owns_client=owns_client)
