"""Call routing that only refers to trunks and route groups: usages, lists, translations."""

from __future__ import annotations

from Space_OdT.simulator.filling import Subject
from Space_OdT.simulator.generated.declarations import Action, Area, Collection, Document, Items
from Space_OdT.simulator.generated.makers import by_index
from Space_OdT.simulator.protocol import JsonObject
from Space_OdT.simulator.shapes import Kind, Shape
from Space_OdT.simulator.tables.scopes import TELEPHONY

T = "/telephony/config"
L = f"{T}/locations/{{locationId}}"
P = f"{T}/premisePstn"
G = f"{P}/routeGroups/{{routeGroupId}}"
K = f"{P}/trunks/{{trunkId}}"
_TEXT = Shape(Kind.TEXT)


def _location(subject: Subject) -> JsonObject:
    return {"id": subject.location.id, "name": subject.location.name}


_PATTERN_BODY = {"name!": str, "matchingPattern!": str, "replacementPattern!": str}
_LOCATION_PATTERNS = Collection(
    name="translation",
    item_template=f"{L}/callRouting/translationPatterns/{{translationId}}",
    list_shape="telephony.call_routing.tp.list",
    item_shape="telephony.call_routing.tp.details",
    id_type="TRANSLATION_PATTERN",
    where="location",
    per_parent=1,
    fixed={
        "matchingPattern": "2XXX",
        "replacementPattern": "8000XXXX",
        "level": "Location",
        "location": _location,
    },
    create=f"{L}/callRouting/translationPatterns",
    body=_PATTERN_BODY,
)
TRANSLATIONS = Area(
    TELEPHONY,
    (
        Collection(
            name="translation",
            list_template=f"{T}/callRouting/translationPatterns",
            list_key="translationPatterns",
            list_shape="telephony.call_routing.tp.list",
            item_template=f"{T}/callRouting/translationPatterns/{{translationId}}",
            item_shape="telephony.call_routing.tp.details",
            id_type="TRANSLATION_PATTERN",
            fixed={
                "matchingPattern": by_index("781", "9XXX"),
                "replacementPattern": "+34910000000",
                "level": "Organization",
                "location": None,
            },
            create=f"{T}/callRouting/translationPatterns",
            body=_PATTERN_BODY,
            also=_LOCATION_PATTERNS,
        ),
        _LOCATION_PATTERNS,
    ),
)

_LOCATION_USAGES = ("usageCallToExtension", "usageDialPlan", "usagePstnConnection")
_SDK_USAGES = ("usage_call_to_extension", "usage_dial_plan", "usage_location_pstn")
USAGES = Area(
    TELEPHONY,
    (
        Document(f"{G}/usage", "telephony.prem_pstn.route_group.usage"),
        *(
            Items(
                f"{G}/{path}",
                "locations",
                f"telephony.prem_pstn.route_group.{method}",
                link="locations",
                count=2,
                paging="start",
            )
            for path, method in zip(_LOCATION_USAGES, _SDK_USAGES, strict=True)
        ),
        Items(
            f"{G}/usageRouteList",
            "routeLists",
            "telephony.prem_pstn.route_group.usage_route_lists",
            paging="start",
        ),
        Items(
            f"{P}/trunks/trunkTypes", "trunkTypes", "telephony.prem_pstn.trunk.trunk_types", count=2
        ),
        Document(f"{K}/usage", "telephony.prem_pstn.trunk.usage"),
        Items(
            f"{K}/usageCallToExtension",
            "locations",
            "telephony.prem_pstn.trunk.usage_call_to_extension",
            link="locations",
            count=2,
            paging="start",
        ),
        Items(
            f"{K}/usageDialPlan",
            "dialPlans",
            "telephony.prem_pstn.trunk.usage_dial_plan",
            link="dialPlans",
            paging="start",
        ),
        Items(
            f"{K}/usagePstnConnection",
            "locations",
            "telephony.prem_pstn.trunk.usage_location_pstn",
            link="locations",
            count=2,
        ),
        Items(
            f"{K}/usageRouteGroup",
            "routeGroup",
            "telephony.prem_pstn.trunk.usage_route_group",
            link="routeGroup",
            fixed={"inUse": True},
        ),
        Action("POST", f"{P}/trunks/actions/fqdnValidation/invoke"),
        Collection(
            name="route list",
            list_template=f"{P}/routeLists",
            list_key="routeLists",
            list_shape="telephony.prem_pstn.route_list.list",
            item_template=f"{P}/routeLists/{{routeListId}}",
            item_shape="telephony.prem_pstn.route_list.details",
            id_type="ROUTE_LIST",
            create=f"{P}/routeLists",
            body={"name!": str, "locationId!": str, "routeGroupId!": str},
        ),
        Items(
            f"{P}/routeLists/{{routeListId}}/numbers",
            "numbers",
            _TEXT,
            paging="start",
        ),
        Action(
            "PUT",
            f"{P}/routeLists/{{routeListId}}/numbers",
            200,
            body={"numbers": [{"number!": str, "action": ("ADD", "DELETE")}]},
            reply={"numberStatus": lambda _subject: []},
        ),
    ),
)

AREAS = (TRANSLATIONS, USAGES)
