"""Forwarding settings as the API has them: read, compared, and laid into a whole PUT."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from Space_OdT.engine.action_model import StepSpec
from Space_OdT.v21.transformacion.parts.calling_entities import EntityKind
from Space_OdT.v21.transformacion.parts.entity_settings import Setting
from Space_OdT.webex.records import number_key

_SYSTEM_LIMIT = "systemMaxNumberOfRings"
_RINGS = range(2, 21)  # what the API takes for `numberOfRings`
# How forwarding is where nobody has touched it, for a plan that cannot read it yet.
UNTOUCHED: Mapping[str, Any] = MappingProxyType(
    {
        "callForwarding": {"always": {}, "busy": {}, "noAnswer": {}},
        "businessContinuity": {},
    }
)


@dataclass(frozen=True, slots=True)
class Always:
    """Forwarding of all calls; what the API names `callForwarding.always`.

    Attributes:
        enabled: Whether it is on.
        destination: Where to, "" for nowhere.
        rings: Whether a short ring announces forwarded calls.
        to_voicemail: Whether the voicemail of the destination answers.
    """

    enabled: bool = False
    destination: str = ""
    rings: bool = False
    to_voicemail: bool = False

    @classmethod
    def of(cls, forwarding: Mapping[str, Any]) -> Always:
        """Read it out of the forwarding settings.

        Args:
            forwarding: The answer of GET.

        Returns:
            How it is now.
        """
        always = forwarding["callForwarding"].get("always") or {}
        return cls(
            bool(always.get("enabled")),
            str(always.get("destination") or ""),
            bool(always.get("ringReminderEnabled")),
            bool(always.get("destinationVoicemailEnabled")),
        )

    def goes_to(self, destination: str) -> bool:
        """Tell whether it goes to a destination; separators do not count.

        Args:
            destination: What would be dialled.

        Returns:
            True when it is on and goes there.
        """
        return self.enabled and number_key(self.destination) == number_key(destination)

    def is_as(self, wanted: Always) -> bool:
        """Compare with what is wanted; whatever is off is as good as any other off.

        Args:
            wanted: What a row asks for.

        Returns:
            True when nothing is to be done.
        """
        if not wanted.enabled:
            return not self.enabled
        flags = (self.rings, self.to_voicemail) == (wanted.rings, wanted.to_voicemail)
        return flags and self.goes_to(wanted.destination)


def forwarding_body(current: Mapping[str, Any], always: Always) -> dict[str, Any]:
    """Put another forwarding of all calls into the settings as read.

    Args:
        current: The answer of GET; the other forwardings are sent back as they are there.
        always: The forwarding of all calls to have.

    Returns:
        The body of PUT: whole, because a workspace's PUT wants all of it.
    """
    forwarding: dict[str, Any] = {
        "always": {
            "enabled": always.enabled,
            "destination": always.destination,
            "ringReminderEnabled": always.rings,
            "destinationVoicemailEnabled": always.to_voicemail,
        }
    }
    for name in ("busy", "noAnswer"):
        if isinstance(rule := current["callForwarding"].get(name), dict):
            forwarding[name] = _as_read(rule)
    body: dict[str, Any] = {"callForwarding": forwarding}
    if isinstance(rule := current.get("businessContinuity"), dict):
        body["businessContinuity"] = _as_read(rule)
    return body


def _as_read(rule: Mapping[str, Any]) -> dict[str, Any]:
    """Send a forwarding back: what is read-only goes, what the API leaves out of off is said."""
    kept = {name: value for name, value in rule.items() if value is not None}
    kept.pop(_SYSTEM_LIMIT, None)
    if kept.get("numberOfRings") not in _RINGS:
        kept.pop("numberOfRings", None)
    return {"enabled": False, "destinationVoicemailEnabled": False, **kept}


def forwarding_setting(kind: EntityKind) -> Setting:
    """Declare the forwarding settings of a kind of entity.

    Args:
        kind: People or workspaces.

    Returns:
        The setting with its steps.
    """
    path = f"/{kind.owner}/{{entity_id}}/features/callForwarding"
    query = {"orgId": "{org_id}"}
    required = ("callForwarding.always", "businessContinuity")
    return Setting(
        kind,
        "call forwarding",
        StepSpec("forwarding_read", "GET", path, required=required, query=query),
        StepSpec(
            "forwarding_write", "PUT", path, success=(204,), build=forwarding_body, query=query
        ),
    )
