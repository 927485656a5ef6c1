"""Preflight: a token that works, the organisation that is meant, the reads every run needs."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from Space_OdT.webex.connection_client import WebexClient
from Space_OdT.webex.error_handling import ReasonCode, WebexError, probe_hint
from Space_OdT.webex.ids import same_id


class StartupError(Exception):
    """The run must not begin; the message says why and what to do. Nothing was processed."""


@dataclass(frozen=True, slots=True)
class Access:
    """Whose token it is, and what it opens.

    Attributes:
        organisation_id: Id of the organisation.
        organisation_name: Its name; "" when the token may not read it.
        person: Display name of the token's owner, "" when it shows none.
        expires_at: When the token ends; None when the API does not say.
    """

    organisation_id: str
    organisation_name: str = ""
    person: str = ""
    expires_at: datetime | None = None

    @property
    def organisation(self) -> str:
        """Name and id in one."""
        return f"{self.organisation_name or 'name not readable'} ({self.organisation_id})"


async def check_access(client: WebexClient) -> Access:
    """Find out whether the token works, at this base URL, and for whom.

    Args:
        client: The client of the run.

    Returns:
        What the token opens.

    Raises:
        StartupError: When it does not work.
    """
    try:
        answer = await client.request(
            "GET", "/people/me", required=("id", "orgId"), retry=client.retry.for_probe()
        )
    except WebexError as error:
        raise unusable(error, client) from error
    me = answer.body
    organisation_id = str(me["orgId"])
    name, end = await asyncio.gather(
        _organisation_name(client, organisation_id), _token_end(client)
    )
    return Access(
        organisation_id=organisation_id,
        organisation_name=name,
        person=str(me.get("displayName") or ""),
        expires_at=end,
    )


def unusable(error: WebexError, client: WebexClient) -> StartupError:
    """Say why a first call failed, in terms of what the operator can change.

    Args:
        error: How it failed.
        client: The client it failed on.

    Returns:
        The error to raise.
    """
    what = {
        ReasonCode.AUTH_INVALID: "The token was rejected",
        ReasonCode.PERMISSION_DENIED: "The token's scopes or role do not allow a read every run "
        "needs",
    }.get(error.reason_code, "Webex cannot be used")
    hint = f" {found}" if (found := probe_hint(error)) else ""
    return StartupError(f"{what}, at {client.addresses.base_url}: {error}.{hint}")


def check_organisation(access: Access, wanted_id: str | None) -> None:
    """Refuse another organisation than the one that is meant.

    Args:
        access: What the token opens.
        wanted_id: WEBEX_ORG_ID, in any spelling; None checks nothing.

    Raises:
        StartupError: When they differ.
    """
    if wanted_id and not same_id(access.organisation_id, wanted_id):
        raise StartupError(
            f"The token belongs to the organisation {access.organisation}, but WEBEX_ORG_ID names "
            f"{wanted_id}. Use a token of the right organisation, or correct WEBEX_ORG_ID."
        )


async def _organisation_name(client: WebexClient, organisation_id: str) -> str:
    body = await _if_permitted(client, f"/organizations/{organisation_id}")
    return str(body.get("displayName") or "")


async def _token_end(client: WebexClient) -> datetime | None:
    body = await _if_permitted(client, "/authorizations/tokenExpiry")
    milliseconds = body.get("exp")
    if not isinstance(milliseconds, int | float) or milliseconds <= 0:
        return None
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


async def _if_permitted(client: WebexClient, path: str) -> dict[str, Any]:
    """Read something that is good to know; a token without the scope gets nothing."""
    try:
        body = (await client.request("GET", path)).body
    except WebexError as error:
        if error.reason_code is ReasonCode.AUTH_INVALID:
            raise unusable(error, client) from error
        return {}
    return body if isinstance(body, dict) else {}
