"""Resolve keys to entities with as few calls as the API allows: whole lists, or one GET for one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Hashable
from dataclasses import replace
from typing import Any

from Space_OdT.webex.connection_client import WebexClient
from Space_OdT.webex.error_handling import ReasonCode, WebexError
from Space_OdT.webex.ids import id_key, same_id
from Space_OdT.webex.records import (
    Licence,
    Location,
    Number,
    Person,
    Route,
    Workspace,
    email_key,
    extension_key,
    name_key,
    number_key,
)
from Space_OdT.webex.sources import (
    CALLING_LOCATIONS,
    LOCATIONS,
    NUMBERS_PAGE,
    PEOPLE_PAGE,
    SOURCES,
    Kind,
    Source,
)
from Space_OdT.webex.tables import R, Table

# Assumed when the licences do not tell how many people there are.
UNKNOWN_ORGANISATION_USERS = 21_000


class AmbiguousNameError(LookupError):
    """Several entities answer to one key; the operator has to tell them apart.

    Attributes:
        kind: What was looked for.
        key: The key as given.
        ids: Ids of all that match, or what identifies them.
    """

    def __init__(self, kind: Kind, key: str, ids: tuple[str, ...]) -> None:
        super().__init__(f"{len(ids)} entities of kind {kind} match {key!r}: {', '.join(ids)}")
        self.kind = kind
        self.key = key
        self.ids = ids


Noted = Person | Number | Location | Workspace


class Directory:
    """One per run: filled once, kept current by our own writes, re-read per key on doubt.

    Args:
        client: The client of the run.
    """

    def __init__(self, client: WebexClient) -> None:
        self._client = client
        self._tables: dict[Kind, Table[Any]] = {kind: Table() for kind in Kind}
        self._locks = {kind: asyncio.Lock() for kind in Kind}
        self._noted_meanwhile: dict[Kind, list[Callable[[], None]]] = {kind: [] for kind in Kind}
        self._filling: dict[Kind, Table[Any]] = {}
        self._page_read = {kind: asyncio.Event() for kind in Kind}

    @property
    def people(self) -> Table[Person]:
        """People by e-mail address."""
        return self._tables[Kind.PERSON]

    @property
    def numbers(self) -> Table[Number]:
        """Numbers by E.164 form, extensions by location and digits."""
        return self._tables[Kind.NUMBER]

    @property
    def locations(self) -> Table[Location]:
        """Locations by name and id."""
        return self._tables[Kind.LOCATION]

    @property
    def licences(self) -> Table[Licence]:
        """Licences by name and id."""
        return self._tables[Kind.LICENCE]

    @property
    def routes(self) -> Table[Route]:
        """Trunks and route groups by name and id."""
        return self._tables[Kind.ROUTE]

    @property
    def workspaces(self) -> Table[Workspace]:
        """Workspaces by name and id."""
        return self._tables[Kind.WORKSPACE]

    # -- filling ---------------------------------------------------------------------------

    async def prepare(self, *, people: int = 0, numbers: int = 0, workspaces: int = 0) -> None:
        """Read whole lists where that costs fewer calls than asking for each key.

        Args:
            people: E-mail addresses that will be asked for.
            numbers: Numbers and extensions that will be asked for.
            workspaces: Workspace names that will be asked for.

        Raises:
            WebexError: When a list cannot be read.
        """
        users = await self._estimated_users() if people or numbers else 0
        if people > users / PEOPLE_PAGE:
            await self.load(Kind.PERSON)
        if numbers > users / NUMBERS_PAGE + 1:
            await self.load(Kind.NUMBER)
        if workspaces > 1:
            await self.load(Kind.WORKSPACE)

    async def load(self, kind: Kind, *, refresh: bool = False) -> None:
        """Read the whole list of a kind, once a run.

        Args:
            kind: What to read.
            refresh: Read it again although it was read before.

        Raises:
            WebexError: When the list cannot be read; what was known before stays.
        """
        async with self._locks[kind]:
            if self._tables[kind].is_complete and not refresh:
                return
            meanwhile = self._noted_meanwhile[kind]
            meanwhile.clear()
            table: Table[Any] = Table()
            self._filling[kind] = table
            try:
                await self._fill(kind, table)
            finally:
                del self._filling[kind]
                self._page_read[kind].set()
            table.is_complete = True
            self._tables[kind] = table
            for note in meanwhile:  # the list may be older than what we wrote while reading it
                note()

    async def _estimated_users(self) -> int:
        """Estimate the people of the organisation from what its licences are used by."""
        try:
            await self.load(Kind.LICENCE)
        except WebexError as error:
            if error.reason_code is not ReasonCode.PERMISSION_DENIED:
                raise
        used = max((one.consumed_by_users for one in self.licences.records()), default=0)
        return used or UNKNOWN_ORGANISATION_USERS

    async def _fill(self, kind: Kind, table: Table[Any]) -> None:
        if kind is Kind.LOCATION:
            await self._fill_locations(table)
            return
        source = SOURCES[kind]
        async for page in self._pages(source):
            for item in page:
                table.add(source.read(item))
            self._page_read[kind].set()

    async def _in_list_being_read(self, kind: Kind, key: Hashable) -> tuple[Any, ...]:
        """Wait for a key in a list that is just being read, no longer than until its page is."""
        while (table := self._filling.get(kind)) is not None:
            if found := table.find(key):
                return found
            self._page_read[kind].clear()
            await self._page_read[kind].wait()
        return ()

    async def _fill_locations(self, table: Table[Location]) -> None:
        """Join both lists: one has every location, the other only those enabled for Calling."""
        enabled, everywhere = await asyncio.gather(
            self._items(CALLING_LOCATIONS), self._items(LOCATIONS)
        )
        calling = {CALLING_LOCATIONS.read(item).key: item for item in enabled}
        for item in everywhere:
            bare = LOCATIONS.read(item)
            table.add(_with_calling(bare, calling.get(id_key(bare.id))))

    async def _items(self, source: Source[Any]) -> list[dict[str, Any]]:
        return [item async for page in self._pages(source) for item in page]

    def _pages(
        self, source: Source[Any], query: dict[str, Any] | None = None
    ) -> AsyncIterator[list[dict[str, Any]]]:
        return self._client.pages(
            source.path,
            list_key=source.list_key,
            style=source.style,
            page_size=None if query else source.page_size,
            query={**source.query, **(query or {})},
            fields=source.fields,
        )

    # -- asking ----------------------------------------------------------------------------

    async def person(self, email: str, *, refresh: bool = False) -> Person | None:
        """Find a person by e-mail address; while the list is being read, as soon as it shows up.

        Args:
            email: Any of the person's addresses, in any case.
            refresh: Ask the API even if the answer is known, as after a 404 or 409.

        Returns:
            The person; None when there is none.

        Raises:
            AmbiguousNameError: When several people have the address.
            WebexError: When the API cannot be asked.
        """
        key = email_key(email)
        if not refresh and not self.people.knows(key):
            found = await self._in_list_being_read(Kind.PERSON, key)
            if found:
                return _only(Kind.PERSON, email, found)
        if refresh or not self.people.knows(key):
            await self._reread(Kind.PERSON, key, {"email": key})
        return _only(Kind.PERSON, email, self.people.find(key))

    async def number(self, phone_number: str, *, refresh: bool = False) -> Number | None:
        """Find a number.

        Args:
            phone_number: E.164 number, separators allowed.
            refresh: Ask the API even if the answer is known.

        Returns:
            The number with its state, location and owner; None when the organisation lacks it.

        Raises:
            AmbiguousNameError: When the API lists it twice.
            WebexError: When the API cannot be asked.
        """
        key = number_key(phone_number)
        if refresh or not self.numbers.knows(key):
            await self._reread(Kind.NUMBER, key, {"phoneNumber": key})
        return _only(Kind.NUMBER, phone_number, self.numbers.find(key))

    async def extension(
        self, location_id: str, extension: str, *, refresh: bool = False
    ) -> Number | None:
        """Find who has an extension.

        Args:
            location_id: Id of the location, in any spelling.
            extension: Extension digits.
            refresh: Ask the API even if the answer is known.

        Returns:
            The extension with its owner; None when it is free in that location.

        Raises:
            AmbiguousNameError: When the API lists it twice.
            WebexError: When the API cannot be asked.
        """
        key = extension_key(location_id, extension)
        if refresh or not self.numbers.knows(key):
            query = {"locationId": location_id, "extension": extension}
            await self._reread(Kind.NUMBER, key, query)
        return _only(Kind.NUMBER, extension, self.numbers.find(key))

    async def workspace(self, name: str, *, refresh: bool = False) -> Workspace | None:
        """Find a workspace by its display name.

        Args:
            name: Display name; an exact match counts before one in another case.
            refresh: Ask the API even if the answer is known.

        Returns:
            The workspace; None when there is none.

        Raises:
            AmbiguousNameError: When several have the name.
            WebexError: When the API cannot be asked.
        """
        key = name_key(name)
        if refresh or not self.workspaces.knows(key):
            await self._reread(Kind.WORKSPACE, key, {"displayName": name.strip()})
        return _named(Kind.WORKSPACE, name, self.workspaces.find(key))

    async def location(self, name: str, *, refresh: bool = False) -> Location | None:
        """Find a location by name or id.

        Args:
            name: Name, or id in any spelling; an exact match counts before one in another case.
            refresh: Read the locations again.

        Returns:
            The location; None when there is none.

        Raises:
            AmbiguousNameError: When several have the name.
            WebexError: When the API cannot be asked.
        """
        await self.load(Kind.LOCATION, refresh=refresh)
        return _named(Kind.LOCATION, name, _by_name_or_id(self.locations, name))

    async def licence(self, name: str, *, refresh: bool = False) -> Licence | None:
        """Find a licence by name or id.

        Args:
            name: Name, or id in any spelling.
            refresh: Read the licences again.

        Returns:
            The licence; None when there is none.

        Raises:
            AmbiguousNameError: When several subscriptions have one of that name.
            WebexError: When the API cannot be asked.
        """
        await self.load(Kind.LICENCE, refresh=refresh)
        return _named(Kind.LICENCE, name, _by_name_or_id(self.licences, name))

    async def route(
        self, name: str, *, kind: str | None = None, refresh: bool = False
    ) -> Route | None:
        """Find a trunk or route group by name or id.

        Args:
            name: Name, or id in any spelling.
            kind: TRUNK or ROUTE_GROUP, where both may have the name.
            refresh: Read the routes again.

        Returns:
            The route; None when there is none.

        Raises:
            AmbiguousNameError: When several have the name.
            WebexError: When the API cannot be asked.
        """
        await self.load(Kind.ROUTE, refresh=refresh)
        found = _by_name_or_id(self.routes, name)
        return _named(
            Kind.ROUTE, name, tuple(one for one in found if kind is None or one.type == kind)
        )

    async def calling_licences(self) -> list[Licence]:
        """List the Webex Calling licences, in the order the API gives them.

        Returns:
            The licences; empty when the organisation has none.

        Raises:
            WebexError: When the API cannot be asked.
        """
        await self.load(Kind.LICENCE)
        return [licence for licence in self.licences.records() if licence.is_calling]

    async def _reread(self, kind: Kind, key: Hashable, query: dict[str, Any]) -> None:
        source = SOURCES[kind]
        found: list[Any] = []
        if all(query.values()):  # a blank filter would list the whole organisation, for nothing
            async for page in self._pages(source, query):
                # Filters of this API match parts of names and numbers: equality is ours to check.
                found.extend(one for one in map(source.read, page) if key in set(one.keys()))
        self._tables[kind].replace(key, found)

    # -- our own writes --------------------------------------------------------------------

    def note_write(self, record: Noted) -> None:
        """Remember what one of our writes made or changed.

        Args:
            record: The entity as it is now; what was known of it before is forgotten.
        """
        self._note(record, lambda table: _put(table, record))

    def note_removal(self, record: Noted) -> None:
        """Remember that one of our writes removed an entity.

        Args:
            record: The entity as it was known.
        """
        self._note(record, lambda table: _drop(table, record))

    def _note(self, record: Noted, change: Callable[[Table[Any]], None]) -> None:
        kind = _KINDS[type(record)]
        change(self._tables[kind])
        if self._locks[kind].locked():
            self._noted_meanwhile[kind].append(lambda: change(self._tables[kind]))


def _put(table: Table[Any], record: Noted) -> None:
    for key in record.keys():  # noqa: SIM118 - not a mapping
        for old in table.find(key):
            if _is_same(old, record):
                table.remove(old)
    table.add(record)


def _drop(table: Table[Any], record: Noted) -> None:
    for key in record.keys():  # noqa: SIM118 - not a mapping
        rest = [old for old in table.find(key) if not _is_same(old, record)]
        table.replace(key, rest)


_KINDS: dict[type, Kind] = {
    Person: Kind.PERSON,
    Number: Kind.NUMBER,
    Location: Kind.LOCATION,
    Workspace: Kind.WORKSPACE,
}


def _is_same(old: Any, new: Any) -> bool:
    """Tell whether two records are the same entity: by id; numbers, which have none, by key."""
    if isinstance(new, Number):
        return True
    return same_id(old.id, new.id)


def _with_calling(location: Location, calling: dict[str, Any] | None) -> Location:
    if calling is None:
        return location
    return replace(
        location,
        has_calling=True,
        routing_prefix=calling.get("routingPrefix") or None,
        main_number=(calling.get("callingLineId") or {}).get("phoneNumber") or None,
    )


def _by_name_or_id(table: Table[R], text: str) -> tuple[R, ...]:
    return table.find(name_key(text)) or table.find(id_key(text))


def _only(kind: Kind, key: str, found: tuple[R, ...]) -> R | None:
    if len(found) > 1:
        ids = tuple(str(getattr(one, "id", one)) for one in found)
        raise AmbiguousNameError(kind, key, ids)
    return found[0] if found else None


def _named(kind: Kind, name: str, found: tuple[R, ...]) -> R | None:
    """Choose by exact spelling first; names that differ in case only are two names."""
    exact = tuple(one for one in found if getattr(one, "name", None) == name.strip())
    return _only(kind, name, exact or found)
