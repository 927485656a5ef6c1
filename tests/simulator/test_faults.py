"""Faults strike where and when their rules say, whatever the order of arrival."""

from __future__ import annotations

import random

import pytest

from Space_OdT.simulator.faults import FaultInjector, FaultKind, FaultRule, read_rules


def injector(seed=1, **rule):
    return FaultInjector(seed, [FaultRule.from_json({"kind": "status", **rule})])


def strikes(faults, requests, caller="t"):
    return [faults.strike("GET", path, "", caller) is not None for path in requests]


def test_a_rule_concerns_its_method_and_pattern_only():
    faults = injector(method="put", path="/people/*/features/*")
    assert faults.strike("PUT", "/people/1/features/x", "", "t") is not None
    assert faults.strike("GET", "/people/1/features/x", "", "t") is None
    assert faults.strike("PUT", "/people/1", "", "t") is None


def test_probability_decides_by_request_and_attempt_and_not_by_order():
    paths = [f"/people/{number}" for number in range(400)] * 3
    shuffled = random.Random(7).sample(paths, len(paths))

    def struck(order):
        faults, found, seen = injector(probability=0.1), set(), {}
        for path in order:
            seen[path] = seen.get(path, 0) + 1
            if faults.strike("GET", path, "", "t"):
                found.add((path, seen[path]))
        return found

    assert struck(paths) == struck(shuffled)
    assert 60 < len(struck(paths)) < 180


def test_another_seed_strikes_elsewhere():
    paths = [f"/p/{number}" for number in range(200)]
    assert strikes(injector(1, probability=0.2), paths) != strikes(
        injector(2, probability=0.2), paths
    )


def test_first_fails_the_first_attempts_of_every_request():
    faults = injector(first=2)
    assert strikes(faults, ["/a", "/b", "/a", "/a", "/b", "/b"]) == [
        True, True, True, False, True, False,
    ]  # fmt: skip


def test_pages_of_one_list_are_different_requests():
    faults = injector(first=1)
    assert faults.strike("GET", "/people", "start=0", "t") is not None
    assert faults.strike("GET", "/people", "start=100", "t") is not None
    assert faults.strike("GET", "/people", "start=0", "t") is None


def test_every_and_after_and_times_count_arrivals():
    faults = injector(every=3, after=2, times=2)
    assert strikes(faults, ["/x"] * 14) == [False] * 4 + [True] + [False] * 2 + [True] + [False] * 6


def test_the_first_rule_that_strikes_counts():
    faults = FaultInjector(1, [FaultRule(FaultKind.STATUS, path="/a"), FaultRule(FaultKind.HTML)])
    assert faults.strike("GET", "/a", "", "t").kind is FaultKind.STATUS
    assert faults.strike("GET", "/b", "", "t").kind is FaultKind.HTML


def test_a_token_dies_after_its_calls_and_a_renewed_one_lives():
    faults = injector(kind="expire_token", after=3)
    assert strikes(faults, ["/x"] * 5, "old") == [False, False, False, True, True]
    assert strikes(faults, ["/x"] * 5, "new") == [False] * 5
    assert strikes(faults, ["/x"], "old") == [True]


def test_clearing_removes_the_rules_and_their_memory():
    faults = injector()
    faults.clear()
    assert strikes(faults, ["/x"]) == [False]
    assert faults.to_json() == []


def test_counts_are_told():
    faults = injector(first=1)
    strikes(faults, ["/x", "/x", "/y"])
    told = faults.to_json()[0]
    assert (told["seen"], told["struck"]) == (3, 2)


@pytest.mark.parametrize(
    "rule",
    [
        {},
        {"kind": "flood"},
        {"kind": "status", "probability": 2},
        {"kind": "status", "every": 0},
        {"kind": "slow", "seconds": 10_000},
        {"kind": "status", "colour": "red"},
        {"kind": "status", "status": "abc"},
        {"kind": "status", "status": 1000},
        {"kind": "status", "every": 1.5},
        {"kind": "slow", "seconds": "long"},
        {"kind": "html", "path": 3},
        {"kind": "html", "path": "people"},
        {"kind": "status", "retry_after": "1\r\nX: 2"},
        {"kind": ["html"]},
    ],
)
def test_nonsense_is_refused(rule):
    with pytest.raises(ValueError):
        FaultRule.from_json(rule)


def test_a_path_may_be_written_with_the_prefix_of_the_api():
    faults = injector(path="/v1/people/*")
    assert strikes(faults, ["/people/1", "/v1/people/1"]) == [True, False]


@pytest.mark.parametrize(
    "given",
    [{"kind": "html"}, [{"kind": "html"}], {"faults": [{"kind": "html"}]}],
)
def test_rules_come_alone_in_a_list_or_in_an_object(given):
    assert [rule.kind for rule in read_rules(given)] == [FaultKind.HTML]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("text", "a list of them"),
        ([{"kind": "html"}, "text"], "fault 2: an object"),
        ([{"kind": "html"}, {"kind": "flood"}], "fault 2: .* kind: one of status, "),
        ([{"kind": "html"}, {"kind": "html"}, {}], "fault 3: .* kind"),
    ],
)
def test_rules_that_cannot_be_read_are_named_by_their_place(given, said):
    with pytest.raises(ValueError, match=said):
        read_rules(given)
