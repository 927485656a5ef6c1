"""States of licences that tests of several actions start from."""

from __future__ import annotations

from typing import Any

from Space_OdT.simulator.organisation.entities import Licence, Person
from Space_OdT.simulator.world import World
from tests.v21.conftest import Change, Tenant

PROFESSIONAL = "Webex Calling - Professional"
STANDARD = "Webex Calling - Standard"
WORKSPACES = "Webex Calling - Workspaces"
HOT_DESK = "Webex Calling - Hot desk only"
MESSAGING = "Messaging"
MEETINGS = "Meeting - Webex Meeting Center"
IMPLICIT = "Call on Webex (1:1 call, non-PSTN)"
CONSOLE = "Attendant Console"

# People of the simulated organisation (seed 1): without calling, with each of its licences.
WITHOUT_CALLING = "hugo.homs@example.com"
ALSO_WITHOUT_CALLING = "nuria.pena@example.com"
ON_STANDARD = "andres.oliva@example.com"
ON_PROFESSIONAL = "lucia.juncosa@example.com"

BARCELONA = "Barcelona Centre 001"
GIRONA = "Girona Centre 002"
LISBOA = "Lisboa Diagonal 003"
TARRAGONA = "Tarragona Centre 004"  # not enabled for calling
FREE_NUMBER = "+34910000020"  # in the inventory of Barcelona
FREE_EXTENSION = "80009901"


def licence(world: World, name: str) -> Licence:
    return next(one for one in world.organisation.licences.values() if one.name == name)


def licence_id(tenant: Tenant, name: str) -> str:
    return licence(tenant.world, name).id


def location_id(tenant: Tenant, name: str) -> str:
    found = tenant.world.organisation.location_by_name(name)
    assert found is not None
    return found.id


def person(tenant: Tenant, email: str) -> Person:
    found = tenant.world.organisation.person_by_email(email)
    assert found is not None
    return found


def names_held(tenant: Tenant, email: str) -> set[str]:
    licences = tenant.world.organisation.licences
    return {licences[one].name for one in person(tenant, email).licences}


def without_units(name: str) -> Change:
    """Let the units of a licence be used up."""

    def change(world: World) -> None:
        one = licence(world, name)
        one.total_units = sum(world.organisation.consumed_units(one.id))

    return change


def with_units(name: str, units: int = 5) -> Change:
    """Buy more units of a licence."""

    def change(world: World) -> None:
        licence(world, name).total_units += units

    return change


def second_subscription(name: str, *, units: int = 10) -> Change:
    """Let another subscription have a licence of the same name."""

    def change(world: World) -> None:
        first = licence(world, name)
        made = Licence(
            id=world.next_id("LICENSE"),
            name=name,
            kind=first.kind,
            total_units=units,
            subscription_id="Sub-sim000002",
        )
        world.organisation.licences[made.id] = made

    return change


def holding(email: str, *names: str) -> Change:
    """Give a person licences as if they had been there before."""

    def change(world: World) -> None:
        organisation = world.organisation
        owner = organisation.person_by_email(email)
        assert owner is not None
        more = [licence(world, name).id for name in names]
        organisation.set_licences(owner, [*owner.licences, *more])

    return change


def operations(tenant: Tenant, *wanted: tuple[str, str] | tuple[str, str, Any]) -> list[Any]:
    """Spell the `licenses` of a request: operation, name, properties of each."""
    spelled = []
    for operation, name, *line in wanted:
        entry = {"id": licence_id(tenant, name), "operation": operation}
        spelled.append({**entry, "properties": line[0]} if line else entry)
    return spelled
