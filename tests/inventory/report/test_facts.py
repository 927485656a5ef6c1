"""The numbers of the report are those of the exported files."""

from __future__ import annotations

import pytest

from Space_OdT.inventory.report.facts import (
    NOWHERE,
    LicenceUse,
    OrganisationFacts,
    Share,
    read_facts,
)
from tests.inventory.report.sample_exports import SampleExports

pytestmark = pytest.mark.xdist_group("inventory-facts")


@pytest.fixture(scope="module", params=[50, 2000])
def sample(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("exports")
    return folder, SampleExports(folder, request.param, seed=request.param).write()


def test_people_are_counted_by_location(sample):
    folder, truth = sample
    facts = read_facts(folder)
    assert facts.people == Share(truth.people, truth.calling)
    assert facts.people_by_location == {
        place or NOWHERE: n for place, n in truth.by_location.items()
    }


def test_locations_and_workspaces_are_counted(sample):
    folder, truth = sample
    facts = read_facts(folder)
    assert facts.locations == Share(truth.locations, truth.calling_locations)
    assert facts.workspaces == Share(truth.workspaces, truth.calling_workspaces)
    assert facts.workspaces_by_kind == truth.kinds


def test_numbers_are_counted_by_state_and_location_without_bare_extensions(sample):
    folder, truth = sample
    facts = read_facts(folder)
    assert facts.numbers.in_use == truth.numbers["in_use"]
    assert facts.numbers.free == truth.numbers["free"]
    assert facts.numbers.inactive == truth.numbers["inactive"]
    by_location = {place: states.total for place, states in facts.numbers_by_location.items()}
    assert by_location == {place: n.total() for place, n in truth.numbers_by_location.items()}


def test_licences_keep_their_units_and_the_unlimited_ones_have_no_limit(sample):
    folder, truth = sample
    facts = read_facts(folder)
    assert facts.licences == tuple(
        LicenceUse(name, used, bought or None) for name, used, bought in truth.licences
    )
    assert facts.licences_used == sum(used for _, used, bought in truth.licences if bought)
    assert facts.licences_bought == sum(bought for *_, bought in truth.licences)


def test_the_requirements_check_is_read(sample):
    met = {one.name: one.met for one in read_facts(sample[0]).requirements}
    assert met["group_id"] is True
    assert met["control_hub_validation"] is False


def test_an_empty_folder_gives_unknowns_not_zeros(tmp_path):
    facts = read_facts(tmp_path)
    assert facts == OrganisationFacts()
    assert (facts.people.total, facts.numbers, facts.licences_used, facts.licences_bought) == (
        None,
    ) * 4


def test_a_location_that_no_list_names_keeps_its_id(tmp_path):
    (tmp_path / "people.csv").write_text(
        "location_id,webex_calling_enabled\nQUJD,True\n", encoding="utf-8"
    )
    assert read_facts(tmp_path).people_by_location == {"QUJD": 1}


def test_a_workspace_with_unreadable_json_has_no_kind(tmp_path):
    text = 'webex_calling_enabled,raw_json\nTrue,{broken\nFalse,"[1]"\n'
    (tmp_path / "workspaces.csv").write_text(text, encoding="utf-8")
    assert read_facts(tmp_path).workspaces_by_kind == {"notSet": 2}


def test_the_empty_file_of_an_artifact_that_could_not_be_read_says_nothing(tmp_path):
    SampleExports(tmp_path, 10).write()
    facts = read_facts(tmp_path, unread={"people", "workspaces", "numbers", "licenses"})
    assert facts.people == facts.workspaces == Share()
    assert (facts.numbers, facts.licences) == (None, ())
    assert facts.locations.total
