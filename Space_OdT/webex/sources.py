"""Where each kind of entity is listed: one table of paths, pages and readers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar

from Space_OdT.webex.error_handling import Failure, WebexError, classify
from Space_OdT.webex.ids import id_key
from Space_OdT.webex.paging import PageStyle
from Space_OdT.webex.records import Licence, Location, Number, Person, Route, Workspace

# Largest pages the API states: https://developer.webex.com/docs/api/v1/people/list-people (with
# Calling data) and .../numbers/get-phone-numbers-for-an-organization-with-given-criteria.
PEOPLE_PAGE = 100
NUMBERS_PAGE = 2000
LOCATIONS_PAGE = 500
WORKSPACES_PAGE = 1000
ROUTES_PAGE = 1000
CALLING_LOCATIONS_PAGE = 1000
T = TypeVar("T")

_PEOPLE_QUERY = {"callingData": True, "excludeStatus": True}


class Kind(StrEnum):
    """What the directory resolves."""

    PERSON = "person"
    NUMBER = "number"
    LOCATION = "location"
    LICENCE = "licence"
    ROUTE = "route"
    WORKSPACE = "workspace"


@dataclass(frozen=True, slots=True)
class Source(Generic[T]):
    """Where a kind is listed, in which pages, what reads an item, and what every item has."""

    path: str
    list_key: str
    style: PageStyle
    page_size: int | None
    query: dict[str, Any]
    parse: Callable[[dict[str, Any]], T]
    fields: tuple[str, ...] = ("id",)

    def read(self, item: dict[str, Any]) -> T:
        """Make a record of a list item.

        Args:
            item: Decoded item.

        Returns:
            The record.

        Raises:
            WebexError: When it lacks an id or has another shape than the API documents.
        """
        try:
            return self.parse(item)
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise WebexError(
                classify(failure=Failure.MISSING_FIELDS),
                message=f"an item of the list cannot be read ({error!r})",
                method="GET",
                path=self.path,
            ) from error


@dataclass(frozen=True, slots=True)
class CallingLocation:
    """What of a Calling location is needed to join it to its location."""

    key: str


SOURCES: dict[Kind, Source[Any]] = {
    Kind.PERSON: Source("/people", "items", "link", PEOPLE_PAGE, _PEOPLE_QUERY, Person.parse),
    Kind.NUMBER: Source(
        "/telephony/config/numbers", "phoneNumbers", "start", NUMBERS_PAGE, {}, Number.parse, ()
    ),
    Kind.LICENCE: Source("/licenses", "items", "none", None, {}, Licence.parse),
    Kind.ROUTE: Source(
        "/telephony/config/routeChoices", "routeIdentities", "start", ROUTES_PAGE, {}, Route.parse
    ),
    Kind.WORKSPACE: Source("/workspaces", "items", "link", WORKSPACES_PAGE, {}, Workspace.parse),
}
LOCATIONS = Source("/locations", "items", "link", LOCATIONS_PAGE, {}, Location.parse)
CALLING_LOCATIONS: Source[CallingLocation] = Source(
    "/telephony/config/locations",
    "locations",
    "start",
    CALLING_LOCATIONS_PAGE,
    {},
    lambda item: CallingLocation(id_key(item["id"])),
)
