"""What must hold in an organisation at any time, whatever was changed."""

from __future__ import annotations

from collections import Counter

from Space_OdT.simulator.organisation.entities import USER_CALLING_KINDS, OwnerKind
from Space_OdT.simulator.organisation.organisation import Organisation


def check_invariants(organisation: Organisation) -> None:
    """Check that everything that is linked agrees.

    Raises:
        AssertionError: Something does not.
    """
    check_units(organisation)
    check_lines(organisation)
    check_callers(organisation)
    check_links(organisation)


def check_units(organisation: Organisation) -> None:
    """Units in use are the holders, and never more than were bought."""
    held = Counter(item for person in organisation.people.values() for item in person.licences)
    rooms = Counter(i for room in organisation.workspaces.values() for i in room.licences)
    for licence in organisation.licences.values():
        assert organisation.consumed_units(licence.id) == (held[licence.id], rooms[licence.id])
        assert held[licence.id] + rooms[licence.id] <= licence.total_units, licence.name


def check_lines(organisation: Organisation) -> None:
    """Numbers and extensions belong to one owner each, and know their location."""
    plan = organisation.plan
    extensions: Counter[tuple[str, str]] = Counter()
    used: Counter[str] = Counter()
    for owner_id, lines in plan.lines.items():
        assert sum(line.role == "PRIMARY" for line in lines) <= 1
        for line in lines:
            assert line.owner_id == owner_id
            if line.extension:
                extensions[line.location_id, line.extension] += 1
                assert plan.extension_line(line.location_id, line.extension) is line
            if line.phone_number:
                used[line.phone_number] += 1
                assert plan.owner_of(line.phone_number) is line
                assert plan.numbers[line.phone_number].location_id == line.location_id
    assert not [key for key, count in extensions.items() if count > 1]
    assert not [key for key, count in used.items() if count > 1]
    for number in plan.numbers.values():
        assert number in list(plan.in_location(number.location_id))
        assert organisation.locations[number.location_id].calling


def check_callers(organisation: Organisation) -> None:
    """Calling users have one Calling licence, a calling location and a line there."""
    plan = organisation.plan
    for person in organisation.people.values():
        kinds = [organisation.licences[item].kind for item in person.licences]
        calling = [kind for kind in kinds if kind in USER_CALLING_KINDS]
        assert len(calling) <= 1, person.display_name
        line = plan.primary(person.id)
        assert bool(calling) == bool(line), person.display_name
        if line is not None:
            assert organisation.locations[line.location_id].calling
            assert person.location_id == line.location_id
            assert person in organisation.people_at(line.location_id)


def check_links(organisation: Organisation) -> None:
    """Owners, members and devices point at things that exist."""
    known = {
        OwnerKind.PEOPLE: organisation.people,
        OwnerKind.PLACE: organisation.workspaces,
        OwnerKind.VIRTUAL_LINE: organisation.virtual_lines,
    }
    for lines in organisation.plan.lines.values():
        for line in lines:
            assert line.owner_id in known.get(line.owner_kind, organisation.features)
    for feature in organisation.features.values():
        assert organisation.locations[feature.location_id].calling
        for agent in feature.agents:
            assert organisation.plan.primary(agent["id"]) is not None
    for supervisor, agents in organisation.supervisors.items():
        for member in (supervisor, *agents):
            assert organisation.plan.primary(member) is not None
    for device in organisation.devices.values():
        assert device in organisation.devices_of(device.owner_id)
    for location in organisation.locations.values():
        if location.main_number:
            assert organisation.plan.numbers[location.main_number].location_id == location.id
