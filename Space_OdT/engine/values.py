"""The one exception of value normalisers; it carries the words for the operator."""

from __future__ import annotations


class BadValueError(ValueError):
    """A value cannot be used.

    Args:
        expected: What was expected, with an example.
        fix: What to do.
        damage: What a spreadsheet did to the value, "" when nothing of the kind shows.
    """

    def __init__(self, expected: str, fix: str, damage: str = "") -> None:
        super().__init__(f"expected {expected}")
        self.expected = expected
        self.fix = fix
        self.damage = damage
