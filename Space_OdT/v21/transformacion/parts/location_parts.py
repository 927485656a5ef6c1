"""What location actions share: the address and language columns, and how routes are checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from Space_OdT.engine.models import CellProblem
from Space_OdT.v21.transformacion.parameters import Kind, Parameter
from Space_OdT.v21.transformacion.parts.shared_parameters import ROUTE_NEED
from Space_OdT.webex.ids import decode_id

Cells = Mapping[str, str]

_ROUTE_KINDS = {"ROUTE_GROUP": "ROUTE_GROUP", "ROUTEGROUP": "ROUTE_GROUP", "TRUNK": "TRUNK"}

TIME_ZONE = Parameter(
    "time_zone",
    Kind.TIME_ZONE,
    "IANA time zone, to enable Webex Calling; else the location's own.",
    aliases=("timeZone",),
    example="Europe/Madrid",
)
PREFERRED_LANGUAGE = Parameter(
    "preferred_language",
    Kind.LANGUAGE,
    "Language of phones and e-mails, to enable Webex Calling.",
    aliases=("preferredLanguage", "language_code"),
    example="es_es",
)
ANNOUNCEMENT_LANGUAGE = Parameter(
    "announcement_language",
    Kind.LANGUAGE,
    "Language of announcements, to enable Webex Calling.",
    aliases=("announcementLanguage",),
    example="ca_es",
)
ADDRESS = (
    Parameter(
        "address1",
        Kind.TEXT,
        "Street and number, to enable Webex Calling; else the location's own.",
        aliases=("address_line1", "Direcció", "Dirección"),
        example="Carrer Major 1",
    ),
    Parameter("address2", Kind.TEXT, "Second line of the address.", aliases=("address_line2",)),
    Parameter(
        "city",
        Kind.TEXT,
        "City.",
        aliases=("address_city", "Ciutat", "Ciudad"),
        example="Girona",
    ),
    Parameter(
        "state",
        Kind.TEXT,
        "State or province.",
        aliases=("address_state", "Província", "Provincia"),
        example="Girona",
    ),
    Parameter(
        "postal_code",
        Kind.POSTAL_CODE,
        "Postal code, always text.",
        aliases=("postalCode", "address_postal_code", "Codi Postal", "Código postal"),
        example="17001",
    ),
    Parameter(
        "country",
        Kind.COUNTRY,
        "Country of two letters.",
        aliases=("country_code", "address_country", "País"),
        example="ES",
    ),
)


def route_problems(cells: Cells, *, is_needed: bool) -> Iterable[CellProblem]:
    """Judge the route of a row before any call.

    Args:
        cells: Normalised cells.
        is_needed: Whether the row cannot do without a route.

    Yields:
        A missing route, or an id whose type is not the route type; an id that cannot be decoded
        is judged by Webex.
    """
    route = cells.get("premise_route_id", "")
    if is_needed and not route and not cells.get("route_identity"):
        yield CellProblem("", "", f"one of {', '.join(ROUTE_NEED)}", "fill one of them")
    decoded = decode_id(route).split("/") if route else []
    said = _ROUTE_KINDS.get(decoded[3]) if len(decoded) > _KIND_AT else None
    if said is not None and said != cells["premise_route_type"]:
        yield CellProblem(
            "premise_route_id",
            route,
            f"the id of a {cells['premise_route_type']}",
            f"this is the id of a {said}: correct it, or premise_route_type",
        )


_KIND_AT = 3  # ciscospark://us/TYPE/uuid
