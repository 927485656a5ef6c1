"""Ranges of virtual extensions: patterns that stand for blocks of numbers outside Webex."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from Space_OdT.simulator import errors
from Space_OdT.simulator.organisation.api import scopes
from Space_OdT.simulator.organisation.api.access import (
    body_of,
    one_of,
    required,
    text_of,
)
from Space_OdT.simulator.organisation.api.tables import refuse_taken
from Space_OdT.simulator.organisation.api.virtual_extensions import (
    DEFAULT_PAGE,
    MAX_PAGE,
    level_of,
    location_of,
    placed,
)
from Space_OdT.simulator.organisation.entities import VirtualExtensionRange
from Space_OdT.simulator.organisation.keys import canonical
from Space_OdT.simulator.organisation.organisation import Organisation
from Space_OdT.simulator.organisation.views import LazyList
from Space_OdT.simulator.protocol import JsonObject, Reply, Request, Route

if TYPE_CHECKING:
    from Space_OdT.simulator.world import World

PATTERN = re.compile(r"\d+X+")
PREFIX = re.compile(r"\+[1-9]\d{0,13}")


def render_range(organisation: Organisation, item: VirtualExtensionRange) -> JsonObject:
    """Write a range of virtual extensions as its list does."""
    place = level_of(organisation, item)
    return {"id": item.id, "name": item.name, "prefix": item.prefix, **place}


def list_ranges(world: World, request: Request) -> LazyList[VirtualExtensionRange]:
    """Answer `GET /telephony/config/virtualExtensionRanges`."""
    organisation = world.organisation
    items = placed(list(organisation.virtual_extension_ranges.values()), request)
    name = request.query.get("name", "").casefold()
    prefix = request.query.get("prefix", "").strip().lstrip("+")
    chosen = [item for item in items if name in item.name.casefold() and prefix in item.prefix]
    return LazyList(chosen, lambda item: render_range(organisation, item))


def _range_at(world: World, request: Request) -> VirtualExtensionRange:
    key = canonical(request.params["extensionRangeId"])
    item = world.organisation.virtual_extension_ranges.get(key)
    if item is None:
        raise errors.not_found("The virtual extension range with the specified ID")
    return item


def read_range(world: World, request: Request) -> JsonObject:
    """Answer `GET /telephony/config/virtualExtensionRanges/{extensionRangeId}`."""
    item = _range_at(world, request)
    return {**render_range(world.organisation, item), "patterns": list(item.patterns)}


def _pattern_states(
    organisation: Organisation, patterns: Sequence[Any], own: str
) -> list[tuple[str, str]]:
    taken = {
        pattern
        for item in organisation.virtual_extension_ranges.values()
        if item.id != own
        for pattern in item.patterns
    }
    states: list[tuple[str, str]] = []
    for position, pattern in enumerate(map(str, patterns)):
        state = "VALID"
        if not PATTERN.fullmatch(pattern):
            state = "INVALID"
        elif pattern in taken:
            state = "DUPLICATE"
        elif pattern in patterns[:position]:
            state = "DUPLICATE_IN_LIST"
        states.append((pattern, state))
    return states


def _checked_patterns(
    organisation: Organisation, patterns: Sequence[Any], own: str = ""
) -> list[str]:
    for pattern, state in _pattern_states(organisation, patterns, own):
        if state != "VALID":
            raise errors.field_invalid("patterns", f"{pattern} is {state}")
    return [str(pattern) for pattern in patterns]


def _checked_prefix(text: Any) -> str:
    if not isinstance(text, str) or not PREFIX.fullmatch(text):
        raise errors.field_invalid("prefix", "a plus sign and digits expected")
    return text


def create_range(world: World, request: Request) -> Reply:
    """Answer `POST /telephony/config/virtualExtensionRanges`."""
    organisation = world.organisation
    body = body_of(request)
    required(body, ("name", "prefix"))
    location_id = location_of(world, body)
    prefix = _checked_prefix(body["prefix"])
    patterns = _checked_patterns(organisation, body.get("patterns") or [])
    refuse_taken(organisation.virtual_extension_ranges.values(), body["name"])
    item = VirtualExtensionRange(
        world.next_id("VIRTUAL_EXTENSION_RANGE"), body["name"], prefix, patterns, location_id
    )
    organisation.virtual_extension_ranges[item.id] = item
    return Reply(201, {"id": item.id})


def update_range(world: World, request: Request) -> None:
    """Answer `PUT /telephony/config/virtualExtensionRanges/{extensionRangeId}`."""
    organisation = world.organisation
    item = _range_at(world, request)
    body = body_of(request)
    action = one_of(body, "action", ("ADD", "REMOVE", "REPLACE"), "REPLACE")
    name = text_of(body, "name") or item.name
    refuse_taken(organisation.virtual_extension_ranges.values(), name, item)
    prefix = _checked_prefix(body.get("prefix") or item.prefix)
    patterns = item.patterns
    if body.get("patterns") is not None:
        given = [str(pattern) for pattern in body["patterns"]]
        combined = {
            "ADD": [*patterns, *given],
            "REMOVE": [pattern for pattern in patterns if pattern not in given],
            "REPLACE": given,
        }[action]
        patterns = _checked_patterns(organisation, combined, item.id)
    item.name, item.prefix, item.patterns = name, prefix, patterns


def delete_range(world: World, request: Request) -> Reply:
    """Answer `DELETE /telephony/config/virtualExtensionRanges/{extensionRangeId}`."""
    del world.organisation.virtual_extension_ranges[_range_at(world, request).id]
    return Reply(204)


def validate_range(world: World, request: Request) -> JsonObject:
    """Answer `POST /telephony/config/virtualExtensionRanges/actions/validate/invoke`."""
    body = body_of(request)
    own = canonical(body.get("rangeId"))
    prefix = str(body.get("prefix", ""))
    states = _pattern_states(world.organisation, body.get("patterns") or [], own)
    if prefix and not PREFIX.fullmatch(prefix):
        states = [(pattern, "INVALID") for pattern, _ in states]
    problems = [
        {"prefix": prefix, "pattern": pattern, "status": state, "message": f"{state}: {pattern}"}
        for pattern, state in states
        if state != "VALID"
    ]
    if not problems:
        return {"status": "OK"}
    return {"status": "ERRORS", "virtualExtensionRangeValidationStatus": problems}


_READ, _WRITE = scopes.TELEPHONY_READ, scopes.TELEPHONY_WRITE
_RANGES = "/telephony/config/virtualExtensionRanges"
_RANGE = f"{_RANGES}/{{extensionRangeId}}"

ROUTES = (
    Route(
        "GET",
        _RANGES,
        list_ranges,
        _READ,
        "virtualExtensionRanges",
        "start",
        DEFAULT_PAGE,
        MAX_PAGE,
    ),
    Route("POST", _RANGES, create_range, _WRITE),
    Route("POST", f"{_RANGES}/actions/validate/invoke", validate_range, _WRITE),
    Route("GET", _RANGE, read_range, _READ),
    Route("PUT", _RANGE, update_range, _WRITE),
    Route("DELETE", _RANGE, delete_range, _WRITE),
)
