"""Ask Webex where a forwarding destination goes, before anybody's calls are sent there."""

from __future__ import annotations

from typing import Any

from Space_OdT.engine.action_model import Call, PendingError, StepSpec
from Space_OdT.v21.transformacion.parts.calling_entities import CallingEntity
from Space_OdT.webex.error_handling import ReasonCode
from Space_OdT.webex.records import Person

NOT_AVAILABLE = "destination_not_available_for_call_forwarding"
# Private digits must leave for the old system: by a dial plan, or, when short, by the route of
# unknown extensions. Everything else means that the calls would go astray.
_TO_OLD_SYSTEM = frozenset({"PBX_USER", "UNKNOWN_EXTENSION"})
_NOWHERE = frozenset({"UNKNOWN_NUMBER"})


def routing_body(originator_id: str, destination: str) -> dict[str, Any]:
    """Build the body that asks where a dialled string goes.

    Args:
        originator_id: Id of a calling person; Webex lets only people and trunks try.
        destination: What would be dialled.

    Returns:
        The body of `POST /telephony/config/actions/testCallRouting/invoke`.
    """
    return {
        "originatorId": originator_id,
        "originatorType": "PEOPLE",
        "destination": destination,
        "includeAppliedServices": True,
    }


ROUTING_TEST = StepSpec(
    "routing_test",
    "POST",
    "/telephony/config/actions/testCallRouting/invoke",
    required=("destinationType", "isRejected"),
    build=routing_body,
    query={"orgId": "{org_id}"},
    is_harmless=True,
)
# 50 is the largest page that the API gives of the people of one location.
PEOPLE_OF_LOCATION = StepSpec(
    "location_people",
    "GET",
    "/people",
    required=("items",),
    query={
        "locationId": "{location_id}",
        "callingData": "true",
        "max": "50",
        "orgId": "{org_id}",
    },
)
STEPS = (PEOPLE_OF_LOCATION, ROUTING_TEST)


class RoutingCheck:
    """Tries destinations with Webex's own routing test; one object a run."""

    def __init__(self) -> None:
        self._callers: dict[str, str] = {}

    async def require(
        self, entity: CallingEntity, destination: str, call: Call, *, org_id: str = ""
    ) -> None:
        """Let a destination pass only when its calls arrive.

        Args:
            entity: Whose calls would be forwarded.
            destination: Where to; with `+` it may be any number that is not refused, without it
                must lead to the old system.
            call: Sends the steps of this module, which the action must declare.
            org_id: Id of the organisation, "" for that of the token.

        Raises:
            PendingError: `precondition_missing`: it does not arrive, or nobody can try it.
            WebexError: When the API cannot be asked.
        """
        originator = await self._originator(entity, call, org_id)
        answer = await call(ROUTING_TEST, originator, destination, org_id=org_id)
        kind = str(answer.body["destinationType"])
        if arrives(answer.body, destination):
            return
        refused = "refused by Webex" if answer.body["isRejected"] else f"routed as {kind}"
        raise PendingError(
            ReasonCode.PRECONDITION_MISSING,
            f"{NOT_AVAILABLE}: calls to {destination} would be {refused}; nothing was written",
            fix="add a dial plan for it to the route of the old system, or correct the destination",
            status=answer.status,
        )

    async def _originator(self, entity: CallingEntity, call: Call, org_id: str) -> str:
        if entity.noun == "person":
            return entity.id
        if entity.location_id not in self._callers:
            answer = await call(PEOPLE_OF_LOCATION, location_id=entity.location_id, org_id=org_id)
            people = map(Person.parse, answer.body["items"])
            self._callers[entity.location_id] = next(
                (one.id for one in people if one.extension or one.phone_numbers), ""
            )
        if found := self._callers[entity.location_id]:
            return found
        raise PendingError(
            ReasonCode.PRECONDITION_MISSING,
            f"the destination cannot be tried: the location of {entity.name} has no calling person",
            fix="give somebody of the location calling first, or run without the destination check",
        )


def arrives(answer: Any, destination: str) -> bool:
    """Judge the answer of the routing test.

    Args:
        answer: Its body.
        destination: What was tried.

    Returns:
        True when calls get where they should.
    """
    kind = answer["destinationType"]
    if answer["isRejected"]:
        return False
    return kind not in _NOWHERE if destination.startswith("+") else kind in _TO_OLD_SYSTEM
