"""Approvals: what they were given for, who gave them when, and whether they still count."""

from __future__ import annotations

import getpass
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from Space_OdT.softphones.decisions import AnswerError, Decision, DecisionDesk, Decisions
from Space_OdT.softphones.intake import SoftphoneIntake
from Space_OdT.softphones.overrides import OverrideError
from Space_OdT.softphones.policy import Policy
from Space_OdT.softphones.stages import Stage
from Space_OdT.softphones.state import RunState


@dataclass(frozen=True, slots=True)
class Approval:
    """Decisions with who and when.

    Attributes:
        decisions: The decisions.
        by: Who gave them.
        at: When, ISO 8601 in UTC.
        source: How: `interactive`, or the name of the decisions file.
        original: What an earlier run recorded; kept when the decisions are that run's.
    """

    decisions: Decisions
    by: str
    at: str
    source: str
    original: Mapping[str, Mapping[str, Any]] | None = None

    def as_dict(self) -> dict[str, dict[str, Any]]:
        """Write it in the documented shape, with who and when."""
        if self.original is not None:
            return {name: dict(one) for name, one in self.original.items()}
        return {
            stage.value: {
                "decision": decision.answer.value,
                "override_path": decision.override_path or None,
                "decided_by": self.by,
                "decided_at": self.at,
                "source": self.source,
            }
            for stage, decision in self.decisions.items()
        }


def operator_name(webex_name: str) -> str:
    """Name whoever decides.

    Args:
        webex_name: Owner of the token, "" when unknown.

    Returns:
        The user of this machine, and the owner of the token.
    """
    try:
        user = getpass.getuser()
    except (OSError, KeyError, ImportError):  # no user database, as in some containers
        user = "unknown user"
    return f"{user} (Webex: {webex_name})" if webex_name else user


def digest_of(intake: SoftphoneIntake, policy: Policy, decisions: Decisions) -> str:
    """Sum up what decisions are given for.

    Args:
        intake: The input.
        policy: The policy.
        decisions: The decisions, with the content of their files.

    Returns:
        Hexadecimal digits; other ones when any of it changes.
    """
    parts = [intake.input_hash, policy.digest]
    parts += [f"{stage}:{one.answer}:{one.overrides.digest}" for stage, one in decisions.items()]
    return sha256("\n".join(parts).encode()).hexdigest()


def approval_of(
    state: RunState, desk: DecisionDesk, intake: SoftphoneIntake, policy: Policy
) -> Approval | None:
    """Take over the decisions of the run that goes on, when they were given for the same thing.

    Args:
        state: The run.
        desk: Reads the files of a `yesbut` again.
        intake: The input.
        policy: The policy.

    Returns:
        The approval; None when input, policy or a file has changed since, so that it counts no
        more.
    """
    decisions: dict[Stage, Decision] = {}
    try:
        for stage in Stage:
            kept = state.stage_decisions[stage.value]
            text = " ".join(filter(None, (kept["decision"], kept.get("override_path"))))
            decisions[stage] = desk.decide(stage, text)
    except (KeyError, AnswerError, OverrideError):
        return None
    if digest_of(intake, policy, decisions) != state.approved:
        return None
    first = state.stage_decisions[Stage.LICENCE.value]
    by, at = str(first.get("decided_by", "")), str(first.get("decided_at", ""))
    source = str(first.get("source", ""))
    return Approval(decisions, by, at, source, original=state.stage_decisions)
