"""How a location reaches the public network: a premises route, or a carrier."""

from __future__ import annotations

from typing import Any

from Space_OdT.engine import actions_registry as steps
from Space_OdT.engine.action_model import PendingError
from Space_OdT.engine.bulk.connections import PremisesConnections
from Space_OdT.engine.bulk.location_work import (
    CARRIER,
    KEEPS_NUMBERS,
    LOCAL_GATEWAY,
    MISSING,
    LocationWork,
)
from Space_OdT.webex.error_handling import ReasonCode, WebexError
from Space_OdT.webex.ids import same_id
from Space_OdT.webex.records import Location, Route

# The list of connection options shows names, never types; these two names are Webex's own.
_NOT_A_CARRIER = frozenset({"premises-based pstn", "cisco calling plans"})
_NON_INTEGRATED = "non-integrated"


class ConnectionWork:
    """The connection of one location.

    Args:
        work: The work on the location.
        connections: Knows which locations a premises route carries.
    """

    def __init__(self, work: LocationWork, connections: PremisesConnections) -> None:
        self.work = work
        self.connections = connections

    async def connect(self, location: Location, route: Route | None) -> None:
        """Bring the connection to what the row asks for; nothing is done when it asks for none.

        Args:
            location: The location, enabled for calling.
            route: The premises route of the row; None when it names none.

        Raises:
            PendingError: `out_of_scope` or `precondition_missing`.
            WebexError: When a call failed.
        """
        kind = self.work.params.pstn_type
        if kind:
            self.work.call.prepare(steps.PSTN_CONFIGURE)
        if kind == LOCAL_GATEWAY and route is not None:
            await self._connect_premises(location, route)
        elif kind == CARRIER:
            await self._connect_carrier(location)
        elif kind and await self.kind_of(location) != kind:
            raise _not_by_api(kind)

    async def _connect_premises(self, location: Location, route: Route) -> None:
        if not self.work.has_fresh_calling:
            if await self.connections.carries(route, location.id):
                return
            current = await self._connection(location)
            if _goes_by(current, route):
                return
            _check_changeable(current)
        await self.work.call(steps.PSTN_CONFIGURE, route.type, route.id, location_id=location.id)
        self.connections.note(route, location.id)
        await self.work.call.read_back(
            steps.PSTN_READ,
            lambda body: _goes_by(body, route),
            f"the connection by {route.name}",
            location_id=location.id,
        )

    async def _connect_carrier(self, location: Location) -> None:
        if not self.work.has_fresh_calling:
            current = await self._connection(location)
            if current.get("pstnConnectionType") == CARRIER:
                return
            _check_changeable(current)
        option = await self._carrier_option(location)
        await self.work.call(steps.PSTN_CONFIGURE, option, location_id=location.id)
        await self.work.call.read_back(
            steps.PSTN_READ,
            lambda body: body.get("pstnConnectionType") == CARRIER,
            "the connection by a carrier",
            location_id=location.id,
        )

    async def _carrier_option(self, location: Location) -> str:
        """Choose the only carrier that can be chosen; the list never shows types."""
        if self.work.call.is_plan and self.work.has_fresh_calling:
            return "OPTION(NON_INTEGRATED_CCP)"
        answer = await self.work.call(steps.PSTN_OPTIONS, location_id=location.id)
        carriers = {
            str(item.get("displayName")): str(item["id"])
            for item in answer.body["items"]
            if str(item.get("displayName")).casefold() not in _NOT_A_CARRIER
        }
        declared = {
            name: one for name, one in carriers.items() if _NON_INTEGRATED in name.casefold()
        }
        chosen = declared or carriers
        if len(chosen) != 1:
            raise PendingError(
                ReasonCode.PRECONDITION_MISSING,
                "the location may choose between several carriers, or none: "
                f"{', '.join(carriers) or 'none'}",
                fix="choose the carrier in Control Hub, then run this row again",
            )
        return next(iter(chosen.values()))

    async def _connection(self, location: Location) -> dict[str, Any]:
        """Read the present connection; without one the interface answers 404, or an empty one."""
        try:
            answer = await self.work.call(steps.PSTN_READ, location_id=location.id)
        except WebexError as error:
            if error.status == MISSING:
                return {}
            raise
        return dict(answer.body or {})

    async def kind_of(self, location: Location) -> str:
        """Read which type of connection a location has.

        Args:
            location: The location, enabled for calling.

        Returns:
            The type; "" when there is no connection.

        Raises:
            WebexError: When it cannot be read.
        """
        if self.work.has_fresh_calling:
            return ""
        return str((await self._connection(location)).get("pstnConnectionType") or "")


def _goes_by(connection: Any, route: Route) -> bool:
    shown = connection or {}
    return (
        shown.get("pstnConnectionType") == LOCAL_GATEWAY
        and shown.get("routeType") == route.type
        and same_id(shown.get("routeId"), route.id)
    )


def _check_changeable(connection: dict[str, Any]) -> None:
    kind = connection.get("pstnConnectionType")
    if kind and kind not in KEEPS_NUMBERS:
        raise PendingError(
            ReasonCode.OUT_OF_SCOPE,
            f"the present connection ({kind}) cannot be changed through the API",
            fix="change the connection in Control Hub, then run this row again",
            is_final=True,
        )


def _not_by_api(kind: str) -> PendingError:
    return PendingError(
        ReasonCode.OUT_OF_SCOPE,
        f"a connection of type {kind} cannot be set through the API",
        fix="choose the connection in Control Hub, then run this row again",
        is_final=True,
    )
