"""Numbers of the replaced telephone system that a row gives, or that follow from an extension."""

from __future__ import annotations

from dataclasses import dataclass

from Space_OdT.engine.action_model import PendingError
from Space_OdT.v21.transformacion.definition import Cells, LegacyFormulas
from Space_OdT.webex.error_handling import ReasonCode

AS_GIVEN = "as given"


@dataclass(frozen=True, slots=True)
class LegacyValue:
    """A number, and where it comes from.

    Attributes:
        value: The number.
        origin: How it came about, for messages and so for every preview.
        extension: The extension it follows from, "" for one that the row gives.
    """

    value: str
    origin: str
    extension: str = ""

    def __str__(self) -> str:
        return f"{self.value} ({self.origin})"

    def doubt(self, name: str, own_extension: str) -> str:
        """Say when the extension of the row is not the one its owner has.

        A column that slipped by a row would give everybody the line of a neighbour. It is no
        error: the old system may know somebody by another extension.

        Args:
            name: The owner, for the message.
            own_extension: The extension the owner has, "" when unknown.

        Returns:
            What to look at; "" when nothing differs.
        """
        if not self.extension or own_extension in {"", self.extension}:
            return ""
        return f"mind: {name} has the extension {own_extension}, the row says {self.extension}"


def forward_destination(cells: Cells, formulas: LegacyFormulas) -> LegacyValue:
    """Find where the calls of a row go in the old system; what the row gives wins.

    Args:
        cells: Normalised cells: `destination`, or `extension`.
        formulas: How it follows from the extension.

    Returns:
        The destination, dialled as it stands.

    Raises:
        PendingError: `precondition_missing`, for an extension too short for the formula.
    """
    if given := cells.get("destination"):
        return LegacyValue(given, AS_GIVEN)
    extension = _long_enough(cells["extension"], formulas.forward_tail, "destination")
    origin = _origin(formulas.forward_prefix, formulas.forward_tail, extension)
    return LegacyValue(formulas.forward(extension), origin, extension)


def intercom_number(cells: Cells, formulas: LegacyFormulas) -> LegacyValue:
    """Find the number through which the old system reaches a row's line; what it gives wins.

    Args:
        cells: Normalised cells: `legacy_phone_number`, or `extension`.
        formulas: How it follows from the extension.

    Returns:
        The number in E.164.

    Raises:
        PendingError: `precondition_missing`, for an extension too short for the formula.
    """
    if given := cells.get("legacy_phone_number"):
        return LegacyValue(given, AS_GIVEN)
    tail = formulas.intercom_tail
    extension = _long_enough(cells["extension"], tail, "legacy_phone_number")
    origin = _origin(formulas.intercom_prefix, tail, extension)
    return LegacyValue(formulas.intercom(extension), origin, extension)


def _long_enough(extension: str, tail: int, instead: str) -> str:
    if len(extension) < tail:
        raise PendingError(
            ReasonCode.PRECONDITION_MISSING,
            f"the extension {extension} has fewer than the {tail} digits that the formula takes",
            fix=f"give {instead}, or change how many digits the formula takes",
        )
    return extension


def _origin(prefix: str, tail: int, extension: str) -> str:
    return f"{prefix} + last {tail} digits of {extension}"
