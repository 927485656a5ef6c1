"""Translation patterns of the organisation and of its locations."""

from __future__ import annotations

from Space_OdT.simulator.filling import Subject
from Space_OdT.simulator.generated.declarations import Area, Collection
from Space_OdT.simulator.generated.makers import by_index
from Space_OdT.simulator.protocol import JsonObject
from Space_OdT.simulator.tables.scopes import TELEPHONY

T = "/telephony/config"
L = f"{T}/locations/{{locationId}}"


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

AREAS = (TRANSLATIONS,)
