"""Settings of people below `/telephony/config/people/{id}`."""

from __future__ import annotations

from Space_OdT.simulator.generated.access_codes import AccessCodes
from Space_OdT.simulator.generated.declarations import Action, Area, Collection, Document, Items
from Space_OdT.simulator.generated.makers import calling_people, truth
from Space_OdT.simulator.generated.own_line import CALLBACK, with_own_callback
from Space_OdT.simulator.tables.parts import (
    criteria,
    digit_patterns,
    flag_document,
)
from Space_OdT.simulator.tables.scopes import PEOPLE, PEOPLE_CONFIG, TELEPHONY
from Space_OdT.simulator.tables.translations import (
    callback_with_member,
    caller_id_by_id,
    own_caller_id,
)

F = "/people/{personId}/features"
P = "/telephony/config/people/{personId}"

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
            fixed=CALLBACK,
            shown=with_own_callback,
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

AREAS = (CONFIG, REACH)
