"""Find people, locations and queues: the exports first, every hit checked, else Webex itself."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from Space_OdT.engine.action_model import PendingError
from Space_OdT.engine.normalise import clean_text
from Space_OdT.engine.suggestions import did_you_mean
from Space_OdT.softphones.exports import ExportedIds, Queue
from Space_OdT.webex.connection_client import WebexClient
from Space_OdT.webex.directory import Directory
from Space_OdT.webex.error_handling import ReasonCode
from Space_OdT.webex.ids import id_key, same_id
from Space_OdT.webex.records import Location, email_key

_QUEUES_PATH = "/telephony/config/queues"
_QUEUES_PAGE = 1000
_SHOWN = 4


class IdBook:
    """Resolves what rows name; one per run.

    Args:
        exports: What an inventory knew.
        client: The client of the run.
        directory: The organisation, asked where exports do not help.
        on_stale: Told once about each hit of the exports that is not true any more.
    """

    def __init__(
        self,
        exports: ExportedIds,
        client: WebexClient,
        directory: Directory,
        on_stale: Callable[[str], None],
    ) -> None:
        self.exports = exports
        self._client = client
        self._directory = directory
        self._on_stale = on_stale
        self._told: set[str] = set()
        self._queues: dict[str, Queue] | None = None
        self._lock = asyncio.Lock()

    def stale(self, what: str) -> None:
        """Take note that the exports are wrong about something.

        Args:
            what: One sentence without a full stop.
        """
        if what not in self._told:
            self._told.add(what)
            self._on_stale(what)

    def names(self) -> dict[str, str]:
        """Give the names behind the ids that are known so far, for people to read."""
        licences = {one.id: one.name for one in self._directory.licences.records()}
        locations = {one.id: one.name for one in self._directory.locations.records()}
        queues = {one.id: one.name for one in (self._queues or {}).values()}
        return {**licences, **locations, **queues}

    def exported_person(self, email: str) -> str:
        """Look somebody up in the exports.

        Args:
            email: Address.

        Returns:
            The id to be checked, "" when the exports do not have the address.
        """
        return self.exports.people.get(email_key(email), "")

    # -- locations -------------------------------------------------------------------------

    async def location(self, location_id: str, name: str) -> Location:
        """Find a location for Calling; the id wins over the name.

        Args:
            location_id: Id in any spelling, or a name all the same; "" for none.
            name: Exact name; read when there is no id.

        Returns:
            The location as it is now.

        Raises:
            PendingError: `precondition_missing`, when there is none or it is without Calling.
            AmbiguousNameError: When several have the name.
            WebexError: When the API cannot be asked.
        """
        wanted = location_id or name
        found = await self._exported_location(wanted) or await self._directory.location(wanted)
        return _usable(found, wanted, (one.name for one in self._directory.locations.records()))

    async def _exported_location(self, wanted: str) -> Location | None:
        ids = self.exports.locations.get(wanted, ())
        if len(ids) != 1:
            return None
        found = await self._directory.location(ids[0])
        if found is None or found.name != wanted:
            self.stale(f"the location {wanted} is not what the exports say")
            return None
        return found

    # -- queues ----------------------------------------------------------------------------

    async def queues(self, cells: Mapping[str, str], location_id: str) -> tuple[Queue, ...]:
        """Find the queues a row names.

        Args:
            cells: Normalised cells of the row.
            location_id: Location of the person; a name means the queue there first.

        Returns:
            The queues, each once.

        Raises:
            PendingError: `precondition_missing`, when one does not exist or a name is ambiguous.
            WebexError: When the API cannot be asked.
        """
        ids = cells.get("call_queue_ids", "")
        if ids:
            found = [await self._queue_by_id(one) for one in ids.split("|")]
        else:
            names = cells.get("call_queue_names", "").split("|")
            found = [await self._queue_by_name(one, location_id) for one in names]
        return tuple({id_key(one.id): one for one in found}.values())

    async def _queue_by_id(self, wanted: str) -> Queue:
        found = (await self._live_queues()).get(id_key(wanted))
        if found is None:
            raise _no_queue(f"there is no call queue with the id {wanted}", "correct the id")
        return found

    async def _queue_by_name(self, name: str, location_id: str) -> Queue:
        live = await self._live_queues()
        exported = _named(self.exports.queues, name, location_id)
        if len(exported) == 1:
            hit = live.get(id_key(exported[0].id))
            if hit is not None and hit.name == exported[0].name:
                return hit
            self.stale(f"the call queue {name} is not what the exports say")
        found = _named(live.values(), name, location_id)
        if len(found) > 1:
            places = ", ".join(_place(one) for one in found[:_SHOWN])
            raise _no_queue(
                f'{len(found)} call queues are named "{name}", none of them alone in the person\'s '
                f"location: {places}",
                "write the id of the one you mean into call_queue_ids",
            )
        if not found:
            meant = did_you_mean(name, [one.name for one in live.values()])
            raise _no_queue(
                f'there is no call queue "{name}"', f"{meant}write the name exactly as in Webex"
            )
        return found[0]

    async def _live_queues(self) -> Mapping[str, Queue]:
        """List all queues once a run: a few calls that tell whether the exports are still true."""
        async with self._lock:
            if self._queues is None:
                self._queues = await self._read_queues()
            return self._queues

    async def _read_queues(self) -> dict[str, Queue]:
        found = {}
        for assist in ("false", "true"):  # those of Customer Assist are in a list of their own
            pages = self._client.pages(
                _QUEUES_PATH,
                list_key="queues",
                style="start",
                page_size=_QUEUES_PAGE,
                query={"hasCxEssentials": assist},
            )
            async for page in pages:
                found.update({id_key(str(item["id"])): _queue(item) for item in page})
        return found


def _queue(item: Mapping[str, Any]) -> Queue:
    return Queue(
        str(item["id"]),
        str(item.get("name") or ""),
        str(item.get("locationId") or ""),
        str(item.get("locationName") or ""),
        bool(item.get("hasCxEssentials")),
    )


def _usable(found: Location | None, wanted: str, names: Iterable[str]) -> Location:
    if found is None:
        raise PendingError(
            ReasonCode.PRECONDITION_MISSING,
            f"there is no location {wanted}",
            fix=f"{did_you_mean(wanted, list(names))}write its exact name or id",
        )
    if not found.has_calling:
        raise PendingError(
            ReasonCode.PRECONDITION_MISSING,
            f"the location {found.name} is not enabled for Webex Calling",
            fix="enable it first, then run these people again",
        )
    return found


def _named(queues: Iterable[Queue], name: str, location_id: str) -> list[Queue]:
    """Find by exact name: in the person's own location, else anywhere."""
    found = [one for one in queues if clean_text(one.name) == name]
    return [one for one in found if same_id(one.location_id, location_id)] or found


def _place(queue: Queue) -> str:
    return f"{queue.location_name or queue.location_id} ({queue.id})"


def _no_queue(message: str, fix: str) -> PendingError:
    return PendingError(ReasonCode.PRECONDITION_MISSING, message, fix=fix)
