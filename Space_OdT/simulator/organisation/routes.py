"""What uses a trunk or a route group, and where dialled digits go."""

from __future__ import annotations

import re
from dataclasses import dataclass

from Space_OdT.simulator.organisation.entities import (
    DialPlan,
    Line,
    Location,
    RouteGroup,
    RouteList,
    VirtualExtension,
    VirtualExtensionRange,
)
from Space_OdT.simulator.organisation.organisation import Organisation

DIAL_PATTERN = re.compile(r"\+?[0-9X]*[0-9X!]")
UNKNOWN_EXTENSION = re.compile(r"\d{2,6}")


def connected_locations(organisation: Organisation, route_id: str) -> list[Location]:
    """Give the locations whose PSTN connection is a route."""
    return [item for item in organisation.locations.values() if item.route_id == route_id]


def unknown_extension_locations(organisation: Organisation, route_id: str) -> list[Location]:
    """Give the locations that send unknown extensions to a route."""
    return [item for item in organisation.locations.values() if item.unknown_route_id == route_id]


def dial_plans_of(organisation: Organisation, route_id: str) -> list[DialPlan]:
    """Give the dial plans that end at a route."""
    return [item for item in organisation.dial_plans.values() if item.route_id == route_id]


def groups_of_trunk(organisation: Organisation, trunk_id: str) -> list[RouteGroup]:
    """Give the route groups that a trunk is part of."""
    groups = organisation.route_groups.values()
    return [item for item in groups if any(trunk_id == member[0] for member in item.trunks)]


def lists_of_group(organisation: Organisation, group_id: str) -> list[RouteList]:
    """Give the route lists that end at a route group."""
    return [item for item in organisation.route_lists.values() if item.route_group_id == group_id]


def route_in_use(organisation: Organisation, route_id: str) -> bool:
    """Tell whether anything would lose its way without a trunk or route group."""
    users = (
        connected_locations,
        unknown_extension_locations,
        dial_plans_of,
        groups_of_trunk,
        lists_of_group,
    )
    return any(find(organisation, route_id) for find in users)


def matches_pattern(pattern: str, digits: str) -> bool:
    """Tell whether dialled digits fit a dial pattern.

    Args:
        pattern: Digits, `X` for one digit, `!` at the end for any number of digits.
        digits: What was dialled.

    Returns:
        True for a fit of the whole.
    """
    expression = re.escape(pattern).replace("X", r"\d").replace(r"\!", "!").replace("!", r"\d*")
    return re.fullmatch(expression, digits) is not None


@dataclass(slots=True, frozen=True)
class Destination:
    """Where dialled digits go; exactly one of the fields is set, none for an unknown place.

    Attributes:
        emergency: The call goes to an emergency service.
        line: Somebody or something of the organisation answers.
        virtual: A virtual extension stands for a number outside.
        virtual_range: A block of virtual extensions does.
        plan: A dial plan matches, with the pattern.
        unknown_route: The location sends unknown extensions to a route.
        pstn_location: The location's PSTN connection takes the call.
    """

    emergency: bool = False
    line: Line | None = None
    virtual: VirtualExtension | None = None
    virtual_range: tuple[VirtualExtensionRange, str] | None = None
    plan: tuple[DialPlan, str] | None = None
    unknown_route: Location | None = None
    pstn_location: Location | None = None


def _internal_line(organisation: Organisation, location: Location, digits: str) -> Line | None:
    plan = organisation.plan
    number = plan.owner_of(digits if digits.startswith("+") else f"+{digits}")
    if number is not None:
        return number
    own = plan.extension_line(location.id, digits)
    if own is not None:
        return own
    others = plan.lines_with_extension(digits)
    if len(others) == 1:
        return others[0]
    for other in organisation.locations.values():
        prefix = other.routing_prefix
        if prefix and digits.startswith(prefix):
            line = plan.extension_line(other.id, digits.removeprefix(prefix))
            if line is not None:
                return line
    return None


def _virtual(organisation: Organisation, location: Location, digits: str) -> Destination | None:
    for item in organisation.virtual_extensions.values():
        if item.extension == digits and item.location_id in {None, location.id}:
            return Destination(virtual=item)
    for block in organisation.virtual_extension_ranges.values():
        for pattern in block.patterns:
            if block.location_id in {None, location.id} and matches_pattern(pattern, digits):
                return Destination(virtual_range=(block, pattern))
    return None


def _dial_plan(organisation: Organisation, digits: str) -> Destination | None:
    best: tuple[int, DialPlan, str] | None = None
    for plan in organisation.dial_plans.values():
        for pattern in plan.patterns:
            exact = sum(letter.isdigit() for letter in pattern)
            if matches_pattern(pattern, digits) and (best is None or exact > best[0]):
                best = exact, plan, pattern
    return Destination(plan=(best[1], best[2])) if best else None


def route_call(
    organisation: Organisation, location: Location, digits: str, emergency: frozenset[str]
) -> Destination:
    """Find where dialled digits go, in the order in which Webex looks.

    Args:
        organisation: The organisation.
        location: Where the caller is.
        digits: What was dialled.
        emergency: Emergency numbers.

    Returns:
        The first that fits: emergency, numbers and extensions of the organisation, virtual
        extensions, dial plans (most exact pattern), unknown extensions (two to six digits), PSTN.
    """
    if digits in emergency:
        return Destination(emergency=True)
    line = _internal_line(organisation, location, digits)
    if line is not None:
        return Destination(line=line)
    found = _virtual(organisation, location, digits) or _dial_plan(organisation, digits)
    if found is not None:
        return found
    if location.unknown_extensions and UNKNOWN_EXTENSION.fullmatch(digits):
        return Destination(unknown_route=location)
    if location.pstn.value != "NONE" and (digits.startswith("+") or len(digits) > 6):  # noqa: PLR2004 - longer than an unknown extension
        return Destination(pstn_location=location)
    return Destination()
