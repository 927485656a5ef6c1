"""Invariants that are checked in production: a broken one costs its row, never the run."""

from __future__ import annotations


class InvariantViolation(Exception):  # noqa: N818 - the term of the specification; no error of the operator
    """Something the program guarantees does not hold; `facts` says what was seen.

    Args:
        message: The guarantee that was broken.
        facts: What was seen, by name.
    """

    def __init__(self, message: str, facts: dict[str, object]) -> None:
        shown = ", ".join(f"{name}={value!r}" for name, value in facts.items())
        super().__init__(f"{message} ({shown})" if shown else message)
        self.facts = facts


def invariant(condition: object, message: str, **facts: object) -> None:
    """Check a guarantee of the program itself; works with `python -O` too, unlike `assert`.

    Args:
        condition: What must hold.
        message: The guarantee in words; a constant, so that a check that holds costs nothing.
        **facts: What the log should show when it does not hold.

    Raises:
        InvariantViolation: When the condition is false.
    """
    if not condition:
        raise InvariantViolation(message, facts)
