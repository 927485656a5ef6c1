"""Which locations a premises route carries: one list a route instead of one read a location."""

from __future__ import annotations

import asyncio

from Space_OdT.webex.connection_client import WebexClient
from Space_OdT.webex.error_handling import WebexError
from Space_OdT.webex.ids import id_key
from Space_OdT.webex.records import Route

_KINDS = {"ROUTE_GROUP": "routeGroups", "TRUNK": "trunks"}
_PAGE = 1000
_NOT_FOR_US = frozenset({403, 404, 405})


class PremisesConnections:
    """Knows the locations connected through routes; each route is asked for once a run.

    Args:
        client: The client of the run.
    """

    def __init__(self, client: WebexClient) -> None:
        self._client = client
        self._locations: dict[str, set[str] | None] = {}
        self._lock = asyncio.Lock()

    async def carries(self, route: Route, location_id: str) -> bool:
        """Tell whether a location reaches the public network by a route.

        Args:
            route: The route.
            location_id: Id of the location.

        Returns:
            True when it does; False too when this token may not read the list.

        Raises:
            WebexError: When reading the list failed for another reason.
        """
        async with self._lock:
            if id_key(route.id) not in self._locations:
                self._locations[id_key(route.id)] = await self._read(route)
        return id_key(location_id) in (self._locations[id_key(route.id)] or ())

    def note(self, route: Route, location_id: str) -> None:
        """Remember that our own write connected a location.

        Args:
            route: The route it goes by now.
            location_id: Id of the location.
        """
        key = id_key(location_id)
        for route_key, locations in self._locations.items():
            if locations is not None:
                (locations.add if route_key == id_key(route.id) else locations.discard)(key)

    async def _read(self, route: Route) -> set[str] | None:
        path = f"/telephony/config/premisePstn/{_KINDS[route.type]}/{route.id}/usagePstnConnection"
        pages = self._client.pages(path, list_key="locations", style="start", page_size=_PAGE)
        try:
            return {id_key(item["id"]) async for page in pages for item in page}
        except WebexError as error:
            if error.status not in _NOT_FOR_US:
                raise
            return None
