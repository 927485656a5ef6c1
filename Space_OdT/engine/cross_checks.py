"""Rules between the cells of one row, beyond "at least one of these"."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from types import MappingProxyType

from Space_OdT.engine.calling_settings import (
    OUTGOING_PROFILE,
    SETTINGS_JSON,
    conflicting_features,
)
from Space_OdT.engine.models import CellProblem, EntityType
from Space_OdT.engine.suggestions import did_you_mean

LONGEST_CALLING_NAME = 80
_NEEDS_CALLING = ("pstn_connection_type", "premise_route_type", "premise_route_name", "main_number")

Cells = Mapping[str, str]
Check = Callable[[Cells, Collection[str] | None], Iterator[CellProblem]]


def _location(cells: Cells, _: Collection[str] | None) -> Iterator[CellProblem]:
    name = cells.get("location_name", "")
    has_calling = cells.get("calling_enabled") != "false"
    if has_calling and len(name) > LONGEST_CALLING_NAME:
        expected = f"at most {LONGEST_CALLING_NAME} characters with Webex Calling"
        yield CellProblem("location_name", name, expected, f"shorten it; it has {len(name)}")
    for column in () if has_calling else _NEEDS_CALLING:
        if value := cells.get(column):
            expected = "nothing here when calling_enabled is false"
            yield CellProblem(column, value, expected, "clear it, or enable calling")
    yield from _own_key("location_key", cells)
    yield from _own_key("entity_key", cells)
    yield from _route(cells)


def _own_key(column: str, cells: Cells) -> Iterator[CellProblem]:
    value = cells.get(column, "")
    own = [cells.get("location_external_id", ""), cells.get("location_name", "")]
    if value and value.casefold() not in {key.casefold() for key in own}:
        expected = f"nothing, or its own key ({' or '.join(filter(None, own))})"
        yield CellProblem(column, value, expected, "clear it")


def _route(cells: Cells) -> Iterator[CellProblem]:
    connection = cells.get("pstn_connection_type", "")
    kind, name = cells.get("premise_route_type", ""), cells.get("premise_route_name", "")
    if bool(kind) != bool(name):
        column, value = ("premise_route_type", kind) if kind else ("premise_route_name", name)
        other = "premise_route_name" if kind else "premise_route_type"
        yield CellProblem(column, value, f"{other} beside it", f"fill {other}, or clear both")
    elif connection == "LOCAL_GATEWAY" and not kind:
        expected = "premise_route_type and premise_route_name beside it"
        yield CellProblem("pstn_connection_type", connection, expected, "name the premises route")
    elif kind and connection and connection != "LOCAL_GATEWAY":
        expected = "LOCAL_GATEWAY when there is a premises route"
        yield CellProblem("pstn_connection_type", connection, expected, "clear one or the other")


def _person(cells: Cells, profiles: Collection[str] | None) -> Iterator[CellProblem]:
    for feature in conflicting_features(cells):
        yield CellProblem(
            SETTINGS_JSON,
            cells[SETTINGS_JSON],
            f"no {feature} here when a column sets it",
            f"keep either the column or the {feature} body",
        )
    profile = cells.get(OUTGOING_PROFILE)
    if profile and profiles is not None and profile not in profiles:
        meant = did_you_mean(profile, profiles)
        known = ", ".join(profiles) or "none, as no file of outgoing profiles was given"
        yield CellProblem(
            OUTGOING_PROFILE, profile, f"a known profile ({known})", f"{meant}name one of them"
        )


def _user(cells: Cells, profiles: Collection[str] | None) -> Iterator[CellProblem]:
    key, email = cells.get("entity_key", ""), cells.get("email", "")
    if "@" in key and key.casefold() != email:
        yield CellProblem("entity_key", key, f"nothing, or {email}", "clear it")
    yield from _person(cells, profiles)


CROSS_CHECKS: Mapping[EntityType, Check] = MappingProxyType(
    {
        EntityType.LOCATION: _location,
        EntityType.USER: _user,
        EntityType.EXTENSION_ASSIGNMENT: _person,
    }
)
"""Type of row -> its check of normalised cells; the second argument names the known outgoing
profiles, None when they are not known yet."""

CROSS_TRIGGERS = ("entity_key", OUTGOING_PROFILE, SETTINGS_JSON)
"""The columns without which the check of a person's row has nothing to say."""
