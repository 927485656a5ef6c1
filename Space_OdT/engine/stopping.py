"""Why a run stops before its last row; the first reason counts."""

from __future__ import annotations

from enum import StrEnum


class StopReason(StrEnum):
    """What ends a run early."""

    INTERRUPTED = "interrupted"
    TOKEN_REJECTED = "token_rejected"  # noqa: S105 - the name of a reason
    CIRCUIT_BREAKER = "circuit_breaker"
    STORAGE = "storage"
    FAIL_FAST = "fail_fast"


class StopSignal:
    """Asks everybody who hands out work to stop; work in flight is finished.

    Attributes:
        reason: Why; None while nobody has asked.
        message: One sentence for the operator.
    """

    def __init__(self) -> None:
        self.reason: StopReason | None = None
        self.message = ""

    @property
    def is_asked(self) -> bool:
        """True once anybody has asked to stop."""
        return self.reason is not None

    def ask(self, reason: StopReason, message: str) -> None:
        """Ask to stop.

        Args:
            reason: Why.
            message: One sentence for the operator.
        """
        if self.reason is None:
            self.reason, self.message = reason, message
