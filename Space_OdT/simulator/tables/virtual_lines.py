"""Settings of virtual lines: `/telephony/config/virtualLines/{id}`."""

from __future__ import annotations

from Space_OdT.simulator.generated.access_codes import AccessCodes
from Space_OdT.simulator.generated.declarations import Action, Area, Document, Items
from Space_OdT.simulator.generated.own_line import (
    CALLBACK,
    CALLER_ID,
    with_own_callback,
    with_own_numbers,
)
from Space_OdT.simulator.generated.permissions import (
    PERMISSION_RULE,
    has_own,
    merge_permissions,
    strict_permissions,
    with_location_default,
)
from Space_OdT.simulator.tables.parts import digit_patterns, flag_document
from Space_OdT.simulator.tables.scopes import PEOPLE, TELEPHONY
from Space_OdT.simulator.tables.translations import (
    callback_with_member,
    caller_id_by_id,
    own_caller_id,
)

V = "/telephony/config/virtualLines/{virtualLineId}"
SDK = "telephony.virtual_lines"

SETTINGS = Area(
    TELEPHONY,
    (
        Items(
            f"{V}/agent/availableCallerIds",
            "availableCallerIds",
            f"{SDK}.agent_caller_id.available_caller_ids",
            link="queues",
            count=2,
            fixed={"type": "CALL_QUEUE"},
            scopes=PEOPLE,
        ),
        Document(
            f"{V}/agent/callerId",
            fixed={"selectedCallerId": own_caller_id},
            put=204,
            body={"selectedCallerId!": str},
            translate=caller_id_by_id,
        ),
        Document(f"{V}/answerSettings", f"{SDK}.answer.read", put=204),
        Items(
            f"{V}/availablePreferredAnswerEndpoints",
            "endpoints",
            f"{SDK}.answer.available_preferred_answer_endpoints",
            count=2,
        ),
        Document(f"{V}/bargeIn", f"{SDK}.barge.read", put=204),
        Document(f"{V}/callBridge", f"{SDK}.call_bridge.read", put=204),
        Document(f"{V}/callForwarding", f"{SDK}.forwarding.read", put=204),
        Document(f"{V}/callRecording", f"{SDK}.call_recording.read", put=204),
        flag_document(f"{V}/callWaiting"),
        Document(
            f"{V}/callerId",
            f"{SDK}.caller_id.read",
            fixed=CALLER_ID,
            shown=with_own_numbers,
            put=204,
            body={"selected!": ("DIRECT_LINE", "LOCATION_NUMBER", "CUSTOM", "MOBILE_NUMBER")},
        ),
        Document(f"{V}/doNotDisturb", f"{SDK}.dnd.read", put=204),
        Document(
            f"{V}/emergencyCallbackNumber",
            f"{SDK}.ecbn.read",
            fixed=CALLBACK,
            shown=with_own_callback,
            put=204,
            body={
                "selected!": ("DIRECT_LINE", "LOCATION_ECBN", "LOCATION_MEMBER_NUMBER"),
                "locationMemberId": str,
            },
            translate=callback_with_member,
        ),
        Document(f"{V}/emergencyCallbackNumber/dependencies", f"{SDK}.ecbn.dependencies"),
        Document(
            f"{V}/incomingPermission",
            f"{SDK}.permissions_in.read",
            put=204,
            body={
                "useCustomEnabled!": bool,
                "externalTransfer!": str,
                "internalCallsEnabled!": bool,
                "collectCallsEnabled!": bool,
            },
        ),
        Document(f"{V}/intercept", f"{SDK}.call_intercept.read", put=204),
        Action("POST", f"{V}/intercept/actions/announcementUpload/invoke", 201),
        Document(f"{V}/musicOnHold", f"{SDK}.music_on_hold.read", put=204),
        flag_document(f"{V}/outboundBillingPlan"),
        Document(
            f"{V}/outgoingPermission",
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
        ),
        *AccessCodes(f"{V}/outgoingPermission/accessCodes", many=False).routes(TELEPHONY),
        Document(
            f"{V}/outgoingPermission/autoTransferNumbers",
            f"{SDK}.permissions_out.transfer_numbers.read",
            put=204,
            body={"useCustomTransferNumbers!": bool},
        ),
        *digit_patterns(V, f"{SDK}.permissions_out.digit_patterns"),
        Document(f"{V}/privacy", f"{SDK}.privacy.read", put=200),
        Document(f"{V}/pushToTalk", f"{SDK}.push_to_talk.read", put=204),
        Document(
            f"{V}/voicemail",
            f"{SDK}.voicemail.read",
            put=204,
            body={"notifications!": {}, "transferToNumber!": {}},
        ),
        Action("POST", f"{V}/voicemail/actions/resetPin/invoke"),
        Action("PUT", f"{V}/voicemail/passcode", body={"passcode!": str}),
    ),
)

AREAS = (SETTINGS,)
