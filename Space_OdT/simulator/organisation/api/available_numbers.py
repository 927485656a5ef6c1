"""Numbers that may be given to somebody or used by a setting: views of the inventory."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from Space_OdT.simulator import errors
from Space_OdT.simulator.organisation.api import scopes
from Space_OdT.simulator.organisation.api.access import (
    calling_location,
    calling_location_at,
    calling_person_at,
    professional_workspace_at,
)
from Space_OdT.simulator.organisation.api.numbers import telephony_type
from Space_OdT.simulator.organisation.entities import Line, Number, OwnerKind
from Space_OdT.simulator.organisation.organisation import Organisation
from Space_OdT.simulator.organisation.owners import owner_names
from Space_OdT.simulator.organisation.views import LazyList
from Space_OdT.simulator.protocol import JsonObject, PageStyle, Request, Route

if TYPE_CHECKING:
    from Space_OdT.simulator.world import World

MAX_PAGE = 2000
_EMERGENCY_OWNERS = frozenset(
    {OwnerKind.PEOPLE, OwnerKind.PLACE, OwnerKind.VIRTUAL_LINE, OwnerKind.HUNT_GROUP}
)

Choice = Callable[[Number, Line | None], bool]


class Source(Enum):
    """Where the location of a view comes from."""

    QUERY = "query"
    LOCATION = "location"
    PERSON = "person"
    WORKSPACE = "workspace"
    VIRTUAL_LINE = "virtual line"


def _free(_: Number, line: Line | None) -> bool:
    return line is None


def _free_and_not_toll_free(number: Number, line: Line | None) -> bool:
    return line is None and number.number_type != "TOLLFREE"


def _owned(_: Number, line: Line | None) -> bool:
    return line is not None


def _any(_: Number, __: Line | None) -> bool:
    return True


def _active(number: Number, _: Line | None) -> bool:
    return number.state == "ACTIVE"


def _for_emergencies(number: Number, line: Line | None) -> bool:
    return _active(number, line) and line is not None and line.owner_kind in _EMERGENCY_OWNERS


@dataclass(slots=True, frozen=True)
class View:
    """One `availableNumbers` list: which numbers, of which location, shown with owner or not."""

    path: str
    source: Source
    choice: Choice
    owner: bool = False
    paging: PageStyle = "start"


_LOCATION = "/locations/{locationId}"

# Active and inactive numbers may be assigned alike. Forwarding and intercept offer only numbers
# that somebody has; the main number of a location may be any number of its inventory.
VIEWS = (
    View("/people/primary/availableNumbers", Source.QUERY, _free),
    View("/workspaces/availableNumbers", Source.QUERY, _free),
    View("/virtualLines/availableNumbers", Source.QUERY, _free),
    *(
        View(f"{owner}/{path}/availableNumbers", source, choice, shown)
        for owner, source in (
            ("/people/{personId}", Source.PERSON),
            ("/workspaces/{workspaceId}", Source.WORKSPACE),
            ("/virtualLines/{virtualLineId}", Source.VIRTUAL_LINE),
        )
        for path, choice, shown in (
            ("secondary", _free_and_not_toll_free, False),
            ("faxMessage", _free_and_not_toll_free, False),
            ("callForwarding", _owned, True),
            ("callIntercept", _owned, True),
            ("emergencyCallbackNumber", _for_emergencies, True),
        )
        if not (path == "secondary" and source is Source.VIRTUAL_LINE)
    ),
    *(
        View(f"{_LOCATION}{path}/availableNumbers", Source.LOCATION, choice, shown)
        for path, choice, shown in (
            ("", _any, True),
            ("/callIntercept", _owned, True),
            ("/chargeNumber", _owned, True),
            ("/emergencyCallbackNumber", _for_emergencies, True),
            ("/externalCallerId", _active, True),
            ("/autoAttendants", _free, False),
            ("/autoAttendants/alternate", _free, False),
            ("/autoAttendants/callForwarding", _owned, True),
            ("/huntGroups", _free, False),
            ("/huntGroups/alternate", _free, False),
            ("/huntGroups/callForwarding", _owned, True),
            ("/queues", _free, False),
            ("/queues/alternate", _free, False),
            ("/queues/callForwarding", _owned, True),
            ("/paging", _free, False),
            ("/operatingModes/callForwarding", _owned, True),
            ("/singleNumberReach", _free, False),
            ("/voicePortal", _free, False),
            ("/voicemailGroups", _free, False),
            ("/voicemailGroups/faxMessage", _free, False),
            ("/webexGo", _free, False),
        )
    ),
    *(
        View(
            f"{_LOCATION}{path}/availableNumbers",
            Source.LOCATION,
            _free,
            paging="none",
        )
        for path in ("/queues/dnis", "/aiReceptionists")
    ),
)


def _location_ids(world: World, request: Request, source: Source) -> list[str]:
    organisation = world.organisation
    if source is Source.LOCATION:
        return [calling_location_at(world, request).id]
    if source is Source.PERSON:
        return [calling_person_at(world, request).location_id or ""]
    if source is Source.WORKSPACE:
        workspace = professional_workspace_at(world, request)
        own = organisation.plan.primary(workspace.id)  # it may stand where it does not call from
        return [own.location_id if own else workspace.location_id or ""]
    if source is Source.VIRTUAL_LINE:
        line = organisation.virtual_line(request.params["virtualLineId"])
        if line is None:
            raise errors.not_found("The virtual line with the specified ID")
        return [line.location_id]
    if "locationId" in request.query:
        return [calling_location(world, request.query["locationId"]).id]
    return organisation.calling_location_ids()


def _numbers(organisation: Organisation, view: View, location_ids: list[str]) -> Iterable[Number]:
    plan = organisation.plan
    for location_id in location_ids:
        for number in plan.in_location(location_id):
            if view.choice(number, plan.owner_of(number.phone_number)):
                yield number


def render_available(organisation: Organisation, number: Number, *, owner: bool) -> JsonObject:
    """Write a number as the `availableNumbers` lists do.

    Args:
        organisation: The organisation.
        number: The number.
        owner: Show who has it.

    Returns:
        The item.
    """
    location = organisation.locations[number.location_id]
    item: JsonObject = {
        "phoneNumber": number.phone_number,
        "state": number.state,
        "isMainNumber": location.main_number == number.phone_number,
        "tollFreeNumber": number.number_type == "TOLLFREE",
        "telephonyType": telephony_type(number),
        "isServiceNumber": number.service,
    }
    line = organisation.plan.owner_of(number.phone_number)
    if owner and line is not None:
        item["owner"] = _owner(organisation, line)
        if line.extension:
            item["extension"] = line.extension
    return item


def _owner(organisation: Organisation, line: Line) -> JsonObject:
    first, last = owner_names(organisation, line.owner_id, line.owner_kind)
    names = {"firstName": first, "lastName": last} if first else {"displayName": last}
    return {"id": line.owner_id, "type": line.owner_kind.value, **names}


def _narrowed(
    organisation: Organisation, numbers: Iterable[Number], query: dict[str, str]
) -> list[Number]:
    kept = list(numbers)
    if "phoneNumber" in query:
        digits = query["phoneNumber"].strip().lstrip("+")
        kept = [number for number in kept if digits in number.phone_number]
    if "ownerName" in query or "extension" in query:
        kept = [number for number in kept if _owner_fits(organisation, number, query)]
    return kept


def _owner_fits(organisation: Organisation, number: Number, query: dict[str, str]) -> bool:
    line = organisation.plan.owner_of(number.phone_number)
    if line is None:
        return False
    names = " ".join(owner_names(organisation, line.owner_id, line.owner_kind)).casefold()
    if query.get("ownerName", "").casefold() not in names:
        return False
    return query.get("extension", "") in (line.extension or "")


def _handler(view: View) -> Callable[[World, Request], LazyList[Number]]:
    def answer(world: World, request: Request) -> LazyList[Number]:
        organisation = world.organisation
        location_ids = _location_ids(world, request, view.source)
        numbers = _numbers(organisation, view, location_ids)
        chosen = _narrowed(organisation, numbers, dict(request.query))
        return LazyList(
            chosen, lambda number: render_available(organisation, number, owner=view.owner)
        )

    return answer


ROUTES = tuple(
    Route(
        "GET",
        "/telephony/config" + view.path,
        _handler(view),
        scopes.TELEPHONY_READ,
        "phoneNumbers",
        view.paging,
        default_page=MAX_PAGE,
        max_page=MAX_PAGE,
    )
    for view in VIEWS
)
