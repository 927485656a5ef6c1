"""Announcement files, playlists, text to speech, and call recording."""

from __future__ import annotations

from Space_OdT.simulator.filling import Subject
from Space_OdT.simulator.generated.declarations import Action, Area, Collection, Document, Items
from Space_OdT.simulator.generated.makers import by_index, path_value
from Space_OdT.simulator.protocol import JsonObject
from Space_OdT.simulator.tables.scopes import TELEPHONY

T = "/telephony/config"
L = f"{T}/locations/{{locationId}}"
A = f"{T}/announcements"
R = f"{T}/callRecording"


def _location(subject: Subject) -> JsonObject:
    return {"id": subject.location.id, "name": subject.location.name}


_SIZES = {"fileSize": by_index("35600", "98100"), "mediaFileType": "WAV"}
_IN_LOCATIONS = Collection(
    name="announcement",
    item_template=f"{L}/announcements/{{announcementId}}",
    list_shape="telephony.announcements_repo.list",
    item_shape="telephony.announcements_repo.details",
    id_type="ANNOUNCEMENT",
    where="location",
    per_parent=1,
    fixed={**_SIZES, "level": "LOCATION", "location": _location},
    put=None,
)
_OF_ORGANISATION = Collection(
    name="announcement",
    list_template=A,
    list_key="announcements",
    list_shape="telephony.announcements_repo.list",
    item_template=f"{A}/{{announcementId}}",
    item_shape="telephony.announcements_repo.details",
    id_type="ANNOUNCEMENT",
    fixed={**_SIZES, "level": "ORGANIZATION", "location": None},
    put=None,
    also=_IN_LOCATIONS,
    also_query="locationId",
)
ANNOUNCEMENTS = Area(
    TELEPHONY,
    (
        _OF_ORGANISATION,
        _IN_LOCATIONS,
        Document(f"{A}/usage", "telephony.announcements_repo.usage"),
        Document(f"{L}/announcements/usage", "telephony.announcements_repo.usage"),
        Collection(
            name="playlist",
            list_template=f"{A}/playlists",
            list_key="playlists",
            list_shape="telephony.playlist.list",
            item_template=f"{A}/playlists/{{playlistId}}",
            item_shape="telephony.playlist.details",
            id_type="PLAYLIST",
            fixed={"fileCount": 2, "fileSize": "1200"},
            embeds={"announcements": _OF_ORGANISATION},
            create=f"{A}/playlists",
            body={"name!": str, "announcementIds!": [str]},
            paging="none",
        ),
        Document(
            f"{A}/playlists/{{playlistId}}/usage",
            "telephony.playlist.usage",
            fixed={"id": path_value("playlistId")},
        ),
        Document(
            f"{A}/playlists/{{playlistId}}/locations",
            fixed={
                "id": path_value("playlistId"),
                "locations": lambda subject: [_location(subject)],
            },
            put=204,
            body={"locationIds!": [str]},
            translate=lambda world, _request, body: {
                "locations": [
                    {"id": location.id, "name": location.name}
                    for location in map(world.organisation.location, body["locationIds"])
                    if location is not None
                ]
            },
        ),
        Document(f"{T}/textToSpeech/usage", "telephony.text_to_speech.usage"),
        Items(f"{T}/textToSpeech/voices", "voices", "telephony.text_to_speech.voices"),
        Document(
            f"{T}/textToSpeech/{{ttsId}}",
            "telephony.text_to_speech.status",
            fixed={"id": path_value("ttsId"), "status": "SUCCESS"},
        ),
    ),
)

_VENDOR = {"vendorId!": str}
RECORDING = Area(
    TELEPHONY,
    (
        Document(R, "telephony.call_recording.read", put=204, body={"enabled!": bool}),
        Document(
            f"{R}/announcements",
            "telephony.call_recording.read_org_call_recording_announcement",
            put=204,
        ),
        Document(
            f"{R}/complianceAnnouncement",
            "telephony.call_recording.read_org_compliance_announcement",
            put=204,
        ),
        Document(
            f"{L}/callRecording/complianceAnnouncement",
            "telephony.call_recording.read_location_compliance_announcement",
            put=204,
        ),
        Items(f"{R}/regions", "regions", "telephony.call_recording.get_call_recording_regions"),
        Items(
            f"{R}/vendorUsers",
            "members",
            "telephony.call_recording.list_org_users",
            link="members",
            count=10,
            paging="start",
        ),
        Items(
            f"{L}/callRecording/vendorUsers",
            "members",
            "telephony.call_recording.list_location_users",
            link="members",
            count=10,
            paging="start",
        ),
        Document(f"{R}/vendors", "telephony.call_recording.get_org_vendors"),
        Document(f"{L}/callRecording/vendors", "telephony.call_recording.get_location_vendors"),
        Action(
            "PUT",
            f"{R}/vendor",
            200,
            body=_VENDOR,
            reply={"jobId": lambda subject: subject.world.next_id("JOB_ID")},
        ),
        Action("PUT", f"{L}/callRecording/vendor", body={"id": str}),
        Document(
            f"{R}/vendors/{{vendorId}}/termsOfService",
            "telephony.call_recording.read_terms_of_service",
            fixed={"vendorId": path_value("vendorId")},
            put=204,
            body={"termsOfServiceEnabled!": bool},
        ),
    ),
)

AREAS = (ANNOUNCEMENTS, RECORDING)
