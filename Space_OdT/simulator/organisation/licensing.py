"""Changing the licences of a person: what is refused, what is only partly done, what follows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from Space_OdT.simulator import errors
from Space_OdT.simulator.organisation.api.access import calling_location, one_of, required, text_of
from Space_OdT.simulator.organisation.documents import forget_documents_of
from Space_OdT.simulator.organisation.entities import (
    CALLING_KINDS,
    USER_CALLING_KINDS,
    Licence,
    LicenceKind,
    Person,
)
from Space_OdT.simulator.organisation.organisation import Organisation
from Space_OdT.simulator.organisation.rules import (
    CallingRequest,
    check_calling,
    give_calling,
    normalised_number,
    withdraw_calling,
)
from Space_OdT.simulator.protocol import ApiError, JsonObject

if TYPE_CHECKING:
    from Space_OdT.simulator.world import World

DOWNGRADE = 400112
BOTH_CALLING_LICENCES = 400404
CONSOLE_NEEDS_PROFESSIONAL = 400408
CALLING_PROPERTIES = 400411
EXCLUSIVE = 400413
IMPLICIT = 700006

_WORKSPACE_ONLY = CALLING_KINDS - USER_CALLING_KINDS


@dataclass(slots=True)
class LicencePlan:
    """What a request wants: licences to add and remove, and the calling data of the new one."""

    add: list[Licence] = field(default_factory=list)
    remove: list[Licence] = field(default_factory=list)
    calling: CallingRequest | None = None


@dataclass(slots=True, frozen=True)
class LicenceOutcome:
    """What came of a request."""

    missing: Sequence[str] = ()


def _licence(organisation: Organisation, identifier: Any) -> Licence:
    licence = organisation.licence(identifier)
    if licence is None:
        raise ApiError(400, f"License {identifier} is not a license of this organization")
    return licence


def read_plan(world: World, person: Person, operations: Sequence[Any]) -> LicencePlan:
    """Read the `licenses` of a request and refuse what can never be.

    Args:
        world: The world.
        person: Whose licences are to change.
        operations: `{id, operation?, properties?}` each.

    Returns:
        The plan without what is already so.

    Raises:
        ApiError: 400 with the code of the rule that is broken.
    """
    organisation = world.organisation
    plan = LicencePlan()
    for entry in operations:
        if not isinstance(entry, dict):
            raise errors.field_invalid("licenses", "a list of objects expected")
        required(entry, ("id",))
        licence = _licence(organisation, entry["id"])
        operation = one_of(entry, "operation", ("add", "remove"), "add")
        if operation == "remove":
            _plan_removal(plan, person, licence)
        else:
            _plan_addition(world, plan, person, licence, entry.get("properties"))
    _check_combination(organisation, person, plan)
    return plan


def _plan_removal(plan: LicencePlan, person: Person, licence: Licence) -> None:
    if licence.kind is LicenceKind.IMPLICIT:
        raise ApiError(400, f"Implicit license {licence.name} cannot be removed", IMPLICIT)
    if licence.id in person.licences:
        plan.remove.append(licence)


def _plan_addition(
    world: World, plan: LicencePlan, person: Person, licence: Licence, properties: Any
) -> None:
    if licence.kind in _WORKSPACE_ONLY:
        text = f"License {licence.name} is for workspaces and cannot be assigned to a user"
        raise ApiError(400, text, EXCLUSIVE)
    if licence.kind not in USER_CALLING_KINDS:
        if properties:
            text = f"Calling properties do not go with license {licence.name}"
            raise ApiError(400, text, CALLING_PROPERTIES)
    elif licence.id not in person.licences:
        plan.calling = _calling_request(world, person, properties)
    if licence.id not in person.licences:
        plan.add.append(licence)


def _calling_request(world: World, person: Person, properties: Any) -> CallingRequest | None:
    organisation = world.organisation
    if not properties:
        if organisation.calling_licence(person.licences) is not None:
            return None
        raise ApiError(400, "A calling license needs calling properties", CALLING_PROPERTIES)
    extension = text_of(properties, "extension")
    number = normalised_number(text_of(properties, "phoneNumber"))
    if not extension and not number:
        text = "A calling license needs an extension or a phone number"
        raise ApiError(400, text, CALLING_PROPERTIES)
    location_id = properties.get("locationId")
    if location_id is None:
        known = organisation.plan.numbers.get(number or "")
        if known is None:
            text = "Without a known phone number, locationId is mandatory"
            raise ApiError(400, text, CALLING_PROPERTIES)
        location_id = known.location_id
    return CallingRequest(calling_location(world, location_id), extension, number)


def _check_combination(organisation: Organisation, person: Person, plan: LicencePlan) -> None:
    held = [organisation.licences[item] for item in person.licences]
    had = {licence.kind for licence in held}
    added = {licence.kind for licence in plan.add}
    if added >= USER_CALLING_KINDS:
        text = "Professional and Standard cannot be assigned together"
        raise ApiError(400, text, BOTH_CALLING_LICENCES)
    if LicenceKind.STANDARD in added and LicenceKind.PROFESSIONAL in had:
        raise ApiError(400, "A Professional user cannot be downgraded to Standard", DOWNGRADE)
    kept = {licence.kind for licence in held if licence not in plan.remove} | added
    console = LicenceKind.ATTENDANT_CONSOLE
    if console in kept and LicenceKind.PROFESSIONAL not in kept:
        text = "Attendant Console needs Webex Calling Professional"
        raise ApiError(400, text, CONSOLE_NEEDS_PROFESSIONAL)


def carry_out(world: World, person: Person, plan: LicencePlan) -> LicenceOutcome:
    """Change the licences of a person; what has no free unit is left out.

    Args:
        world: The world.
        person: Whose licences change.
        plan: A plan that `read_plan` made.

    Returns:
        The licences that could not be given.

    Raises:
        ApiError: 400 when the calling data cannot be given, or when nothing at all could be done.
    """
    organisation = world.organisation
    missing = [item for item in plan.add if organisation.free_units(item) < 1]
    given = [item for item in plan.add if item not in missing]
    if missing and not given and not plan.remove:
        raise ApiError(400, f"No free units of license {missing[0].name}")
    if plan.calling is not None and any(item.kind in USER_CALLING_KINDS for item in given):
        check_calling(organisation, plan.calling, person.id)
    was_calling = organisation.calling_licence(person.licences) is not None
    if plan.calling is not None and not was_calling:
        world.newcomers.add(person.id)
    removed = {item.id for item in plan.remove}
    organisation.set_licences(person, [i for i in person.licences if i not in removed])
    for licence in given:
        # An existing Calling user is upgraded where he is: calling data do not move him.
        _give(organisation, person, licence, None if was_calling else plan.calling)
    if was_calling and organisation.calling_licence(person.licences) is None:
        withdraw_calling(organisation, person)
        forget_documents_of(world, person.id)
    return LicenceOutcome(missing=[item.id for item in missing])


def _give(
    organisation: Organisation, person: Person, licence: Licence, calling: CallingRequest | None
) -> None:
    if licence.kind is LicenceKind.PROFESSIONAL:
        standard = {i.id for i in organisation.licences_of_kind(LicenceKind.STANDARD)}
        organisation.set_licences(person, [i for i in person.licences if i not in standard])
    if licence.kind in USER_CALLING_KINDS and calling is not None:
        give_calling(organisation, person, licence, calling)
    else:
        organisation.set_licences(person, [*person.licences, licence.id])


def set_site_urls(person: Person, entries: Sequence[JsonObject]) -> None:
    """Add and remove attendee accounts on meeting sites.

    Raises:
        ApiError: 400 for an entry without site or account type.
    """
    for entry in entries:
        required(entry, ("siteUrl", "accountType"))
        if str(entry["accountType"]).lower() != "attendee":
            raise errors.field_invalid("accountType", "attendee expected")
        account = f"{entry['siteUrl']}#attendee"
        if one_of(entry, "operation", ("add", "remove"), "add") == "remove":
            person.site_urls = [item for item in person.site_urls if item != account]
        elif account not in person.site_urls:
            person.site_urls.append(account)
