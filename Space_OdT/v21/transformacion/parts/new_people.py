"""What the two actions that create people share: parameters, and what an existing person lacks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from Space_OdT.v21.transformacion.parameters import Kind, Parameter
from Space_OdT.v21.transformacion.parts.licence_units import calling_licence_of, licences_named
from Space_OdT.v21.transformacion.parts.lookups import find_location
from Space_OdT.v21.transformacion.parts.shared_parameters import EMAIL as ANY_EMAIL
from Space_OdT.webex.directory import Directory
from Space_OdT.webex.ids import same_id
from Space_OdT.webex.records import Person

EXISTS = "user_already_exists"
IDENTITY_WARNING = (
    "This creates people in the organisation; where identities come from a directory service, "
    "create them there"
)

EMAIL = replace(ANY_EMAIL, is_required=True)
FIRST_NAME = Parameter(
    "first_name",
    Kind.NAME,
    "First name.",
    aliases=("Nom", "Nombre", "firstName"),
    is_required=True,
    example="Ana",
)
LAST_NAME = Parameter(
    "last_name",
    Kind.NAME,
    "Last name.",
    aliases=("Cognoms", "Apellidos", "lastName"),
    is_required=True,
    example="Soler",
)
DISPLAY_NAME = Parameter(
    "display_name",
    Kind.NAME,
    "Name as shown; first and last name when it is blank.",
    aliases=("Nom a Mostrar", "displayName"),
    example="Ana Soler",
)


async def drift_of(
    person: Person, licences: Sequence[str], cells: Mapping[str, str], directory: Directory
) -> list[str]:
    """Say in what an existing person differs from a row; nothing is changed.

    Args:
        person: The person as found.
        licences: Names or ids of the licences the row wants.
        cells: Normalised cells of the row; may name a location, an extension and a number.
        directory: The organisation.

    Returns:
        One part of a sentence for each difference, with what mends it.

    Raises:
        PendingError: When the row names a licence or location that does not exist.
        WebexError: When the API cannot be asked.
    """
    lacks = []
    for asked in licences:
        candidates = await licences_named(asked, directory)
        if not any(same_id(one, each.id) for one in person.licences for each in candidates):
            lacks.append(candidates[0].name)
    told = []
    if lacks:
        told.append(f"lacks {', '.join(lacks)} (usuarios_modificar_licencias gives licences)")
    if await calling_licence_of(person.licences, directory) is not None:
        told += await _line_drift(person, cells, directory)
    return told


async def _line_drift(person: Person, cells: Mapping[str, str], directory: Directory) -> list[str]:
    told = []
    if cells.get("location_id") or cells.get("location_name"):
        location = await find_location(cells, directory)
        if not same_id(location.id, person.location_id):
            told.append(
                f"calls from another location than {location.name} "
                "(usuarios_asignar_location_desde_csv moves people)"
            )
    extension = cells.get("extension", "")
    if extension and extension != person.extension:
        told.append(f"has the extension {person.extension or 'none'} instead of {extension}")
    number = cells.get("phone_number", "")
    if number and number not in person.phone_numbers:
        known = await directory.number(number)
        if known is None or not same_id(known.owner_id, person.id):
            told.append(f"does not have the number {number}")
    return told
