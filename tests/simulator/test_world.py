"""A world depends on its seed alone and survives being saved."""

from __future__ import annotations

import orjson
import pytest

from Space_OdT.simulator.identifiers import decode_id
from Space_OdT.simulator.world import World


def test_the_same_seed_and_size_give_the_same_world():
    assert World.generate(15, 4).to_state() == World.generate(15, 4).to_state()
    assert World.generate(15, 4).to_state() != World.generate(15, 5).to_state()


def test_ids_are_public_and_follow_from_their_keys():
    world = World.generate(5, 1)
    first = world.new_id("SCHEDULE", "a", 1)
    assert first == world.new_id("SCHEDULE", "a", 1) != world.new_id("SCHEDULE", "a", 2)
    assert decode_id(first)[0] == "SCHEDULE"
    assert not first.endswith("=")
    assert world.next_id("X") != world.next_id("X")


def test_random_streams_follow_from_their_keys():
    world = World.generate(5, 1)
    assert world.rng("a").random() == world.rng("a").random() != world.rng("b").random()


def test_a_saved_world_is_plain_json_and_comes_back():
    world = World.generate(5, 1)
    world.documents["/x"] = {"a": [1]}
    world.next_id("X")
    state = orjson.loads(orjson.dumps(world.to_state()))
    again = World.from_state(state)
    assert again.to_state() == state
    assert again.next_id("X") == world.next_id("X")


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (None, "not something else"),
        ([], "not something else"),
        ({"version": 2}, "not version 2"),
        ({"version": 1, "seed": 1}, "lacks 'organisation'"),
        ({**World.generate(5, 1).to_state(), "seed": "x"}, "damaged"),
        ({**World.generate(5, 1).to_state(), "documents": 7}, "damaged"),
        ({**World.generate(5, 1).to_state(), "organisation": []}, "damaged"),
    ],
)
def test_what_is_no_saved_world_is_refused(state, said):
    with pytest.raises(ValueError, match=said):
        World.from_state(state)


def test_a_damaged_row_is_refused():
    state = World.generate(5, 1).to_state()
    state["organisation"]["people"] = [["just", "two"]]
    with pytest.raises(ValueError, match="damaged"):
        World.from_state(state)
