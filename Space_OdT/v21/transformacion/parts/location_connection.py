"""How a location reaches the public network: which connection is asked for, and setting it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from Space_OdT.engine.action_model import Call, PendingError
from Space_OdT.engine.bulk.location_work import CARRIER, KEEPS_NUMBERS, LOCAL_GATEWAY
from Space_OdT.v21.transformacion.parameters import fold_header
from Space_OdT.v21.transformacion.parts import steps_location as steps
from Space_OdT.v21.transformacion.parts.number_blocks import CONNECTION
from Space_OdT.webex.error_handling import ReasonCode, WebexError
from Space_OdT.webex.ids import same_id
from Space_OdT.webex.records import Location, Route

PREMISES_NAME = "Premises-based PSTN"
CISCO_NAME = "Cisco Calling Plans"
_NON_INTEGRATED = "nonintegrated"
_NONE_YET = 404
# Types, and the display names by which the list of options shows them, without case and marks.
_KINDS = {
    fold_header(LOCAL_GATEWAY): LOCAL_GATEWAY,
    fold_header(PREMISES_NAME): LOCAL_GATEWAY,
    fold_header(CARRIER): CARRIER,
    fold_header("INTEGRATED_CCP"): "INTEGRATED_CCP",
    fold_header("CISCO_PSTN"): "CISCO_PSTN",
    fold_header(CISCO_NAME): "CISCO_PSTN",
}


@dataclass(frozen=True, slots=True)
class WantedConnection:
    """The connection a row asks for.

    Attributes:
        kind: LOCAL_GATEWAY, NON_INTEGRATED_CCP, INTEGRATED_CCP or CISCO_PSTN; "" when only the
            name of a carrier's option is given.
        name: What stands in the row.
    """

    kind: str
    name: str

    @classmethod
    def of(cls, text: str) -> WantedConnection:
        """Read a type or a display name; case, blanks, `_` and `-` do not count.

        Args:
            text: What stands in the row.

        Returns:
            What it asks for.
        """
        return cls(_KINDS.get(fold_header(text), ""), text)

    @property
    def is_by_route(self) -> bool:
        """Whether calls go through a premises route."""
        return self.kind == LOCAL_GATEWAY

    @property
    def is_refused(self) -> bool:
        """Whether the API cannot set it."""
        return bool(self.kind) and self.kind not in KEEPS_NUMBERS


class ConnectionWork:
    """The connection of one location.

    Args:
        wanted: What the row asks for.
        call: Sends the steps.
        org_id: Id of the organisation, "" for that of the token.
    """

    def __init__(self, wanted: WantedConnection, call: Call, org_id: str) -> None:
        self.wanted = wanted
        self.call = call
        self.org_id = org_id

    async def current(self, location: Location) -> dict[str, Any]:
        """Read the present connection.

        Args:
            location: The location, enabled for calling.

        Returns:
            The connection; `{}` when there is none.

        Raises:
            WebexError: When it cannot be read.
        """
        try:
            answer = await self.call(steps.PSTN_READ, lookup=None, **self._where(location))
        except WebexError as error:
            if error.status == _NONE_YET:
                return {}
            raise
        return dict(answer.body or {})

    def refuse(self, current: dict[str, Any]) -> None:
        """Refuse what the API cannot set, unless it is there already.

        Args:
            current: The present connection.

        Raises:
            PendingError: `out_of_scope`.
        """
        if current.get(CONNECTION) == self.wanted.kind:
            return
        raise PendingError(
            ReasonCode.OUT_OF_SCOPE,
            f"a connection of type {self.wanted.kind} cannot be set through the API",
            fix="choose the connection in Control Hub, then run this row again",
            is_final=True,
        )

    async def connect(
        self, location: Location, route: Route | None, current: dict[str, Any], *, is_new: bool
    ) -> str:
        """Bring the connection to what the row asks for.

        Args:
            location: The location, enabled for calling.
            route: The premises route; None for a carrier.
            current: The present connection.
            is_new: Whether calling was enabled by this row: a plan has nothing to read then.

        Returns:
            Type of the connection as it is now.

        Raises:
            PendingError: `out_of_scope` or `precondition_missing`.
            WebexError: When a call failed.
        """
        if self._is_there(current, route, ""):
            return str(current[CONNECTION])
        kind = current.get(CONNECTION)
        if kind and kind not in KEEPS_NUMBERS and not self._names(current):
            raise PendingError(
                ReasonCode.OUT_OF_SCOPE,
                f"the present connection ({kind}) cannot be changed through the API",
                fix="change the connection in Control Hub, then run this row again",
                is_final=True,
            )
        option = await self._option(location, is_new=is_new)
        if not self._is_there(current, route, option):
            await self._configure(location, route, option)
        return LOCAL_GATEWAY if route else CARRIER

    async def _configure(self, location: Location, route: Route | None, option: str) -> None:
        parts = (route.type, route.id, "") if route else ("", "", option)
        await self.call(steps.PSTN_CONFIGURE, *parts, lookup=None, **self._where(location))
        await self.call.read_back(
            steps.PSTN_READ,
            lambda body: self._is_there(body or {}, route, option),
            f"the connection by {route.name if route else self.wanted.name}",
            **self._where(location),
        )

    def _is_there(self, current: dict[str, Any], route: Route | None, option: str) -> bool:
        kind = current.get(CONNECTION)
        if route is not None:
            return (
                kind == LOCAL_GATEWAY
                and current.get("routeType") == route.type
                and same_id(current.get("routeId"), route.id)
            )
        if self.wanted.kind:
            return kind == self.wanted.kind
        return bool(kind) and (same_id(current.get("id"), option) or self._names(current))

    def _names(self, item: dict[str, Any]) -> bool:
        return fold_header(str(item.get("displayName") or "")) == fold_header(self.wanted.name)

    async def _option(self, location: Location, *, is_new: bool) -> str:
        """Find the connection option by its display name: the list shows no types."""
        if self.call.is_plan and is_new:
            return f"OPTION({self.wanted.name})"
        answer = await self.call(steps.PSTN_OPTIONS, lookup=None, **self._where(location))
        offered = {str(item.get("displayName")): str(item["id"]) for item in answer.body["items"]}
        fitting = [one for name, one in offered.items() if self._is_option(name, offered)]
        if len(fitting) == 1:
            return fitting[0]
        raise PendingError(
            ReasonCode.PRECONDITION_MISSING,
            f"{location.name} is offered {'several connections' if fitting else 'no connection'} "
            f"that fit {self.wanted.name}; offered: {', '.join(offered) or 'none'}",
            fix="write the display name of one of them in pstn_connection_type",
        )

    def _is_option(self, name: str, offered: dict[str, str]) -> bool:
        folded = fold_header(name)
        if self.wanted.is_by_route:
            return folded == fold_header(PREMISES_NAME)
        if not self.wanted.kind:
            return folded == fold_header(self.wanted.name)
        if any(_NON_INTEGRATED in fold_header(one) for one in offered):
            return _NON_INTEGRATED in folded
        return folded not in {fold_header(PREMISES_NAME), fold_header(CISCO_NAME)}

    def _where(self, location: Location) -> dict[str, str]:
        return {"location_id": location.id, "org_id": self.org_id}
