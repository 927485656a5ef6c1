"""What the codes of a move between locations mean: what prevents it, and what it changes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

# `[Error 4202] The extension …`, `… (code 4202)`, or the code alone.
_CODE = re.compile(r"\[[A-Za-z]+ (\d{4,8})\]|\bcode (\d{4,8})|^(\d{4,8})$")


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What prevents a move.

    Attributes:
        meaning: What it is about.
        fix: What the operator can do.
    """

    meaning: str
    fix: str


_OTHER_NUMBER = (
    "fill phone_number with a free number of the new location, or set release_number to true: the "
    "present one then stays in the old location"
)
_PREMISES = (
    "premises trap: numbers of a location with a Local Gateway (premises PSTN) cannot be moved "
    "along with their owner"
)

# Codes of the moveLocation job (Webex API reference, "Validate or Initiate Move Users Job").
OBSTACLES: Mapping[str, Obstacle] = MappingProxyType(
    {
        "10050010": Obstacle(_PREMISES, _OTHER_NUMBER),
        "27976": Obstacle(
            "premises trap: the two locations have different PSTN connections, so the number "
            "cannot be moved along",
            _OTHER_NUMBER,
        ),
        "10030004": Obstacle(
            "only an active number can be moved along",
            f"activate it first (ubicacion_activar_numeraciones), or {_OTHER_NUMBER}",
        ),
        "10030005": Obstacle(
            "the number is the main number of the old location, which cannot be moved",
            f"give that location another head number (ubicacion_actualizar_cabecera), or "
            f"{_OTHER_NUMBER}",
        ),
        "4202": Obstacle(
            "the extension is taken in the new location", "fill extension with a free one"
        ),
        "27966": Obstacle(
            "the number is not in the inventory of the new location",
            "choose a number of the new location, or add it there first",
        ),
        "8361": Obstacle("the number belongs to somebody else", "choose a free number"),
    }
)

# Impacts that undo what other actions have set, and the action that sets it again.
UNDONE: Mapping[str, str] = MappingProxyType(
    {
        "19703": "usuarios_configurar_perfil_saliente_custom",
        "19704": "usuarios_configurar_perfil_saliente_custom",
        "19713": "usuarios_modificar_licencias",
        "19714": "usuarios_modificar_licencias",
    }
)


def codes_in(text: str) -> list[str]:
    """Find the codes that a message of Webex carries.

    Args:
        text: As `[Error 4202] The extension is not available.`

    Returns:
        The codes in order.
    """
    return ["".join(found) for found in _CODE.findall(text)]


def explained(texts: Iterable[str]) -> tuple[str, str]:
    """Say what prevents a move, and what mends it.

    Args:
        texts: What Webex says.

    Returns:
        The messages, those with a known code after what they mean; and what to do.
    """
    told: list[str] = []
    fixes: list[str] = []
    for text in (one.rstrip(". ") for one in texts):
        known = next((OBSTACLES[code] for code in codes_in(text) if code in OBSTACLES), None)
        told.append(f"{known.meaning}: {text}" if known else text)
        if known is not None:
            fixes.append(known.fix)
    fix = "; ".join(dict.fromkeys(fixes)) or "mend what the message names, then run this row again"
    return "; ".join(told), fix


def impacts_told(texts: Iterable[str]) -> str:
    """Say what a move changes besides the location.

    Args:
        texts: What Webex says.

    Returns:
        One clause, "" for nothing; impacts that undo another action name it.
    """
    told = []
    for text in texts:
        again = next((UNDONE[code] for code in codes_in(text) if code in UNDONE), "")
        told.append(f"{text} (run {again} afterwards)" if again else text)
    return f"impacts: {' '.join(told)}" if told else ""
