"""The part of a call queue that every update has to carry, as the API takes it back."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

# Field -> fields of the object, or of the objects of the list, that is there; none for a value.
# Source: Webex API reference, "Update a Call Queue", body field queueSettings.
_VALUE: Mapping[str, Any] = MappingProxyType({})
_FILE = dict.fromkeys(("id", "name", "mediaFileType", "level"), _VALUE)
_MESSAGE: Mapping[str, Any] = {
    "enabled": _VALUE,
    "greeting": _VALUE,
    "audioAnnouncementFiles": _FILE,
}
_SOURCE: Mapping[str, Any] = {**_MESSAGE, "audioPlaylistId": _VALUE}
_WAIT = (
    "enabled",
    "waitMode",
    "handlingTime",
    "defaultHandlingTime",
    "queuePosition",
    "highVolumeMessageEnabled",
    "estimatedWaitingTime",
    "callbackOptionEnabled",
    "minimumEstimatedCallbackTime",
    "internationalCallbackEnabled",
    "playUpdatedEstimatedWaitMessage",
)
_OVERFLOW = (
    "action",
    "sendToVoicemail",
    "transferNumber",
    "overflowAfterWaitEnabled",
    "overflowAfterWaitTime",
    "playOverflowGreetingEnabled",
    "greeting",
)
WRITABLE: Mapping[str, Any] = {
    "queueSize": _VALUE,
    "callOfferToneEnabled": _VALUE,
    "resetCallStatisticsEnabled": _VALUE,
    "overflow": {**dict.fromkeys(_OVERFLOW, _VALUE), "audioAnnouncementFiles": _FILE},
    "welcomeMessage": {**_MESSAGE, "alwaysEnabled": _VALUE},
    "waitMessage": dict.fromkeys(_WAIT, _VALUE),
    "comfortMessage": {**_MESSAGE, "timeBetweenMessages": _VALUE},
    "comfortMessageBypass": {**_MESSAGE, "callWaitingAgeThreshold": _VALUE},
    "mohMessage": {"normalSource": _SOURCE, "alternateSource": _SOURCE},
    "whisperMessage": _MESSAGE,
}


def writable(settings: Any, shape: Mapping[str, Any] = WRITABLE) -> Any:
    """Leave out what a queue shows and no update takes, as `isTransferNumberSet`.

    Args:
        settings: `queueSettings` as read, or a part of it.
        shape: The fields that part may have.

    Returns:
        The same without read-only fields and without null ones.
    """
    if isinstance(settings, list):
        return [writable(item, shape) for item in settings]
    if not shape or not isinstance(settings, Mapping):
        return settings
    return {
        name: writable(value, shape[name])
        for name, value in settings.items()
        if name in shape and value is not None
    }
