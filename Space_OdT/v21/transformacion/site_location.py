"""The first step of a site: the location, made when it does not exist, else left as it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from Space_OdT.engine.action_helpers import LocationFacts, location_body
from Space_OdT.engine.action_model import Action, Call, Effect, PendingError, Result
from Space_OdT.engine.actions_registry import LOCATION_CREATE, LOCATION_LOOKUP
from Space_OdT.engine.models import Row
from Space_OdT.v21.transformacion.definition import ActionContext, ActionDefinition, Dataset
from Space_OdT.v21.transformacion.parts.location_parts import (
    ADDRESS,
    ANNOUNCEMENT_LANGUAGE,
    PREFERRED_LANGUAGE,
    TIME_ZONE,
)
from Space_OdT.v21.transformacion.parts.shared_parameters import LOCATION, LOCATION_NEED
from Space_OdT.webex.directory import Directory
from Space_OdT.webex.error_handling import ReasonCode, WebexError
from Space_OdT.webex.records import Location

ACTION_ID = "ubicacion_crear"
_CONFLICT = 409
_OPTIONAL = frozenset({"address2"})
_API_NAMES = {"postal_code": "postalCode"}


@dataclass(frozen=True, slots=True)
class SiteParams:
    """What a row says about its location.

    Attributes:
        asked: Id or name it is looked for by.
        facts: Name, languages, time zone and address.
        missing: Columns that creating it needs and the row leaves blank.
    """

    asked: str
    facts: LocationFacts
    missing: tuple[str, ...]

    @classmethod
    def of(cls, row: Row) -> SiteParams:
        """Read a row.

        Args:
            row: A prepared row.

        Returns:
            What it says.
        """
        address = {
            _API_NAMES.get(one.name, one.name): value
            for one in ADDRESS
            if (value := row.get(one.name))
        }
        languages = (row.get("preferred_language"), row.get("announcement_language"))
        facts = LocationFacts(row.get("location_name"), row.get("time_zone"), *languages, address)
        needed = ["location_name", "time_zone"]
        needed += [one.name for one in ADDRESS if one.name not in _OPTIONAL]
        missing = [name for name in needed if not row.get(name)]
        if not any(languages):
            missing.append("preferred_language")
        return cls(row.get("location_id") or facts.name, facts, tuple(missing))


def build(_: ActionContext) -> Action[SiteParams]:
    """Make the action.

    Returns:
        What the executor runs for each row.
    """
    return Action(
        ACTION_ID,
        (LOCATION_LOOKUP, LOCATION_CREATE),
        SiteParams.of,
        _run,
        serial_key=lambda params: params.facts.name.casefold(),
        lookup=LOCATION_LOOKUP.name,
    )


async def _run(params: SiteParams, call: Call, directory: Directory) -> Result:
    found = await directory.location(params.asked)
    if found is None and params.facts.name:
        found = await directory.location(params.facts.name)
    if found is not None:
        return Result(Effect.UNCHANGED, found.id, "location_already_exists")
    if params.missing:
        raise PendingError(
            ReasonCode.PRECONDITION_MISSING,
            f"there is no location {params.asked}, and it cannot be created without "
            f"{', '.join(params.missing)}",
            fix="fill these columns in the row or in Global, or correct the name",
        )
    return await _create(params.facts, call, directory)


async def _create(facts: LocationFacts, call: Call, directory: Directory) -> Result:
    async def created() -> dict[str, Any] | None:
        answer = await call(LOCATION_LOOKUP, name=facts.name)
        return next((one for one in answer.body["items"] if one.get("name") == facts.name), None)

    try:
        answer = await call(LOCATION_CREATE, facts, lookup=created)
    except WebexError as error:
        if error.status != _CONFLICT:
            raise
        # the list was older than the location: somebody, or our own run before a crash
        known = await directory.location(facts.name, refresh=True)
        if known is None:
            raise
        return Result(Effect.UNCHANGED, known.id, "location_already_exists")
    raw = {**location_body(facts), "id": answer.body["id"]}
    directory.note_write(Location(id=answer.body["id"], name=facts.name, raw=raw))
    return Result(Effect.CHANGED, answer.body["id"])


DEFINITION = ActionDefinition(
    action_id=ACTION_ID,
    purpose="Create the location when it does not exist; one that exists is left as it is.",
    purpose_es="Crea la ubicación si no existe; si existe, la deja como está.",
    dataset=Dataset.UBICACIONES,
    parameters=(
        *LOCATION,
        TIME_ZONE,
        PREFERRED_LANGUAGE,
        ANNOUNCEMENT_LANGUAGE,
        *ADDRESS,
    ),
    build=build,
    key=LOCATION_NEED,
    needs=(LOCATION_NEED, ("address1", "city", "postal_code")),
    example={
        "location_name": "CUV00000000101",
        "time_zone": "Europe/Madrid",
        "preferred_language": "es_es",
        "announcement_language": "ca_es",
        "address1": "Carrer Major 1",
        "city": "Girona",
        "state": "Girona",
        "postal_code": "17001",
        "country": "ES",
    },
    outcomes={
        "changed": "The location was created.",
        "unchanged": "location_already_exists: it is left as it is.",
        "precondition_missing": "It does not exist, and the row lacks what creating it needs.",
    },
)
