"""What is wrong with a row, as one reason and one text."""

from __future__ import annotations

from collections.abc import Sequence

from Space_OdT.engine.models import CellProblem
from Space_OdT.webex.error_handling import ReasonCode

_SHOWN_PROBLEMS = 5


def reason_of(problems: Sequence[CellProblem]) -> ReasonCode:
    """Choose the one reason of a row.

    Args:
        problems: What is wrong with it, at least one thing.

    Returns:
        What is out of scope, as an identity field, beats a wrong value; else the first counts.
    """
    reasons = [problem.reason_code for problem in problems]
    return ReasonCode.OUT_OF_SCOPE if ReasonCode.OUT_OF_SCOPE in reasons else reasons[0]


def text_of(problems: Sequence[CellProblem]) -> str:
    """Say what is wrong with a row.

    Args:
        problems: What is wrong with it.

    Returns:
        The first few in full, and how many more there are.
    """
    texts = [problem.text() for problem in problems[:_SHOWN_PROBLEMS]]
    if (more := len(problems) - len(texts)) > 0:
        texts.append(f"And {more} more.")
    return " ".join(texts)
