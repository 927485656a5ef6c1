"""When a run has to stop as a whole: the token is gone, or Webex does not answer any more."""

from __future__ import annotations

import asyncio
from enum import StrEnum

from Space_OdT.webex.connection_client import WebexClient
from Space_OdT.webex.error_handling import WebexError

_UNAUTHORIZED = 401
_MAY_CONCERN_ALL = frozenset({None, _UNAUTHORIZED})
PROBE_PATH = "/people/me"
"""The cheapest read that every token may do."""


class StopReason(StrEnum):
    """Why a run stopped before its end."""

    TOKEN = "token"  # noqa: S105 - a word, not a secret
    UNREACHABLE = "unreachable"
    STORAGE = "storage"


class RunStoppedError(Exception):
    """The run stopped as a whole; what was read is kept and the same command goes on."""

    def __init__(self, reason: StopReason, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class Health:
    """Tells a broken endpoint from a dead line or a dead token.

    Args:
        client: The one way to Webex.
    """

    def __init__(self, client: WebexClient) -> None:
        self._client = client
        self._probing = asyncio.Lock()

    async def check(self, error: WebexError) -> None:
        """Find out whether a failed read concerns the whole run.

        Args:
            error: The failure.

        Raises:
            RunStoppedError: When the token is not accepted any more, or nothing answers.
        """
        if error.status in _MAY_CONCERN_ALL:
            await self._probe()

    async def _probe(self) -> None:
        """Ask for what every token may read: some reads answer 401 where others mean 403."""
        async with self._probing:  # one question at a time: a dead line needs no crowd
            try:
                await self._client.request("GET", PROBE_PATH)
            except WebexError as error:
                if error.status == _UNAUTHORIZED:
                    raise RunStoppedError(
                        StopReason.TOKEN,
                        f"Webex does not accept the token any more: {error.message}",
                    ) from error
                if error.status is None:
                    raise RunStoppedError(
                        StopReason.UNREACHABLE, f"Webex does not answer any more: {error.message}"
                    ) from error
