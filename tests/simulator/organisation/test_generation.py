"""The generated organisation is linked, plausible, and the same for the same seed."""

from __future__ import annotations

import orjson
import pytest

from Space_OdT.simulator.organisation import Organisation
from Space_OdT.simulator.organisation.entities import LicenceKind, OwnerKind, PstnKind
from Space_OdT.simulator.organisation.generation import generate_organisation
from Space_OdT.simulator.organisation.rules import E164, EXTENSION
from tests.simulator.organisation.invariants import check_invariants


def as_bytes(organisation: Organisation) -> bytes:
    return orjson.dumps(organisation.to_state())


@pytest.mark.parametrize("size", [1, 2, 7, 50, 333, 2500])
def test_every_size_is_consistent(size: int) -> None:
    organisation = generate_organisation(size, 3)
    assert len(organisation.people) == size
    check_invariants(organisation)


def test_the_same_seed_gives_the_same_bytes() -> None:
    assert as_bytes(generate_organisation(200, 5)) == as_bytes(generate_organisation(200, 5))


def test_another_seed_gives_another_organisation() -> None:
    assert as_bytes(generate_organisation(20, 5)) != as_bytes(generate_organisation(20, 6))


def test_an_empty_organisation_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one person"):
        generate_organisation(0, 1)


def test_fifty_people_work_in_four_locations_of_which_one_has_no_calling() -> None:
    organisation = generate_organisation(50, 1)
    assert len(organisation.locations) == 4
    assert len(organisation.calling_location_ids()) == 3
    assert {item.pstn for item in organisation.locations.values() if item.calling} == {
        PstnKind.LOCAL_GATEWAY,
        PstnKind.NON_INTEGRATED_CCP,
    }


def test_a_large_organisation_has_locations_of_every_connection() -> None:
    organisation = generate_organisation(4000, 1)
    kinds = {item.pstn for item in organisation.locations.values() if item.calling}
    assert kinds == set(PstnKind)


def test_most_people_are_calling_users_with_either_licence() -> None:
    organisation = generate_organisation(1000, 2)
    callers = organisation.calling_person_ids()
    assert 0.82 < len(callers) / 1000 < 0.95
    for kind in (LicenceKind.PROFESSIONAL, LicenceKind.STANDARD):
        people, _ = organisation.consumed_units(organisation.licences_of_kind(kind)[0].id)
        assert people > 200


def test_there_are_people_who_are_pending_or_inactive_and_an_administrator() -> None:
    organisation = generate_organisation(1000, 2)
    assert {"pending", "inactive", "active"} == {p.status for p in organisation.people.values()}
    assert organisation.people[organisation.me_id].roles
    assert organisation.people[organisation.me_id].status == "active"


def test_names_are_such_as_break_careless_exports() -> None:
    names = "".join(p.display_name for p in generate_organisation(60, 1).people.values())
    for mark in ('"', ",", "\n", "=", "ñ", "李"):
        assert mark in names


def test_addresses_are_unique_and_synthetic() -> None:
    organisation = generate_organisation(1000, 2)
    emails = {person.email for person in organisation.people.values()}
    assert len(emails) == 1000
    assert all(email.isascii() and email.endswith("@example.com") for email in emails)


def test_numbers_and_extensions_are_well_formed() -> None:
    plan = generate_organisation(1000, 2).plan
    assert all(E164.fullmatch(number) for number in plan.numbers)
    assert {number.state for number in plan.numbers.values()} == {"ACTIVE", "INACTIVE"}
    lines = [line for own in plan.lines.values() for line in own]
    assert all(EXTENSION.fullmatch(line.extension) for line in lines if line.extension)


def test_workspaces_of_all_kinds_exist() -> None:
    organisation = generate_organisation(60, 1)
    kinds = {organisation.calling_workspace_kind(key) for key in organisation.workspaces}
    assert kinds == {"none", "hotdesk", "basic", "professional"}
    assert {item.calling for item in organisation.workspaces.values()} >= {"freeCalling", "none"}


def test_every_kind_of_feature_exists_and_some_queues_need_customer_assist() -> None:
    organisation = generate_organisation(60, 1)
    assert {feature.kind for feature in organisation.features.values()} == {
        OwnerKind.AUTO_ATTENDANT,
        OwnerKind.HUNT_GROUP,
        OwnerKind.CALL_QUEUE,
        OwnerKind.VOICE_MESSAGING,
    }
    queues = organisation.features_of(OwnerKind.CALL_QUEUE)
    assert {queue.customer_assist for queue in queues} == {True, False}
    assert organisation.supervisors
