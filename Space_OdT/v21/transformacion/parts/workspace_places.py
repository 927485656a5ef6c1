"""Where a workspace is to call from and with which licence, found before anything is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from Space_OdT.engine.action_model import PendingError
from Space_OdT.v21.transformacion.parameters import values_of
from Space_OdT.v21.transformacion.parts.licence_units import LicenceUnits, licences_named
from Space_OdT.v21.transformacion.parts.line_checks import location_of_line, names_location
from Space_OdT.v21.transformacion.parts.lookups import find_calling_location
from Space_OdT.v21.transformacion.parts.workspace_steps import WorkspaceLine
from Space_OdT.webex.directory import Directory
from Space_OdT.webex.error_handling import ReasonCode
from Space_OdT.webex.records import Licence, Location, name_key

_PROFESSIONAL, _HOT_DESK = "professional", "hot desk"
# What of the calling licences is for workspaces; the names are those of the licences list.
_SUITABLE = ("workspace", "common area", _PROFESSIONAL, _HOT_DESK)


def is_hot_desk(licence: Licence) -> bool:
    """Tell whether a licence is for hot desks only, which have no extension or number.

    Args:
        licence: A licence.

    Returns:
        True when it is.
    """
    return _HOT_DESK in name_key(licence.name)


@dataclass(frozen=True, slots=True)
class WorkspaceWish:
    """What is wanted of one workspace.

    Attributes:
        cells: Normalised cells.
        name: Display name.
        licences: Name or id of the calling licence, empty for whichever is suitable.
    """

    cells: Mapping[str, str]
    name: str
    licences: tuple[str, ...]

    @classmethod
    def of(cls, cells: Mapping[str, str]) -> WorkspaceWish:
        """Read normalised cells."""
        return cls(cells, cells["display_name"], values_of(cells.get("licenses", "")))

    @property
    def line(self) -> WorkspaceLine:
        """Extension and number wanted, in no location yet."""
        return WorkspaceLine("", self.get("extension"), self.get("phone_number"))

    def get(self, name: str) -> str:
        """Look a cell up; "" when it is blank."""
        return self.cells.get(name, "")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a workspace is to call from, and with which licence.

    Attributes:
        location: The location; None for a hot desk without one.
        candidates: The licence, one candidate a subscription; empty when Webex chooses.
    """

    location: Location | None
    candidates: tuple[Licence, ...]

    @property
    def is_hot_desk(self) -> bool:
        """Whether the licence is for hot desks only, which have no extension or number."""
        return bool(self.candidates) and is_hot_desk(self.candidates[0])

    @property
    def location_id(self) -> str:
        """Id of the location, "" without one."""
        return self.location.id if self.location is not None else ""


async def place_of(wish: WorkspaceWish, directory: Directory) -> Place:
    """Find where a workspace is to call from, and with which licence.

    Args:
        wish: What is wanted.
        directory: The organisation.

    Returns:
        Location and licence.

    Raises:
        PendingError: `precondition_missing`, when there is no such location or licence.
        AmbiguousNameError: When several locations have the name.
        WebexError: When the API cannot be asked.
    """
    candidates = await _licence(wish, directory)
    place = Place(None, candidates)
    if place.is_hot_desk:
        if wish.get("extension") or wish.get("phone_number"):
            raise PendingError(
                ReasonCode.PRECONDITION_MISSING,
                f"{candidates[0].name} comes without extension and number",
                fix="leave extension and phone_number out, or choose another licence",
            )
        if not names_location(wish.cells):
            return place
        return replace(place, location=await find_calling_location(wish.cells, directory))
    return replace(place, location=await location_of_line(wish.cells, directory))


async def _licence(wish: WorkspaceWish, directory: Directory) -> tuple[Licence, ...]:
    if not wish.licences:
        return ()
    if len(wish.licences) > 1:
        raise PendingError(
            ReasonCode.PRECONDITION_MISSING,
            f"a workspace has one calling licence, the row names {', '.join(wish.licences)}",
            fix="keep one of them",
        )
    candidates = await licences_named(wish.licences[0], directory)
    licence = candidates[0]
    if not licence.is_calling or not any(one in name_key(licence.name) for one in _SUITABLE):
        raise PendingError(
            ReasonCode.PRECONDITION_MISSING,
            f"{licence.name} is not for workspaces",
            fix="choose Webex Calling - Workspaces, or - Professional where a second number "
            "(intercom) follows",
        )
    return candidates


async def check_any_left(units: LicenceUnits, directory: Directory) -> None:
    """Refuse a workspace whose licence Webex is to choose when there is none to choose.

    Args:
        units: Units of the run.
        directory: The organisation.

    Raises:
        PendingError: `precondition_missing`, when no suitable licence has a unit left.
        WebexError: When the licences cannot be read.
    """
    suitable = [
        one
        for one in await directory.calling_licences()
        if any(word in name_key(one.name) for word in _SUITABLE if word != _HOT_DESK)
    ]
    if not any(units.free(one) > 0 for one in suitable):
        names = ", ".join(dict.fromkeys(one.name for one in suitable)) or "none there is"
        raise PendingError(
            ReasonCode.PRECONDITION_MISSING,
            f"no unit of a licence for workspaces is left ({names})",
            fix="free or buy units, then run these rows again",
        )
