"""What Webex lets one see of a workspace's calling: the checks, their verdicts, and a hint."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from Space_OdT.engine.action_model import StepSpec
from Space_OdT.v21.transformacion.parts.calling_entities import WEBEX_CALLING, WORKSPACES
from Space_OdT.v21.transformacion.parts.entity_settings import (
    NOT_AUTHORISED,
    NOT_PROFESSIONAL,
    authorisation_hint,
)
from Space_OdT.v21.transformacion.parts.forwarding_state import Always, forwarding_setting
from Space_OdT.v21.transformacion.parts.own_permissions import permission_setting
from Space_OdT.webex.error_handling import WebexError
from Space_OdT.webex.records import name_key

_FORBIDDEN = 403
_WRONG_LICENCE = 405
_PROFESSIONAL = "professional"


class Verdict(StrEnum):
    """How a check ended."""

    OK = "ok"
    UNAUTHORIZED = "unauthorized"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Check:
    """One setting that is read.

    Attributes:
        name: Name in results.
        step: Reads it.
        snapshot: Says in a few words what was read.
    """

    name: str
    step: StepSpec
    snapshot: Callable[[Mapping[str, Any]], str]


@dataclass(frozen=True, slots=True)
class Finding:
    """What came of a check.

    Attributes:
        name: Name of the check.
        verdict: How it ended.
        detail: What was read; or status, codes and text of the refusal.
        is_forbidden: Whether it is the token that lacks something, not the workspace.
    """

    name: str
    verdict: Verdict
    detail: str
    is_forbidden: bool = False

    def __str__(self) -> str:
        return f"{self.name} {self.verdict} ({self.detail})"


def _forwarding(body: Mapping[str, Any]) -> str:
    always = Always.of(body)
    return f"all calls go to {always.destination}" if always.enabled else "always is off"


def _permissions(body: Mapping[str, Any]) -> str:
    blocked = [
        str(entry.get("callType"))
        for entry in body["callingPermissions"]
        if entry.get("action") == "BLOCK"
    ]
    whose = "own" if body["useCustomPermissions"] else "those of the location"
    return f"{whose}, blocked: {', '.join(blocked) or 'nothing'}"


CHECKS = (
    Check("call_forwarding", forwarding_setting(WORKSPACES).reading, _forwarding),
    Check("outgoing_permission", permission_setting(WORKSPACES).reading, _permissions),
)


def refused(check: Check, error: WebexError) -> Finding:
    """Sort a refusal of a check.

    Args:
        check: The check.
        error: How Webex refused it.

    Returns:
        `unauthorized` where the token or the workspace may not, else `error`.
    """
    may_not = error.status in {_FORBIDDEN, _WRONG_LICENCE} or not (
        NOT_AUTHORISED | {NOT_PROFESSIONAL}
    ).isdisjoint(error.codes)
    return Finding(
        check.name,
        Verdict.UNAUTHORIZED if may_not else Verdict.ERROR,
        str(error) if may_not else f"{error.reason_code}: {error}",
        is_forbidden=error.status == _FORBIDDEN,
    )


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Everything that was found out about a workspace.

    Attributes:
        calling: Its kind of calling.
        licences: Names of its calling licences.
        findings: What came of the checks.
    """

    calling: str
    licences: Sequence[str]
    findings: Sequence[Finding]

    @property
    def hint(self) -> str:
        """What to look at first, "" when all is well."""
        if self.calling != WEBEX_CALLING:
            return (
                f"its calling is {self.calling}: give it Webex Calling with an extension or number "
                "(workspaces_alta)"
            )
        if any(one.is_forbidden for one in self.findings):
            return "the token lacks spark-admin:workspaces_read, or its user the role"
        if any(one.verdict is Verdict.UNAUTHORIZED for one in self.findings):
            return authorisation_hint("workspace")
        if any(one.verdict is Verdict.ERROR for one in self.findings):
            return "run the diagnosis again; if it stays, quote the tracking id to support"
        if not any(_PROFESSIONAL in name_key(name) for name in self.licences):
            return "an intercom number needs a Professional licence"
        return ""

    def __str__(self) -> str:
        counts = ", ".join(f"{verdict} {_count(self.findings, verdict)}" for verdict in Verdict)
        told = [counts, *map(str, self.findings), f"calling {self.calling}"]
        told.append(f"licence {', '.join(self.licences) or 'none'}")
        told += [f"hint: {self.hint}"] if self.hint else []
        return "; ".join(told)


def _count(findings: Iterable[Finding], verdict: Verdict) -> int:
    return sum(one.verdict is verdict for one in findings)
