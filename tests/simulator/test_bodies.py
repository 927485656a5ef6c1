"""Bodies of writes: wrong types are refused by name, and no junk breaks a handler."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import orjson
import pytest

from Space_OdT.simulator.bodies import check_body
from Space_OdT.simulator.organisation import ROUTES
from Space_OdT.simulator.organisation.api.body_types import BODY_TYPES
from Space_OdT.simulator.protocol import ApiError
from tests.simulator.walking import Walker

# Writes of the organisation that take no body, or none whose fields matter.
WITHOUT_BODY = ("/actions/pause/invoke", "/actions/resume/invoke", "/precheckForDeletion/invoke")
JUNK = ("text", "", 7, -1, 1.5, True, [], [None], [7], ["text"], [{}], {}, {"a": 1}, "9" * 400)
PLAIN = {str: "text", bool: True, int: 3, float: 1.5}
WRONG = {str: {}, bool: "yes", int: "three", float: "three"}


@pytest.fixture(scope="module")
def walker() -> Walker:
    return Walker()


def sample(rule: Any) -> Any:
    if isinstance(rule, Mapping):
        return {name.removesuffix("!"): sample(inner) for name, inner in rule.items()}
    if isinstance(rule, list):
        return [sample(rule[0])]
    return PLAIN[rule]


def spoiled(rule: Any, value: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    """A body with one wrong field after the other, and the place of that field."""
    if isinstance(rule, Mapping):
        for name, inner in rule.items():
            dot = "." if place else ""
            for where, wrong in spoiled(inner, value[name], f"{place}{dot}{name}"):
                yield where, {**value, name: wrong}
        if place:
            yield place, "text"
    elif isinstance(rule, list):
        yield place, "text"
        for where, wrong in spoiled(rule[0], value[0], f"{place}[0]"):
            yield where, [wrong]
    else:
        yield place, WRONG[rule]


def test_every_write_of_the_organisation_declares_the_types_of_its_body():
    open_ones = [
        (route.method, route.template)
        for route in ROUTES
        if route.method in {"POST", "PUT", "PATCH"}
        and route.body is None
        and not route.template.endswith(WITHOUT_BODY)
    ]
    assert open_ones == []


def test_every_declaration_belongs_to_a_write():
    assert set(BODY_TYPES) <= {(route.method, route.template) for route in ROUTES}


@pytest.mark.parametrize(("method", "template"), BODY_TYPES)
def test_a_wrong_type_is_refused_by_the_name_of_its_field(method, template, walker):
    path = walker.resolve(template)
    rule = BODY_TYPES[method, template]
    for place, body in spoiled(rule, sample(rule)):
        answer = walker.send(method, path, body)
        assert answer.status == 400, (place, answer.body)
        assert f"field {place}:" in orjson.loads(answer.body)["message"], (place, answer.body)


@pytest.mark.parametrize(("method", "template"), BODY_TYPES)
def test_no_junk_breaks_a_handler(method, template, walker):
    path = walker.resolve(template)
    whole = sample(BODY_TYPES[method, template])
    bodies = [{**whole, name: junk} for name in whole for junk in (None, *JUNK)]
    bodies += [{name: junk} for name in whole for junk in (None, *JUNK)]
    for body in [*JUNK, *bodies]:
        answer = walker.send(method, path, body)
        # 502 is what the API answers to the removal of a number that is not there.
        assert answer.status not in {500, 501}, (body, answer.body)


@pytest.mark.parametrize(
    ("rule", "body", "said"),
    [
        ({"a!": str}, {}, "Missing mandatory field: a"),
        ({"a": {"b!": str}}, {"a": {}}, "a.b"),
        ({"a": [{"b": bool}]}, {"a": [{"b": 1}]}, "a[0].b: true or false"),
        ({"a": range(2, 21)}, {"a": 21}, "2 to 20"),
        ({"a": range(2, 21)}, {"a": True}, "2 to 20"),
        ({"a": ("X", "Y")}, {"a": "Z"}, "one of X, Y"),
        ({"a": float}, {"a": "1"}, "a: number"),
        ({"a": int}, {"a": 1.5}, "a: whole number"),
    ],
)
def test_what_breaks_a_rule_is_told(rule, body, said):
    with pytest.raises(ApiError) as refusal:
        check_body(body, rule)
    assert said in refusal.value.message


@pytest.mark.parametrize(
    ("rule", "body"),
    [
        ({"a": str}, {"b": 1}),
        ({"a": str}, {"a": None}),
        ({"a": float}, {"a": 1}),
        ({"a": [{}]}, {"a": [{"anything": 1}]}),
    ],
)
def test_what_is_left_out_or_not_named_passes(rule, body):
    check_body(body, rule)
