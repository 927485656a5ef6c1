"""Artifacts of virtual lines, virtual extensions and their ranges."""

from __future__ import annotations

from Space_OdT.inventory.manifest.entry import Artifact, Columns, Feed, Paging
from Space_OdT.inventory.manifest.locations import CALLING_LOCATION

VIRTUAL_LINE = Feed(
    "virtual_lines", {"virtual_line_id": "virtual_line_id", "location_id": "location_id"}
)
_LINES = "/telephony/config/virtualLines"
_EXTENSIONS = "/telephony/config/virtualExtensions"
_RANGES = "/telephony/config/virtualExtensionRanges"
_NO_SUCH_OFFER = "Webex offers no such read for virtual lines"


def _not_offered(kind: str, description: str) -> Artifact:
    return Artifact(
        artifact=f"virtual_line_available_numbers_{kind}",
        method=f"telephony.virtual_lines.available_numbers.{kind}",
        path="",
        description=description,
        columns=Columns.V_NUMBER,
        no_api=_NO_SUCH_OFFER,
    )


VIRTUAL_ARTIFACTS: tuple[Artifact, ...] = (
    Artifact(
        artifact="virtual_lines",
        method="telephony.virtual_lines.list",
        path=_LINES,
        description="Virtual lines of all locations.",
        columns=Columns.VN,
        list_key="virtualLines",
        paging=Paging.START,
        page_size=1000,
    ),
    Artifact(
        artifact="virtual_line_details",
        method="telephony.virtual_lines.details",
        path=f"{_LINES}/{{virtual_line_id}}",
        description="Settings of each virtual line.",
        columns=Columns.VN,
        feed=VIRTUAL_LINE,
    ),
    Artifact(
        artifact="virtual_line_assigned_devices",
        method="telephony.virtual_lines.assigned_devices",
        path=f"{_LINES}/{{virtual_line_id}}/devices",
        description="Devices that carry each virtual line.",
        columns=Columns.V,
        feed=VIRTUAL_LINE,
    ),
    Artifact(
        artifact="virtual_extensions",
        method="telephony.virtual_extensions.list_extensions",
        path=_EXTENSIONS,
        description="Virtual extensions of locations and of the organisation.",
        columns=Columns.X,
        list_key="virtualExtensions",
        paging=Paging.START,
        page_size=1000,
    ),
    Artifact(
        artifact="virtual_extension_details",
        method="telephony.virtual_extensions.details_extension",
        path=f"{_EXTENSIONS}/{{feature_id}}",
        description="Number and name behind each virtual extension.",
        columns=Columns.X,
        feed=Feed("virtual_extensions", {"feature_id": "id", "location_id": "location_id"}),
    ),
    Artifact(
        artifact="virtual_extension_ranges",
        method="telephony.virtual_extensions.list_range",
        path=_RANGES,
        description="Ranges of virtual extensions.",
        columns=Columns.F,
        list_key="virtualExtensionRanges",
        paging=Paging.START,
        page_size=1000,
    ),
    Artifact(
        artifact="virtual_extension_range_details",
        method="telephony.virtual_extensions.details_range",
        path=f"{_RANGES}/{{feature_id}}",
        description="Prefix and patterns of each range of virtual extensions.",
        columns=Columns.F,
        feed=Feed("virtual_extension_ranges", {"feature_id": "id", "location_id": "location_id"}),
    ),
    Artifact(
        artifact="virtual_line_available_numbers_available",
        method="telephony.virtual_lines.available_numbers.available",
        path=f"{_LINES}/availableNumbers",
        description="Numbers of each Calling location that a virtual line could get.",
        columns=Columns.V_NUMBER,
        query=(("locationId", "{location_id}"),),
        feed=CALLING_LOCATION,
        list_key="phoneNumbers",
        paging=Paging.START,
        page_size=2000,
    ),
    _not_offered("primary", "Numbers that a virtual line could get as primary number."),
    _not_offered("secondary", "Numbers that a virtual line could get as alternate."),
)
