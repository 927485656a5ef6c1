"""How many calls an inventory takes, from a handful of counts, before anything is read."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from Space_OdT.inventory.facts import CALLING_LICENCE_PREFIX
from Space_OdT.inventory.manifest import BY_NAME, Artifact, Paging
from Space_OdT.webex.connection_client import WebexClient
from Space_OdT.webex.error_handling import WebexError

_UNPAGED = 1_000_000_000
_CALLING = "webex_calling_enabled"

# Small lists of the organisation have no counter: their few pages are read and counted.
_COUNTED_BY_LISTING = (
    "groups",
    "locations",
    "calling_locations",
    "auto_attendants",
    "hunt_groups",
    "call_queues",
    "virtual_lines",
    "virtual_extensions",
    "virtual_extension_ranges",
)

_COUNTED_BY_LICENCES = frozenset({"licenses", "people", "workspaces"})
_PAGES_PER_ENTITY = {"license_assigned_users": "holders", "group_members": "members"}
"""Reads per entity that take many pages -> where `Counts` has the sizes of the entities."""


@dataclass(slots=True)
class Counts:
    """Sizes that decide how many calls an inventory takes.

    Attributes:
        of: Artifact -> entities; what could not be counted is missing.
        calling_people: People with a Calling licence.
        calling_workspaces: Workspaces with a Calling licence.
        holders: Users of each licence.
        members: Members of each group.
        calls: Calls spent on counting.
        unknown: What could not be counted, and why.
    """

    of: dict[str, int] = field(default_factory=dict)
    calling_people: int = 0
    calling_workspaces: int = 0
    holders: tuple[int, ...] = ()
    members: tuple[int, ...] = ()
    calls: int = 0
    unknown: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CostLine:
    """Calls of one artifact; `note` says how they come about."""

    artifact: str
    calls: int
    note: str


async def count(client: WebexClient, org_id: str, wanted: Sequence[Artifact]) -> Counts:
    """Ask Webex for the sizes.

    Args:
        client: The one way to Webex.
        org_id: Organisation, as a bare UUID.
        wanted: Artifacts to be read; what none of them needs is not counted.

    Returns:
        What could be counted.

    Raises:
        WebexError: When the token is not accepted.
    """
    counter = _Counter(client)
    counts, needed = counter.counts, _needed(wanted)
    if needed & _COUNTED_BY_LICENCES:
        await counter.licences()
    if "people" in needed:
        await counter.total("people", f"/identity/scim/{org_id}/v2/Users", {"count": 1})
    if "numbers" in needed:
        await counter.numbers()
    for name in _COUNTED_BY_LISTING:
        if name in needed:
            await counter.listing(BY_NAME[name])
    if "people" not in counts.of and counts.holders:  # whoever holds a licence is at least there
        counts.of["people"] = max(counts.holders)
        counts.unknown.pop("people", None)
    counts.of["workspaces"] = counts.calling_workspaces
    return counts


def _needed(wanted: Sequence[Artifact]) -> set[str]:
    """List the sizes that decide about some artifacts: their own, and those of their sources."""
    names = {entry.artifact for entry in wanted}
    names |= {entry.feed.source for entry in wanted if entry.feed}
    if any(entry.feed and entry.feed.one_per for entry in wanted):
        names.add("calling_locations")
    return names


class _Counter:
    def __init__(self, client: WebexClient) -> None:
        self._client = client
        self.counts = Counts()

    async def _ask(self, name: str, path: str, query: Mapping[str, Any]) -> Any:
        self.counts.calls += 1
        try:
            return (await self._client.request("GET", path, query=query)).body
        except WebexError as error:
            self._give_up(name, error)
            return {}

    def _give_up(self, name: str, error: WebexError) -> None:
        if error.status == 401:  # noqa: PLR2004 - the status is the name
            raise error
        self.counts.unknown[name] = f"HTTP {error.status}" if error.status else error.message

    async def licences(self) -> None:
        body = await self._ask("licenses", "/licenses", {})
        items = body.get("items") or []
        counts = self.counts
        counts.of["licenses"] = len(items)
        counts.holders = tuple(_number(item, "consumedByUsers", "consumedUnits") for item in items)
        for item, holders in zip(items, counts.holders, strict=True):
            if str(item.get("name") or "").casefold().startswith(CALLING_LICENCE_PREFIX):
                counts.calling_people += holders
                counts.calling_workspaces += _number(item, "consumedByWorkspaces")

    async def total(self, name: str, path: str, query: Mapping[str, Any]) -> None:
        body = await self._ask(name, path, query)
        if isinstance(total := body.get("totalResults"), int):
            self.counts.of[name] = total

    async def numbers(self) -> None:
        path = BY_NAME["numbers"].path
        body = await self._ask("numbers", path, {"max": 1, "details": True})
        self.counts.of["numbers"] = _number(body.get("count") or {}, "total")

    async def listing(self, entry: Artifact) -> None:
        found: dict[Any, int] = {}
        path, query = entry.render({})
        try:
            for reading in entry.readings:
                self.counts.calls += 1
                async for items in self._client.pages(
                    path,
                    list_key=entry.list_key or "",
                    query={**query, **dict(reading.query)},
                    style=entry.paging.value,
                    page_size=entry.page_size,
                ):
                    found.update({item.get("id"): _number(item, "memberSize") for item in items})
        except WebexError as error:
            self._give_up(entry.artifact, error)
        self.counts.of[entry.artifact] = len(found)
        if entry.artifact == "groups":
            self.counts.members = tuple(found.values())


def _number(item: Mapping[str, Any], *names: str) -> int:
    return next((value for name in names if isinstance(value := item.get(name), int)), 0)


def estimate(wanted: Sequence[Artifact], counts: Counts) -> list[CostLine]:
    """Work out the calls of each artifact.

    Args:
        wanted: Artifacts to be read.
        counts: Sizes of the organisation.

    Returns:
        One line an artifact, in the given order.
    """
    return [_line(entry, counts) for entry in wanted]


def _line(entry: Artifact, counts: Counts) -> CostLine:
    name = entry.artifact
    if entry.no_api:
        return CostLine(name, 0, "no such API")
    if entry.served_by is not None:
        return CostLine(name, 0, f"comes with {entry.served_by.artifact}")
    if entry.feed is None:
        pages = _pages(entry, counts.of.get(name, 0)) * len(entry.readings)
        return CostLine(name, pages, "list" if entry.list_key else "one object")
    if name in _PAGES_PER_ENTITY:
        what = _PAGES_PER_ENTITY[name]
        sizes: tuple[int, ...] = getattr(counts, what)
        return CostLine(name, sum(_pages(entry, size) for size in sizes), f"pages of {what}")
    entities, what = _entities(entry, counts)
    return CostLine(name, entities, f"one per {what}")


def _pages(entry: Artifact, items: int) -> int:
    size = entry.page_size if entry.paging is not Paging.NONE else _UNPAGED
    return max(1, math.ceil(items / (size or _UNPAGED)))


def _entities(entry: Artifact, counts: Counts) -> tuple[int, str]:
    feed = entry.feed
    assert feed is not None  # noqa: S101 - only reads per entity come here
    if feed.one_per == "location_id":
        return counts.of.get("calling_locations", 0), "location"
    if feed.where == _CALLING:
        calling = {"people": counts.calling_people, "workspaces": counts.calling_workspaces}
        return calling[feed.source], f"calling {'person' if feed.source == 'people' else 'room'}"
    return counts.of.get(feed.source, 0), f"row of {feed.source}"
