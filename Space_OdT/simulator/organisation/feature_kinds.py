"""What tells attendants, hunt groups and queues apart: words of the API, fields, originals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from Space_OdT.simulator.organisation.entities import OwnerKind

POLICIES = ("CIRCULAR", "REGULAR", "SIMULTANEOUS", "UNIFORM", "WEIGHTED")

_MENU = {
    "greeting": "DEFAULT",
    "extensionEnabled": True,
    "keyConfigurations": [{"key": "0", "action": "EXIT"}, {"key": "1", "action": "NAME_DIALING"}],
}
_REDIRECT = {"enabled": False, "destinationVoicemailEnabled": False}
_GREETING = {"enabled": False, "greeting": "DEFAULT"}


@dataclass(slots=True, frozen=True)
class FeatureKind:
    """One kind of feature.

    Attributes:
        owner: As the numbers list names it.
        id_type: Resource type inside its ids.
        segment: Part of its paths, which also is the key of its list.
        param: Name of its id in paths.
        created: Status of a creation.
        required: Fields a creation needs.
        settable: Fields kept as they are written.
        original: The details while nobody changed them.
        has_agents: Whether people answer for it.
        lists_enabled: Whether the list shows `enabled`.
    """

    owner: OwnerKind
    id_type: str
    segment: str
    param: str
    created: int
    required: tuple[str, ...]
    settable: tuple[str, ...]
    original: Mapping[str, Any]
    has_agents: bool = True
    lists_enabled: bool = True


_COMMON = (
    "languageCode",
    "firstName",
    "lastName",
    "timeZone",
    "directLineCallerIdName",
    "dialByName",
)

AUTO_ATTENDANT = FeatureKind(
    OwnerKind.AUTO_ATTENDANT,
    "AUTO_ATTENDANT",
    "autoAttendants",
    "autoAttendantId",
    201,
    ("name", "businessSchedule", "businessHoursMenu", "afterHoursMenu"),
    (
        *_COMMON,
        "businessSchedule",
        "holidaySchedule",
        "extensionDialing",
        "nameDialing",
        "businessHoursMenu",
        "afterHoursMenu",
    ),
    {
        "businessSchedule": "Horari laboral",
        "extensionDialing": "ENTERPRISE",
        "nameDialing": "ENTERPRISE",
        "businessHoursMenu": _MENU,
        "afterHoursMenu": _MENU,
    },
    has_agents=False,
    lists_enabled=False,
)

HUNT_GROUP = FeatureKind(
    OwnerKind.HUNT_GROUP,
    "HUNT_GROUP",
    "huntGroups",
    "huntGroupId",
    200,
    ("name", "callPolicies", "agents", "enabled"),
    (*_COMMON, "distinctiveRing", "callPolicies", "huntGroupCallerIdForOutgoingCallsEnabled"),
    {
        "distinctiveRing": True,
        "callPolicies": {
            "policy": "CIRCULAR",
            "waitingEnabled": False,
            "groupBusyEnabled": False,
            "allowMembersToControlGroupBusyEnabled": False,
            "noAnswer": {
                "nextAgentEnabled": True,
                "nextAgentRings": 5,
                "forwardEnabled": False,
                "numberOfRings": 15,
                "systemMaxNumberOfRings": 20,
                "destinationVoicemailEnabled": False,
            },
            "busyRedirect": _REDIRECT,
            "businessContinuityRedirect": _REDIRECT,
        },
        "huntGroupCallerIdForOutgoingCallsEnabled": True,
    },
)

CALL_QUEUE = FeatureKind(
    OwnerKind.CALL_QUEUE,
    "CALL_QUEUE",
    "queues",
    "queueId",
    200,
    ("name", "callPolicies", "queueSettings", "agents"),
    (
        *_COMMON,
        "callPolicies",
        "queueSettings",
        "callingLineIdPolicy",
        "callingLineIdPhoneNumber",
        "allowCallWaitingForAgentsEnabled",
        "allowAgentJoinEnabled",
        "phoneNumberForOutgoingCallsEnabled",
    ),
    {
        "callPolicies": {
            "routingType": "PRIORITY_BASED",
            "policy": "CIRCULAR",
            "callBounce": {
                "callBounceEnabled": True,
                "callBounceMaxRings": 5,
                "agentUnavailableEnabled": False,
                "alertAgentEnabled": False,
                "alertAgentMaxSeconds": 30,
                "callBounceOnHoldEnabled": False,
                "callBounceOnHoldMaxSeconds": 60,
            },
            "distinctiveRing": {"enabled": True, "ringPattern": "NORMAL"},
        },
        "queueSettings": {
            "queueSize": 25,
            "callOfferToneEnabled": True,
            "resetCallStatisticsEnabled": False,
            "overflow": {
                "action": "PERFORM_BUSY_TREATMENT",
                "sendToVoicemail": False,
                "overflowAfterWaitEnabled": False,
                "overflowAfterWaitTime": 30,
                "playOverflowGreetingEnabled": False,
                "greeting": "DEFAULT",
                "isTransferNumberSet": False,
            },
            "waitMessage": {
                "enabled": False,
                "waitMode": "TIME",
                "handlingTime": 5,
                "queuePosition": 100,
                "highVolumeMessageEnabled": False,
                "defaultHandlingTime": 5,
            },
            "welcomeMessage": {**_GREETING, "alwaysEnabled": False},
            "comfortMessage": {**_GREETING, "timeBetweenMessages": 30},
            "mohMessage": {"normalSource": _GREETING, "alternateSource": _GREETING},
        },
        "allowCallWaitingForAgentsEnabled": False,
        "allowAgentJoinEnabled": False,
        "phoneNumberForOutgoingCallsEnabled": False,
    },
)

KINDS = (AUTO_ATTENDANT, HUNT_GROUP, CALL_QUEUE)
