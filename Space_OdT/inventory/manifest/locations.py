"""Artifacts of locations: Calling settings and PSTN connection."""

from __future__ import annotations

from Space_OdT.inventory.manifest.entry import Artifact, Columns, Feed, Paging

CALLING_LOCATION = Feed("calling_locations", {"location_id": "location_id"})

LOCATION_ARTIFACTS: tuple[Artifact, ...] = (
    Artifact(
        artifact="calling_locations",
        method="telephony.locations.list",
        path="/telephony/config/locations",
        description="Locations enabled for Webex Calling.",
        columns=Columns.LOC,
        list_key="locations",
        paging=Paging.START,
        page_size=1000,
    ),
    Artifact(
        artifact="calling_locations_details",
        method="telephony.locations.details",
        path="/telephony/config/locations/{location_id}",
        description="Calling settings of each Calling location: main number, prefix, dial digit.",
        columns=Columns.LOC,
        feed=CALLING_LOCATION,
    ),
    Artifact(
        artifact="location_details",
        method="locations.details",
        path="/locations/{location_id}",
        description="Full record of each location: address, time zone, languages, coordinates.",
        columns=Columns.LOC,
        feed=Feed("locations", {"location_id": "location_id"}),
        scope="spark-admin:locations_read",
        after=("calling_locations",),
    ),
    Artifact(
        artifact="location_pstn_connection",
        method="telephony.pstn.read",
        path="/telephony/pstn/locations/{location_id}/connection",
        description="How each Calling location reaches the public network.",
        columns=Columns.PSTN,
        feed=CALLING_LOCATION,
        scope="spark-admin:telephony_pstn_read",
        absent=frozenset({404}),
    ),
)
