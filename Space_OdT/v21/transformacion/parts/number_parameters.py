"""The columns that name blocks of numbers, and the numbers a row means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from Space_OdT.engine.models import CellProblem
from Space_OdT.v21.transformacion.definition import LegacyFormulas
from Space_OdT.v21.transformacion.parameters import Kind, Parameter, is_true, values_of
from Space_OdT.v21.transformacion.parts.legacy_values import intercom_number
from Space_OdT.v21.transformacion.parts.shared_parameters import EXTENSION, LOCATION_NEED

Cells = Mapping[str, str]
_DIRECT = "DID"

PHONE_NUMBERS = Parameter(
    "phone_numbers",
    Kind.PHONES,
    "Numbers (E.164), one or many; further columns phone_number_1, phone_number_2 … count too.",
    aliases=(
        "phoneNumbers",
        "numbers",
        "Numeració",
        "Numeración",
        "Numeració Sortint",
        *(f"{name}_{place}" for place in range(1, 9) for name in ("phone_number", "phone_numbers")),
    ),
    example="+34510000001,+34910000001",
)
WITH_INTERCOM = Parameter(
    "intercom_from_extension",
    Kind.FLAG,
    "Whether an extension in the row means its intercom number of the old system too. Beside "
    "phone_numbers it does in Numeraciones, elsewhere only when this says so.",
    default="true",
)
NUMBERS = (PHONE_NUMBERS, EXTENSION, WITH_INTERCOM)
NUMBERS_NEED = ("phone_numbers", "extension")
# The location comes first, so that it names the row; the numbers tell rows of one location apart.
NUMBERS_KEY = (*LOCATION_NEED, *NUMBERS_NEED)


def numbers_of(cells: Cells, formulas: LegacyFormulas) -> tuple[str, ...]:
    """List the numbers a row means, each once, in the order given.

    Args:
        cells: Normalised cells.
        formulas: How an intercom number follows from an extension.

    Returns:
        Numbers in E.164.

    Raises:
        PendingError: `precondition_missing`, for an extension too short for the formula.
    """
    numbers = list(values_of(cells.get("phone_numbers", "")))
    counts = is_true(cells.get(WITH_INTERCOM.name, "")) and _is_direct(cells)
    if counts and cells.get("extension"):
        numbers.append(intercom_number({"extension": cells["extension"]}, formulas).value)
    return tuple(dict.fromkeys(numbers))


def number_problems(cells: Cells) -> Iterable[CellProblem]:
    """Refuse a row that names no number after all.

    Args:
        cells: Normalised cells.

    Yields:
        The problem of a row with nothing but an extension that is not to count.
    """
    counts = is_true(cells.get(WITH_INTERCOM.name, "")) and _is_direct(cells)
    if not cells.get("phone_numbers") and not counts:
        yield CellProblem(
            "phone_numbers",
            "",
            "at least one number",
            "fill phone_numbers; an extension counts for numbers of type DID only, and with "
            "intercom_from_extension true",
        )


def _is_direct(cells: Cells) -> bool:
    return cells.get("number_type", _DIRECT) == _DIRECT
