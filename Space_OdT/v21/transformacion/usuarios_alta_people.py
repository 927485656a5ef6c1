"""Create people through the People API, calling included; identity work, off by default."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from Space_OdT.engine.action_model import Action, Call, Effect, PendingError, Result, StepSpec
from Space_OdT.engine.actions_registry import USER_LOOKUP
from Space_OdT.v21.transformacion.definition import ActionContext, ActionDefinition, Dataset
from Space_OdT.v21.transformacion.parameters import values_of
from Space_OdT.v21.transformacion.parts import shared_parameters as shared
from Space_OdT.v21.transformacion.parts.licence_units import LicenceUnits, licences_named
from Space_OdT.v21.transformacion.parts.licence_wishes import ADD_LICENCES, check_for_people
from Space_OdT.v21.transformacion.parts.line_checks import (
    check_line,
    location_of_line,
    names_location,
)
from Space_OdT.v21.transformacion.parts.new_people import (
    DISPLAY_NAME,
    EMAIL,
    EXISTS,
    FIRST_NAME,
    IDENTITY_WARNING,
    LAST_NAME,
    drift_of,
)
from Space_OdT.webex.answers import Response
from Space_OdT.webex.directory import Directory
from Space_OdT.webex.error_handling import ReasonCode, WebexError
from Space_OdT.webex.ids import same_id
from Space_OdT.webex.records import Licence, Location, Person

_EXISTS_STATUS = 409
# People are made by several services of Webex: a refusal may come after the person was made.
_MAY_HAVE_CREATED = 400
NO_CALLING = "location and extension come with a calling licence, which the row does not ask for"

LICENCES = replace(
    ADD_LICENCES,
    name="licenses",
    aliases=("licenses_id", "add_license_ids", "license_ids", "llicències", "licencias"),
)


@dataclass(frozen=True, slots=True)
class NewPerson:
    """What a row says about somebody to create.

    Attributes:
        cells: Normalised cells of the row.
        licences: Names or ids of the licences wanted.
    """

    cells: Mapping[str, str]
    licences: tuple[str, ...]

    @property
    def email(self) -> str:
        """E-mail address, lower case."""
        return self.cells["email"]

    @property
    def display_name(self) -> str:
        """Name as shown; first and last name where the row gives none."""
        names = self.cells
        return names.get("display_name") or f"{names['first_name']} {names['last_name']}"


def person_body(
    new: NewPerson, licences: list[Licence], location: Location | None
) -> dict[str, Any]:
    """Build the body that creates a person, calling included.

    Args:
        new: What the row says.
        licences: The licences chosen.
        location: Where the person calls; None without a calling licence.

    Returns:
        The body of `POST /people` (Webex API reference, "Create a Person").
    """
    cells = new.cells
    body: dict[str, Any] = {
        "emails": [new.email],
        "firstName": cells["first_name"],
        "lastName": cells["last_name"],
        "displayName": new.display_name,
    }
    if cells.get("org_id"):
        body["orgId"] = cells["org_id"]
    if licences:
        body["licenses"] = [one.id for one in licences]
    if location is not None:
        body["locationId"] = location.id
        if cells.get("extension"):
            body["extension"] = cells["extension"]
        if cells.get("phone_number"):
            body["phoneNumbers"] = [{"type": "work", "value": cells["phone_number"]}]
    return body


def _as_asked(body: Any) -> dict[str, Any]:
    return {**body, "id": f"NEW-PERSON({body['emails'][0]})"}


PERSON_CREATE = StepSpec(
    "person_create",
    "POST",
    "/people",
    success=(200, 201),
    required=("id",),
    build=person_body,
    query={"callingData": "true"},
    assume=_as_asked,
)


async def _create(new: NewPerson, units: LicenceUnits, call: Call, directory: Directory) -> Result:
    """Create one person, unless there is one."""
    existing = await directory.person(new.email)
    if existing is not None:
        return await _exists(existing, new, directory)
    call.prepare(PERSON_CREATE)
    wanted = [await licences_named(asked, directory) for asked in new.licences]
    location = await _place_of(new, wanted, directory)
    licences = units.take(wanted)
    try:
        answer = await call(
            PERSON_CREATE,
            new,
            licences,
            location,
            lookup=lambda: _landed(new.email, directory),
        )
    except WebexError as error:
        units.hand_back(licences)
        if error.status == _EXISTS_STATUS:
            return await _made_by_others(error, new, directory)
        if error.status == _MAY_HAVE_CREATED:
            return await _made_all_the_same(error, new, call, directory)
        raise
    made = Person.parse(answer.body)
    directory.note_write(made)
    missing = [one for one in licences if not any(same_id(one.id, i) for i in made.licences)]
    units.hand_back(missing)
    _check_given(missing, answer.status)
    if location is not None:
        await call.read_back(
            USER_LOOKUP,
            lambda body: same_id(body.get("locationId"), location.id),
            f"the location {location.name} of the person",
            person_id=made.id,
        )
    waits = names_location(new.cells) and location is None
    return Result(Effect.CHANGED, made.id, NO_CALLING if waits else "")


async def _place_of(
    new: NewPerson, wanted: list[tuple[Licence, ...]], directory: Directory
) -> Location | None:
    """Find where a new person calls from, with a line that is free; None without calling."""
    for candidates in wanted:
        check_for_people(candidates[0])
    if not any(candidates[0].is_calling for candidates in wanted):
        return None
    location = await location_of_line(new.cells, directory)
    extension, number = new.cells.get("extension", ""), new.cells.get("phone_number", "")
    await check_line("", location, extension, number, directory)
    return location


async def _landed(email: str, directory: Directory) -> dict[str, Any] | None:
    """Tell whether a create of open outcome made the person."""
    found = await directory.person(email, refresh=True)
    return _body_of(found) if found is not None else None


def _body_of(found: Person) -> dict[str, Any]:
    numbers = [{"type": "work", "value": one} for one in found.phone_numbers]
    return {
        "id": found.id,
        "emails": list(found.emails),
        "licenses": list(found.licences),
        "locationId": found.location_id,
        "extension": found.extension,
        "phoneNumbers": numbers,
    }


async def _exists(existing: Person, new: NewPerson, directory: Directory) -> Result:
    drift = await drift_of(existing, new.licences, new.cells, directory)
    return Result(Effect.UNCHANGED, existing.id, "; ".join([EXISTS, *drift]))


async def _made_by_others(error: WebexError, new: NewPerson, directory: Directory) -> Result:
    found = await directory.person(new.email, refresh=True)
    if found is None:
        raise PendingError(
            ReasonCode.PRECONDITION_MISSING,
            f"the address {new.email} belongs to somebody this token cannot see: {error}",
            fix="claim the user for the organisation, or choose another address",
            status=error.status,
        ) from error
    return await _exists(found, new, directory)


async def _made_all_the_same(
    error: WebexError, new: NewPerson, call: Call, directory: Directory
) -> Result:
    """Look whether a refused create made the person nevertheless, and what the person lacks."""
    found = await directory.person(new.email, refresh=True)
    if found is None:
        raise error
    call.joined(PERSON_CREATE, Response(error.status or 0, {}, _body_of(found), b""))
    drift = await drift_of(found, new.licences, new.cells, directory)
    if drift:
        raise PendingError(
            ReasonCode.HALF_APPLIED,
            f"Webex refused the call but created the person, who {'; '.join(drift)}: {error}",
            fix="give what is missing with usuarios_modificar_licencias",
            status=error.status,
        ) from error
    told = f"Webex answered HTTP {error.status}, but the person is there with everything asked for"
    return Result(Effect.CHANGED, found.id, told)


def _check_given(missing: list[Licence], status: int) -> None:
    if missing:
        raise PendingError(
            ReasonCode.HALF_APPLIED,
            "Webex created the person but did not give " + ", ".join(one.name for one in missing),
            fix="check that units are left, then run usuarios_modificar_licencias",
            status=status,
        )


def build(context: ActionContext) -> Action[NewPerson]:
    """Make the action.

    Args:
        context: Counts the units of the run.

    Returns:
        What runs for each row.
    """

    async def run(params: NewPerson, call: Call, directory: Directory) -> Result:
        return await _create(params, context.units, call, directory)

    return Action(
        name=DEFINITION.action_id,
        steps=(USER_LOOKUP, PERSON_CREATE),
        params=lambda row: NewPerson(row.cells, values_of(row.get("licenses"))),
        run=run,
        serial_key=lambda params: params.email,
        lookup=USER_LOOKUP.name,
    )


DEFINITION = ActionDefinition(
    action_id="usuarios_alta_people",
    purpose="Create people with their licences; calling comes with location and extension.",
    purpose_es="Da de alta personas con sus licencias; la de llamadas, con ubicación y extensión.",
    dataset=Dataset.USUARIOS,
    parameters=(
        EMAIL,
        FIRST_NAME,
        LAST_NAME,
        DISPLAY_NAME,
        LICENCES,
        *shared.LOCATION,
        shared.EXTENSION,
        shared.PHONE_NUMBER,
        shared.ORG_ID,
    ),
    build=build,
    key=("email",),
    example={
        "email": "ana.soler@example.com",
        "first_name": "Ana",
        "last_name": "Soler",
        "licenses": "Webex Calling - Professional",
        "location_name": "CUV00000000101",
        "extension": "80000001",
    },
    outcomes={
        "changed": "the person was created with every licence asked for",
        "unchanged: user_already_exists": "somebody has the address; licences, location, "
        "extension and number that differ stand in the message, nothing is changed",
        "precondition_missing": "no such licence or no unit left; extension or number taken; "
        "number_inventory_missing; a calling licence without location and extension or number",
        "half_applied": "Webex created the person but left a licence out, or refused the call "
        "(HTTP 400) and created the person all the same; the message lists what is missing",
    },
    is_identity=True,
    warning=IDENTITY_WARNING,
)

if __name__ == "__main__":
    from Space_OdT.commands.action_run import main

    main(DEFINITION.action_id)
