"""Settings of workspaces: `/workspaces/{id}` and `/telephony/config/workspaces/{id}`."""

from __future__ import annotations

from Space_OdT.simulator.generated.access_codes import AccessCodes
from Space_OdT.simulator.generated.declarations import Action, Area, Document, Items
from Space_OdT.simulator.generated.makers import choice, truth
from Space_OdT.simulator.generated.own_line import (
    CALLBACK,
    CALLER_ID,
    with_own_callback,
    with_own_numbers,
)
from Space_OdT.simulator.generated.permissions import (
    CALL_ACTIONS,
    CALL_TYPES,
    has_own,
    merge_permissions,
    strict_permissions,
    with_location_default,
)
from Space_OdT.simulator.tables.parts import RINGS, criteria, digit_patterns, flag_document
from Space_OdT.simulator.tables.scopes import TELEPHONY, WORKSPACE_CONFIG, WORKSPACES
from Space_OdT.simulator.tables.translations import (
    callback_with_member,
    forwarding_with_destinations,
    monitored_by_id,
    one_kind_each,
)

W = "/workspaces/{workspaceId}"
F = f"{W}/features"
C = "/telephony/config/workspaces/{workspaceId}"

_FORWARD = {"enabled!": bool, "destination": str, "destinationVoicemailEnabled!": bool}
_LOOSE_PERMISSION = {
    "callType!": CALL_TYPES,
    "action": CALL_ACTIONS,
    "transferEnabled": bool,
}

FEATURES = Area(
    WORKSPACES,
    (
        Document(
            f"{W}/answerSettings", "workspace_settings.answer.read", put=204, scopes=TELEPHONY
        ),
        Items(
            f"{W}/availablePreferredAnswerEndpoints",
            "endpoints",
            "workspace_settings.answer.available_preferred_answer_endpoints",
            count=2,
            scopes=TELEPHONY,
        ),
        Document(f"{W}/personalizationTask", "workspace_personalization.get_personalization_task"),
        Document(
            f"{F}/callForwarding",
            "workspace_settings.forwarding.read",
            put=204,
            body={
                "callForwarding!": {
                    "always!": {**_FORWARD, "ringReminderEnabled!": bool},
                    "busy": _FORWARD,
                    "noAnswer": {
                        "enabled": bool,
                        "destination": str,
                        "numberOfRings": RINGS,
                        "systemMaxNumberOfRings": int,
                        "destinationVoicemailEnabled": bool,
                    },
                },
                "businessContinuity!": _FORWARD,
            },
            translate=forwarding_with_destinations,
        ),
        Document(
            f"{F}/callWaiting",
            fixed={"enabled": truth("enabled")},
            put=204,
            body={"enabled": bool},
        ),
        Document(
            f"{F}/callerId",
            "workspace_settings.caller_id.read",
            fixed=CALLER_ID,
            shown=with_own_numbers,
            put=204,
        ),
        Document(f"{F}/incomingPermission", "workspace_settings.permissions_in.read", put=204),
        Document(f"{F}/intercept", "workspace_settings.call_intercept.read", put=204),
        Document(
            f"{F}/monitoring",
            "workspace_settings.monitoring.read",
            put=204,
            body={"enableCallParkNotification": bool, "monitoredElements": [str]},
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
                "callingPermissions": [_LOOSE_PERMISSION],
            },
            translate=merge_permissions,
            shown=with_location_default,
        ),
        *AccessCodes(f"{F}/outgoingPermission/accessCodes", many=False).routes(WORKSPACES),
        Document(
            f"{F}/outgoingPermission/autoTransferNumbers",
            "workspace_settings.permissions_out.transfer_numbers.read",
            put=204,
            body={"useCustomTransferNumbers!": bool},
        ),
    ),
)

_SCREEN = {"scheduleName!": str, "scheduleType!": str, "scheduleLevel!": str, "callsFrom!": str}
CONFIG = Area(
    WORKSPACES,
    (
        flag_document(f"{C}/anonymousCallReject"),
        Document(f"{C}/bargeIn", "workspace_settings.barge.read", put=204, body={"enabled!": bool}),
        flag_document(f"{C}/callBridge", field="warningToneEnabled"),
        Document(
            f"{C}/callPolicies",
            fixed={
                "connectedLineIdPrivacyOnRedirectedCalls": choice(
                    "policy", "NO_PRIVACY", "PRIVACY_FOR_EXTERNAL_CALLS", "PRIVACY_FOR_ALL_CALLS"
                )
            },
            put=204,
            body={
                "connectedLineIdPrivacyOnRedirectedCalls!": (
                    "NO_PRIVACY",
                    "PRIVACY_FOR_EXTERNAL_CALLS",
                    "PRIVACY_FOR_ALL_CALLS",
                )
            },
        ),
        Document(
            f"{C}/devices/settings",
            "telephony.devices.get_workspace_device_settings",
            put=204,
            scopes=TELEPHONY,
        ),
        Document(f"{C}/doNotDisturb", "workspace_settings.dnd.read", put=204),
        Document(
            f"{C}/emergencyCallbackNumber",
            "workspace_settings.ecbn.read",
            fixed=CALLBACK,
            shown=with_own_callback,
            put=204,
            body={
                "selected": ("DIRECT_LINE", "LOCATION_ECBN", "LOCATION_MEMBER_NUMBER"),
                "locationMemberId": str,
            },
            translate=callback_with_member,
            scopes=TELEPHONY,
        ),
        Document(
            f"{C}/emergencyCallbackNumber/dependencies",
            "workspace_settings.ecbn.dependencies",
            scopes=TELEPHONY,
        ),
        Document(
            f"{C}/features/callRecordings",
            "person_settings.call_recording.read",
            put=204,
            scopes=TELEPHONY,
        ),
        Items(
            f"{C}/monitoring/availableMembers",
            "members",
            "workspace_settings.monitoring.get_available_members_for_monitoring",
            link="members",
            count=10,
            scopes=TELEPHONY,
        ),
        Items(
            f"{C}/monitoring/speedDials/availableMembers",
            "members",
            "workspace_settings.monitoring.get_available_speed_dials_for_monitoring",
            link="members",
            count=5,
            scopes=TELEPHONY,
        ),
        Document(
            f"{C}/musicOnHold", "workspace_settings.music_on_hold.read", put=204, scopes=TELEPHONY
        ),
        Document(
            f"{C}/outboundBillingPlan",
            fixed={"enabled": truth("enabled")},
            put=204,
            scopes=TELEPHONY,
        ),
        *digit_patterns(C, "workspace_settings.permissions_out.digit_patterns"),
        *criteria(
            f"{C}/priorityAlert",
            "workspace_settings.priority_alert",
            body={**_SCREEN, "notificationEnabled!": bool},
        ),
        Document(f"{C}/privacy", "workspace_settings.privacy.read", put=204),
        Document(f"{C}/pushToTalk", "workspace_settings.push_to_talk.read", put=204),
        *criteria(
            f"{C}/selectiveAccept",
            "workspace_settings.selective_accept",
            body={**_SCREEN, "acceptEnabled!": bool},
            document_body={"enabled!": bool},
            item_fixed={"acceptEnabled": True},
        ),
        *criteria(
            f"{C}/selectiveForward",
            "workspace_settings.selective_forward",
            body={"callsFrom!": str},
        ),
        *criteria(
            f"{C}/selectiveReject",
            "workspace_settings.selective_reject",
            body={**_SCREEN, "rejectEnabled!": bool},
            document_body={"enabled!": bool},
            item_fixed={"rejectEnabled": True},
        ),
        *criteria(
            f"{C}/sequentialRing",
            "workspace_settings.sequential_ring",
            body={"callsFrom!": str, "ringEnabled!": bool},
            item_fixed={"ringEnabled": True},
        ),
        *criteria(
            f"{C}/simultaneousRing",
            "workspace_settings.sim_ring",
            body={**_SCREEN, "ringEnabled!": bool},
            document_body={"criteriasEnabled!": bool},
            item_fixed={"ringEnabled": True},
        ),
        Document(
            f"{C}/voicemail",
            "workspace_settings.voicemail.read",
            put=204,
            body={"notifications!": {}, "transferToNumber!": {}},
        ),
        Action("PUT", f"{C}/voicemail/passcode", body={"passcode!": str}, scopes=WORKSPACE_CONFIG),
    ),
)

AREAS = (FEATURES, CONFIG)
