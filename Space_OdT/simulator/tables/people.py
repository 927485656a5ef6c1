"""Settings of people: `/people/{id}/features` and `/telephony/config/people/{id}`."""

from __future__ import annotations

from Space_OdT.simulator.generated.access_codes import AccessCodes
from Space_OdT.simulator.generated.declarations import Action, Area, Collection, Document, Items
from Space_OdT.simulator.generated.makers import by_index, calling_people, choice, truth
from Space_OdT.simulator.generated.permissions import (
    PERMISSION_RULE,
    merge_permissions,
    strict_permissions,
    with_location_default,
)
from Space_OdT.simulator.tables.parts import (
    GREETING,
    RINGS,
    criteria,
    digit_patterns,
    flag_document,
)
from Space_OdT.simulator.tables.scopes import PEOPLE, PEOPLE_CONFIG, TELEPHONY
from Space_OdT.simulator.tables.translations import (
    agents_by_id,
    callback_with_member,
    caller_id_by_id,
    caller_id_with_number,
    forwarding_with_destinations,
    monitored_by_id,
    own_caller_id,
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
            body={"enabled": bool, "ringSplashEnabled": bool, "webexGoOverrideEnabled": bool},
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
        ),
        Document(
            f"{F}/outgoingPermission",
            fixed={
                "useCustomEnabled": truth("own", 8),
                "useCustomPermissions": truth("own", 8),
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

_SCREEN_BODY = {"callsFrom!": str}
CONFIG = Area(
    TELEPHONY,
    (
        Document(
            "/telephony/config/people/settings/permissions",
            "person_settings.feature_access.read_default",
            put=204,
        ),
        Document(P, "person_settings.get", put=204),
        Items(
            f"{P}/agent/availableCallerIds",
            "availableCallerIds",
            "person_settings.agent_caller_id.available_caller_ids",
            link="queues",
            count=2,
            fixed={"type": "CALL_QUEUE"},
            scopes=PEOPLE,
        ),
        Document(
            f"{P}/agent/callerId",
            fixed={"selectedCallerId": own_caller_id},
            put=204,
            body={"selectedCallerId!": str},
            translate=caller_id_by_id,
        ),
        flag_document(f"{P}/anonymousCallReject"),
        Document(f"{P}/answerSettings", "person_settings.answer.read", put=204),
        Items(
            f"{P}/applications/availableMembers",
            "members",
            "person_settings.app_shared_line.search_members",
            link="members",
            count=10,
            paging="start",
        ),
        Document(f"{P}/applications/availableMembers/count", fixed={"totalCount": calling_people}),
        Document(
            f"{P}/applications/members",
            "person_settings.app_shared_line.get_members",
            put=204,
        ),
        Document(
            f"{P}/applications/{{applicationId}}/members",
            "person_settings.app_shared_line.get_members",
            scopes=PEOPLE,
        ),
        Items(
            f"{P}/availablePreferredAnswerEndpoints",
            "endpoints",
            "person_settings.answer.available_preferred_answer_endpoints",
            count=2,
        ),
        Document(f"{P}/callCaptions", "person_settings.get_call_captions_settings", put=204),
        Action("PUT", f"{P}/devices/settings/hoteling", body={"hoteling!": {"enabled": bool}}),
        Document(f"{P}/devices/settings", "telephony.devices.get_person_device_settings", put=204),
        Document(
            f"{P}/emergencyCallbackNumber",
            "person_settings.ecbn.read",
            put=204,
            body={
                "selected": ("DIRECT_LINE", "LOCATION_ECBN", "LOCATION_MEMBER_NUMBER"),
                "locationMemberId": str,
                "elinEnabled": bool,
                "elinForWebexAppEnabled": bool,
            },
            translate=callback_with_member,
        ),
        Document(f"{P}/emergencyCallbackNumber/dependencies", "person_settings.ecbn.dependencies"),
        Document(f"{P}/executive/alert", "person_settings.executive.alert_settings", put=204),
        Document(
            f"{P}/executive/assignedAssistants",
            "person_settings.executive.assigned_assistants",
            list_key="assistants",
            put=204,
        ),
        Document(
            f"{P}/executive/assistant",
            "person_settings.executive.executive_assistant_settings",
            put=204,
        ),
        Items(
            f"{P}/executive/availableAssistants",
            "assistants",
            "person_settings.executive.executive_available_assistants",
            link="assistants",
            count=5,
            paging="start",
        ),
        *criteria(
            f"{P}/executive/callFiltering",
            "person_settings.executive",
            read="executive_call_filtering_settings",
            read_one="get_filtering_criteria",
            body={"filterName!": str, "callsFrom!": str, "filterEnabled!": bool},
            created_status=200,
        ),
        Document(
            f"{P}/executive/screening", "person_settings.executive.screening_settings", put=204
        ),
        Document(
            f"{P}/features/callBridge",
            "person_settings.call_bridge.read",
            put=204,
            scopes=PEOPLE_CONFIG,
        ),
        Items(
            f"{P}/features/hotDesking/availableMembers",
            "members",
            "person_settings.hotdesking.available_members",
            link="members",
        ),
        Document(
            f"{P}/features/hotDesking/guest", "telephony.hotdesking_voiceportal.user_get", put=204
        ),
        Document(
            f"{P}/features/hotDesking/members", "person_settings.hotdesking.get_members", put=204
        ),
        Document(
            f"{P}/features/personalAssistant", "person_settings.personal_assistant.get", put=204
        ),
        Items(
            f"{P}/modeManagement/availableFeatures",
            "features",
            "person_settings.mode_management.available_features",
            link="queues",
            count=2,
            paging="start",
            fixed={"type": "CALL_QUEUE"},
        ),
        Document(
            f"{P}/modeManagement/features",
            "person_settings.mode_management.assigned_features",
            list_key="features",
            put=200,
            body={"featureIds!": [str]},
        ),
        Items(
            f"{P}/monitoring/availableMembers",
            "members",
            "person_settings.monitoring.get_available_members_for_monitoring",
            link="members",
            count=10,
        ),
        Items(
            f"{P}/monitoring/speedDials/availableMembers",
            "members",
            "person_settings.monitoring.get_available_speed_dials_for_monitoring",
            link="members",
            count=5,
        ),
        Document(f"{P}/musicOnHold", "person_settings.music_on_hold.read", put=204),
        flag_document(f"{P}/outboundBillingPlan"),
        *AccessCodes(f"{P}/outgoingPermission/accessCodes", many=False).routes(TELEPHONY),
        Document(
            f"{P}/outgoingPermission/autoTransferNumbers",
            "person_settings.permissions_out.transfer_numbers.read",
            put=204,
            body={"useCustomTransferNumbers!": bool},
            aliases=(f"{F}/outgoingPermission/autoTransferNumbers",),
        ),
        *digit_patterns(P, "person_settings.permissions_out.digit_patterns"),
        Document(f"{P}/preferredAnswerEndpoint", "person_settings.preferred_answer.read", put=204),
        *criteria(
            f"{P}/selectiveAccept",
            "person_settings.selective_accept",
            body={**_SCREEN_BODY, "acceptEnabled!": bool},
            item_fixed={"acceptEnabled": True},
        ),
        *criteria(
            f"{P}/selectiveForward",
            "person_settings.selective_forward",
            body={
                **_SCREEN_BODY,
                "forwardToPhoneNumber!": str,
                "sendToVoicemailEnabled!": bool,
            },
        ),
        *criteria(
            f"{P}/selectiveReject",
            "person_settings.selective_reject",
            body={**_SCREEN_BODY, "rejectEnabled!": bool},
            item_fixed={"rejectEnabled": True},
        ),
        Document(f"{P}/services", fixed={"services": ("Webex Calling",)}, scopes=PEOPLE),
        Document(f"{P}/settings/msTeams", "person_settings.ms_teams.read", put=204),
        Document(f"{P}/settings/permissions", "person_settings.feature_access.read", put=204),
        *criteria(
            f"{P}/simultaneousRing",
            "person_settings.sim_ring",
            body=_SCREEN_BODY,
            item_fixed={"ringEnabled": True},
        ),
        Action("PUT", f"{P}/voicemail/passcode", body={"passcode!": str}),
    ),
)

_REACH = Collection(
    name="number",
    item_template=f"{P}/singleNumberReach/numbers/{{id}}",
    id_type="SINGLE_NUMBER_REACH",
    per_parent=1,
    list_shape="",
    create=f"{P}/singleNumberReach/numbers",
    body={"phoneNumber!": str, "enabled!": bool, "name!": str},
    fixed={
        "phoneNumber": lambda subject: f"+346{subject.draw('number', 10**8):08d}",
        "enabled": True,
        "doNotForwardCallsEnabled": truth("forward"),
        "answerConfirmationEnabled": truth("confirm"),
    },
    put=200,
)
REACH = Area(
    TELEPHONY,
    (
        Document(
            f"{P}/singleNumberReach",
            "person_settings.single_number_reach.read",
            put=204,
            embeds={"numbers": _REACH},
        ),
        _REACH,
    ),
)

AREAS = (FEATURES, SCHEDULES, CONFIG, REACH)
