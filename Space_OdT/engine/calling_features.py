"""The calling settings of a person that can be written: one table of paths and writable fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

# Shapes: a type is one of the names below, a tuple is a closed list of values, a mapping is an
# object, IDS is a list that is read as objects and written as their ids, and Keyed is a list of
# objects that are told apart by one field.
BOOL, NUMBER, TEXT, IDS = "true or false", "a number", "text", "a list of ids"


@dataclass(frozen=True, slots=True)
class Keyed:
    """A list of objects, merged object by object.

    Attributes:
        key: The field that tells them apart.
        item: Shape of one object.
    """

    key: str
    item: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Feature:
    """One group of settings, read and written as a whole.

    Attributes:
        name: Last part of the path; the key in the column `calling_settings_json`.
        path: Path template; GET reads, PUT replaces.
        writable: Field -> shape of what PUT takes; everything else of the answer is read-only.
        renamed: Read name -> write name, where the API differs.
    """

    name: str
    path: str
    writable: Mapping[str, Any]
    renamed: Mapping[str, str] = field(default_factory=dict)

    def path_of(self, person_id: str) -> str:
        """Fill the path template.

        Args:
            person_id: Id of the person.

        Returns:
            The path, relative to the base URL.
        """
        return self.path.format(person_id=person_id)


CALL_TYPES = (
    "INTERNAL_CALL",
    "TOLL_FREE",
    "NATIONAL",
    "INTERNATIONAL",
    "OPERATOR_ASSISTED",
    "CHARGEABLE_DIRECTORY_ASSISTED",
    "SPECIAL_SERVICES_I",
    "SPECIAL_SERVICES_II",
    "PREMIUM_SERVICES_I",
    "PREMIUM_SERVICES_II",
)
CALL_ACTIONS = (
    "ALLOW",
    "BLOCK",
    "AUTH_CODE",
    "TRANSFER_NUMBER_1",
    "TRANSFER_NUMBER_2",
    "TRANSFER_NUMBER_3",
)
CALLING_PERMISSIONS = Keyed(
    "callType", {"callType": CALL_TYPES, "action": CALL_ACTIONS, "transferEnabled": BOOL}
)
EXTERNAL_TRANSFER = (
    "ALLOW_ALL_EXTERNAL",
    "ALLOW_ONLY_TRANSFERRED_EXTERNAL",
    "BLOCK_ALL_EXTERNAL",
)
CALLER_IDS = ("DIRECT_LINE", "LOCATION_NUMBER", "CUSTOM")

_FORWARD = {"enabled": BOOL, "destination": TEXT, "destinationVoicemailEnabled": BOOL}
_TARGET = {"enabled": BOOL, "destination": TEXT}
_GREETED = {"enabled": BOOL, "greeting": ("DEFAULT", "CUSTOM")}


def _person(name: str, writable: Mapping[str, Any], **renamed: str) -> Feature:
    return Feature(name, f"/people/{{person_id}}/features/{name}", writable, renamed)


def _telephony(name: str, path: str, writable: Mapping[str, Any]) -> Feature:
    return Feature(name, f"/telephony/config/people/{{person_id}}/{path}", writable)


# Source: Webex API reference, "Update ..." of each feature under User Call Settings.
_ALL = (
    _person(
        "callForwarding",
        {
            "callForwarding": {
                "always": {**_FORWARD, "ringReminderEnabled": BOOL},
                "busy": _FORWARD,
                "noAnswer": {**_FORWARD, "numberOfRings": NUMBER},
            },
            "businessContinuity": _FORWARD,
        },
    ),
    _person(
        "voicemail",
        {
            "enabled": BOOL,
            "sendAllCalls": {"enabled": BOOL},
            "sendBusyCalls": _GREETED,
            "sendUnansweredCalls": {**_GREETED, "numberOfRings": NUMBER},
            "notifications": _TARGET,
            "transferToNumber": _TARGET,
            "emailCopyOfMessage": {"enabled": BOOL, "emailId": TEXT},
            "messageStorage": {
                "mwiEnabled": BOOL,
                "storageType": ("INTERNAL", "EXTERNAL"),
                "externalEmail": TEXT,
            },
            "faxMessage": {"enabled": BOOL, "phoneNumber": TEXT, "extension": TEXT},
        },
    ),
    _person(
        "callerId",
        {
            "selected": CALLER_IDS,
            "customNumber": TEXT,
            "firstName": TEXT,
            "lastName": TEXT,
            "blockInForwardCallsEnabled": BOOL,
            "externalCallerIdNamePolicy": ("DIRECT_LINE", "LOCATION", "OTHER"),
            "customExternalCallerIdName": TEXT,
            "additionalExternalCallerIdDirectLineEnabled": BOOL,
            "additionalExternalCallerIdLocationNumberEnabled": BOOL,
            "additionalExternalCallerIdCustomNumber": TEXT,
            "directLineCallerIdName": {"selection": TEXT, "customName": TEXT},
            "dialByFirstName": TEXT,
            "dialByLastName": TEXT,
        },
    ),
    _person(
        "outgoingPermission",
        {
            "useCustomEnabled": BOOL,
            "useCustomPermissions": BOOL,
            "callingPermissions": CALLING_PERMISSIONS,
        },
    ),
    _person(
        "incomingPermission",
        {
            "useCustomEnabled": BOOL,
            "externalTransfer": EXTERNAL_TRANSFER,
            "internalCallsEnabled": BOOL,
            "collectCallsEnabled": BOOL,
        },
    ),
    _person("callWaiting", {"enabled": BOOL}),
    _person(
        "doNotDisturb", {"enabled": BOOL, "ringSplashEnabled": BOOL, "webexGoOverrideEnabled": BOOL}
    ),
    _person(
        "intercept",
        {
            "enabled": BOOL,
            "incoming": {
                "type": ("INTERCEPT_ALL", "ALLOW_ALL"),
                "voicemailEnabled": BOOL,
                "announcements": {
                    "greeting": ("CUSTOM", "DEFAULT"),
                    "newNumber": _TARGET,
                    "zeroTransfer": _TARGET,
                },
            },
            "outgoing": {
                "type": ("INTERCEPT_ALL", "ALLOW_LOCAL_ONLY"),
                "transferEnabled": BOOL,
                "destination": TEXT,
            },
        },
    ),
    _person("bargeIn", {"enabled": BOOL, "toneEnabled": BOOL}),
    _person(
        "callRecording",
        {
            "enabled": BOOL,
            "record": (
                "Always",
                "Never",
                "Always with Pause/Resume",
                "On Demand with User Initiated Start",
            ),
            "recordVoicemailEnabled": BOOL,
            "notification": {"type": ("None", "Beep", "Play Announcement"), "enabled": BOOL},
            "repeat": {"interval": NUMBER, "enabled": BOOL},
            "startStopAnnouncement": {"internalCallsEnabled": BOOL, "pstnCallsEnabled": BOOL},
        },
    ),
    _person("callingBehavior", {"behaviorType": TEXT, "profileId": TEXT}),
    _person("executiveAssistant", {"type": ("UNASSIGNED", "EXECUTIVE", "EXECUTIVE_ASSISTANT")}),
    _person("hoteling", {"enabled": BOOL}),
    _person(
        "monitoring",
        {"enableCallParkNotification": BOOL, "monitoredElements": IDS},
        callParkNotificationEnabled="enableCallParkNotification",
    ),
    _person(
        "privacy",
        {
            "aaExtensionDialingEnabled": BOOL,
            "aaNamingDialingEnabled": BOOL,
            "enablePhoneStatusDirectoryPrivacy": BOOL,
            "enablePhoneStatusPickupBargeInPrivacy": BOOL,
            "monitoringAgents": IDS,
        },
    ),
    _person(
        "pushToTalk",
        {
            "allowAutoAnswer": BOOL,
            "connectionType": ("ONE_WAY", "TWO_WAY"),
            "accessType": ("ALLOW_MEMBERS", "BLOCK_MEMBERS"),
            "members": IDS,
        },
    ),
    _person("reception", {"receptionEnabled": BOOL, "monitoredMembers": IDS}),
    _person(
        "applications",
        {
            "ringDevicesForClickToDialCallsEnabled": BOOL,
            "ringDevicesForGroupPageEnabled": BOOL,
            "ringDevicesForCallParkEnabled": BOOL,
            "browserClientEnabled": BOOL,
            "desktopClientEnabled": BOOL,
            "tabletClientEnabled": BOOL,
            "mobileClientEnabled": BOOL,
        },
    ),
    _telephony("callBridge", "features/callBridge", {"warningToneEnabled": BOOL}),
    _telephony(
        "emergencyCallbackNumber",
        "emergencyCallbackNumber",
        {
            "selected": ("DIRECT_LINE", "LOCATION_ECBN", "LOCATION_MEMBER_NUMBER"),
            "locationMemberId": TEXT,
            "elinEnabled": BOOL,
            "elinForWebexAppEnabled": BOOL,
        },
    ),
    _telephony(
        "musicOnHold",
        "musicOnHold",
        {
            "mohEnabled": BOOL,
            "greeting": ("DEFAULT", "CUSTOM"),
            "audioAnnouncementFile": {
                "id": TEXT,
                "fileName": TEXT,
                "mediaFileType": TEXT,
                "level": TEXT,
            },
        },
    ),
)
FEATURES: Mapping[str, Feature] = MappingProxyType({feature.name: feature for feature in _ALL})
