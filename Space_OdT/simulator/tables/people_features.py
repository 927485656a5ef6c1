"""Settings of people below `/people/{id}/features`."""

from __future__ import annotations

from Space_OdT.simulator.generated.declarations import Action, Area, Collection, Document
from Space_OdT.simulator.generated.makers import by_index, choice
from Space_OdT.simulator.generated.own_line import CALLER_ID, with_own_numbers
from Space_OdT.simulator.generated.permissions import (
    PERMISSION_RULE,
    has_own,
    merge_permissions,
    strict_permissions,
    with_location_default,
)
from Space_OdT.simulator.tables.parts import (
    GREETING,
    RINGS,
    flag_document,
)
from Space_OdT.simulator.tables.scopes import PEOPLE, TELEPHONY
from Space_OdT.simulator.tables.translations import (
    agents_by_id,
    caller_id_with_number,
    forwarding_with_destinations,
    monitored_by_id,
    one_kind_each,
)

F = "/people/{personId}/features"
P = "/telephony/config/people/{personId}"

_FORWARD = {"enabled": bool, "destination": str, "destinationVoicemailEnabled": bool}
_ENABLED_TO = {"enabled": bool, "destination": str}

FEATURES = Area(
    PEOPLE,
    (
        Document(
            f"{F}/applications", "person_settings.appservices.read", put=204, scopes=TELEPHONY
        ),
        Document(
            f"{F}/bargeIn",
            "person_settings.barge.read",
            put=204,
            body={"enabled": bool, "toneEnabled": bool},
        ),
        Document(
            f"{F}/callForwarding",
            "person_settings.forwarding.read",
            put=204,
            body={
                "callForwarding": {
                    "always": {**_FORWARD, "enabled!": bool, "ringReminderEnabled": bool},
                    "busy": _FORWARD,
                    "noAnswer": {**_FORWARD, "numberOfRings": RINGS},
                },
                "businessContinuity": _FORWARD,
            },
            translate=forwarding_with_destinations,
        ),
        Document(
            f"{F}/callRecording",
            "person_settings.call_recording.read",
            put=204,
            body={
                "enabled": bool,
                "record": (
                    "Always",
                    "Never",
                    "Always with Pause/Resume",
                    "On Demand with User Initiated Start",
                ),
                "recordVoicemailEnabled": bool,
                "notification": {"type": ("None", "Beep", "Play Announcement"), "enabled": bool},
                "repeat": {"interval": int, "enabled": bool},
                "startStopAnnouncement": {"internalCallsEnabled": bool, "pstnCallsEnabled": bool},
            },
        ),
        flag_document(f"{F}/callWaiting"),
        Document(
            f"{F}/callerId",
            "person_settings.caller_id.read",
            fixed=CALLER_ID,
            shown=with_own_numbers,
            put=204,
            body={
                "selected!": ("DIRECT_LINE", "LOCATION_NUMBER", "CUSTOM"),
                "customNumber": str,
                "firstName": str,
                "lastName": str,
                "blockInForwardCallsEnabled": bool,
                "externalCallerIdNamePolicy": ("DIRECT_LINE", "LOCATION", "OTHER"),
                "customExternalCallerIdName": str,
                "additionalExternalCallerIdDirectLineEnabled": bool,
                "additionalExternalCallerIdLocationNumberEnabled": bool,
                "additionalExternalCallerIdCustomNumber": str,
                "directLineCallerIdName": {
                    "selection": (
                        "CUSTOM_NAME",
                        "FIRSTNAME_LASTNAME",
                        "LASTNAME_FIRSTNAME",
                        "DISPLAY_NAME",
                    ),
                    "customName": str,
                },
                "dialByFirstName": str,
                "dialByLastName": str,
            },
            translate=caller_id_with_number,
        ),
        Document(
            f"{F}/callingBehavior",
            "person_settings.calling_behavior.read",
            put=204,
            body={
                "behaviorType": (
                    "NATIVE_WEBEX_TEAMS_CALLING",
                    "CALL_WITH_APP_REGISTERED_FOR_CISCOTEL",
                    "CALL_WITH_APP_REGISTERED_FOR_TEL",
                    "CALL_WITH_APP_REGISTERED_FOR_WEBEXCALLTEL",
                    "NATIVE_SIP_CALL_TO_UCM",
                ),
                "profileId": str,
            },
        ),
        Document(
            f"{F}/doNotDisturb",
            "person_settings.dnd.read",
            put=204,
            body={"enabled": bool, "ringSplashEnabled": bool, "webexGoOverrideEnabled!": bool},
        ),
        Document(
            f"{F}/executiveAssistant",
            fixed={"type": choice("type", "UNASSIGNED", "UNASSIGNED", "EXECUTIVE")},
            put=204,
            body={"type": ("UNASSIGNED", "EXECUTIVE", "EXECUTIVE_ASSISTANT")},
        ),
        flag_document(f"{F}/hoteling"),
        Document(
            f"{F}/incomingPermission",
            "person_settings.permissions_in.read",
            put=204,
            body={
                "useCustomEnabled!": bool,
                "externalTransfer!": (
                    "ALLOW_ALL_EXTERNAL",
                    "ALLOW_ONLY_TRANSFERRED_EXTERNAL",
                    "BLOCK_ALL_EXTERNAL",
                ),
                "internalCallsEnabled!": bool,
                "collectCallsEnabled!": bool,
            },
        ),
        Document(
            f"{F}/intercept",
            "person_settings.call_intercept.read",
            put=204,
            body={
                "enabled": bool,
                "incoming": {
                    "type": ("INTERCEPT_ALL", "ALLOW_ALL"),
                    "voicemailEnabled": bool,
                    "announcements": {
                        "greeting": ("CUSTOM", "DEFAULT"),
                        "newNumber": _ENABLED_TO,
                        "zeroTransfer": _ENABLED_TO,
                    },
                },
                "outgoing": {
                    "type": ("INTERCEPT_ALL", "ALLOW_LOCAL_ONLY"),
                    "transferEnabled": bool,
                    "destination": str,
                },
            },
        ),
        Action("POST", f"{F}/intercept/actions/announcementUpload/invoke", 201),
        Document(
            f"{F}/monitoring",
            "person_settings.monitoring.read",
            put=204,
            body={"enableCallParkNotification!": bool, "monitoredElements!": [str]},
            translate=monitored_by_id,
            shown=one_kind_each,
        ),
        Document(
            f"{F}/outgoingPermission",
            fixed={
                "useCustomEnabled": has_own,
                "useCustomPermissions": has_own,
                "callingPermissions": strict_permissions,
            },
            put=204,
            body={
                "useCustomEnabled": bool,
                "useCustomPermissions": bool,
                "callingPermissions!": [PERMISSION_RULE],
            },
            translate=merge_permissions,
            shown=with_location_default,
            aliases=(f"{P}/outgoingPermission",),
        ),
        Document(
            f"{F}/privacy",
            "person_settings.privacy.read",
            put=200,
            body={
                "aaExtensionDialingEnabled": bool,
                "aaNamingDialingEnabled": bool,
                "enablePhoneStatusDirectoryPrivacy": bool,
                "enablePhoneStatusPickupBargeInPrivacy": bool,
                "monitoringAgents": [str],
            },
            translate=agents_by_id,
        ),
        Document(f"{F}/pushToTalk", "person_settings.push_to_talk.read", put=204),
        Document(f"{F}/reception", "person_settings.receptionist.read", put=204),
        Document(
            f"{F}/voicemail",
            "person_settings.voicemail.read",
            put=204,
            body={
                "enabled": bool,
                "sendAllCalls": {"enabled": bool},
                "sendBusyCalls": {"enabled": bool, "greeting": GREETING},
                "sendUnansweredCalls": {
                    "enabled": bool,
                    "greeting": GREETING,
                    "numberOfRings": RINGS,
                },
                "notifications!": _ENABLED_TO,
                "transferToNumber!": _ENABLED_TO,
                "emailCopyOfMessage": {"enabled": bool, "emailId": str},
                "messageStorage": {
                    "mwiEnabled": bool,
                    "storageType": ("INTERNAL", "EXTERNAL"),
                    "externalEmail": str,
                },
                "faxMessage": {"enabled": bool, "phoneNumber": str, "extension": str},
            },
        ),
        Action("POST", f"{F}/voicemail/actions/resetPin/invoke"),
    ),
)

_EVENTS = Collection(
    name="event",
    item_template=f"{F}/schedules/{{scheduleType}}/{{scheduleId}}/events/{{eventId}}",
    item_shape="person_settings.schedules.event_details",
    id_type="USER_SCHEDULE_EVENT",
    per_parent=1,
    create=f"{F}/schedules/{{scheduleType}}/{{scheduleId}}/events",
    body={"name!": str, "startDate!": str, "endDate!": str, "startTime": str, "endTime": str},
    put=200,
)
SCHEDULES = Area(
    PEOPLE,
    (
        Collection(
            name="schedule",
            list_template=f"{F}/schedules",
            list_key="schedules",
            list_shape="person_settings.schedules.list",
            item_template=f"{F}/schedules/{{scheduleType}}/{{scheduleId}}",
            item_shape="person_settings.schedules.details",
            id_type="USER_SCHEDULE",
            path_fields={"scheduleType": "type"},
            fixed={"type": by_index("businessHours", "holidays"), "level": "PEOPLE"},
            per_parent=1,
            create=f"{F}/schedules",
            body={"name!": str, "type!": ("businessHours", "holidays")},
            put=200,
            embeds={"events": _EVENTS},
        ),
        _EVENTS,
    ),
)


AREAS = (FEATURES, SCHEDULES)
