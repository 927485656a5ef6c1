"""Whether a number and an extension can be given to somebody, asked before anything is written."""

from __future__ import annotations

from collections.abc import Mapping

from Space_OdT.engine.action_model import PendingError
from Space_OdT.engine.actions_registry import NOT_MADE_YET
from Space_OdT.v21.transformacion.parts.lookups import find_calling_location
from Space_OdT.webex.directory import Directory
from Space_OdT.webex.error_handling import ReasonCode
from Space_OdT.webex.ids import same_id
from Space_OdT.webex.records import Location, Number

_LOAD_THEM = "run ubicacion_alta_numeraciones_desactivadas for the location first"


Cells = Mapping[str, str]


def names_location(cells: Cells) -> bool:
    """Tell whether a row names a location.

    Args:
        cells: Its normalised cells.

    Returns:
        True when it does, by id or name.
    """
    return bool(cells.get("location_id") or cells.get("location_name"))


async def location_of_line(cells: Cells, directory: Directory) -> Location:
    """Find the location that a new line is for: the one named, or the one that has its number.

    Args:
        cells: Normalised cells of the row.
        directory: The organisation.

    Returns:
        A location enabled for calling.

    Raises:
        PendingError: `precondition_missing`, when location, extension or number is missing.
        WebexError: When the API cannot be asked.
    """
    number = cells.get("phone_number", "")
    if not number and not cells.get("extension"):
        raise PendingError(
            ReasonCode.PRECONDITION_MISSING,
            "a calling licence cannot be given without an extension or a number",
            fix="fill extension or phone_number, and the location",
        )
    if names_location(cells):
        return await find_calling_location(cells, directory)
    if not number:
        raise PendingError(
            ReasonCode.PRECONDITION_MISSING,
            "an extension alone does not tell the location of a new calling licence",
            fix="fill location_id or location_name",
        )
    known = await number_in_inventory(number, directory)
    return await find_calling_location({"location_id": known.location_id or ""}, directory)


async def check_line(
    owner_id: str, location: Location, extension: str, phone_number: str, directory: Directory
) -> None:
    """Refuse a line that is somebody else's, or whose number is not in the location.

    Args:
        owner_id: Id of who is to have it, "" for somebody who does not exist yet.
        location: Where.
        extension: Wanted extension, "" for none.
        phone_number: Wanted number in E.164, "" for none.
        directory: The organisation.

    Raises:
        PendingError: `precondition_missing`, with what stands in the way.
        WebexError: When the API cannot be asked.
    """
    # a location that only a plan has made has no extensions to ask for
    if extension and not location.id.startswith(NOT_MADE_YET):
        taken = await directory.extension(location.id, extension)
        if taken is not None and not _is_owner(taken, owner_id):
            raise PendingError(
                ReasonCode.PRECONDITION_MISSING,
                f"the extension {extension} of {location.name} belongs to another "
                f"{taken.owner_kind}",
                fix="choose another extension, or free this one",
            )
    if phone_number:
        number = await number_in_inventory(phone_number, directory)
        if not same_id(number.location_id, location.id):
            raise PendingError(
                ReasonCode.PRECONDITION_MISSING,
                f"the number {phone_number} is in the inventory of another location than "
                f"{location.name}",
                fix="choose a number of this location",
            )
        if number.owner_id and not _is_owner(number, owner_id):
            raise PendingError(
                ReasonCode.PRECONDITION_MISSING,
                f"the number {phone_number} belongs to another {number.owner_kind}",
                fix="choose a free number of the location, or free this one",
            )


async def number_in_inventory(phone_number: str, directory: Directory) -> Number:
    """Find a number that some location must have.

    Args:
        phone_number: Number in E.164.
        directory: The organisation.

    Returns:
        The number.

    Raises:
        PendingError: `precondition_missing`, when no location has it.
        WebexError: When the API cannot be asked.
    """
    number = await directory.number(phone_number)
    if number is None:
        raise PendingError(
            ReasonCode.PRECONDITION_MISSING,
            f"number_inventory_missing: the number {phone_number} is in no location's inventory",
            fix=_LOAD_THEM,
        )
    return number


def _is_owner(number: Number, owner_id: str) -> bool:
    return bool(owner_id) and same_id(number.owner_id, owner_id)
