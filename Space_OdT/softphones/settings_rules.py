"""What Webex takes and then does not do: refused before it is sent, or left out when compared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from Space_OdT.engine.action_model import PendingError
from Space_OdT.webex.error_handling import ReasonCode

_OUTGOING, _OWN, _CALL_TYPES = "outgoingPermission", "useCustomPermissions", "callingPermissions"


def effective(feature: str, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what has no effect beside the rest.

    Args:
        feature: Name of the feature.
        wanted: The fields to set.

    Returns:
        The fields without the call types of somebody who is to follow the location's: Webex
        shows the location's there, whatever is sent.
    """
    follows = feature == _OUTGOING and wanted.get(_OWN) is False
    return {name: part for name, part in wanted.items() if not (follows and name == _CALL_TYPES)}


def check_rules(feature: str, wanted: Mapping[str, Any], body: Mapping[str, Any]) -> None:
    """Refuse a body that Webex would refuse, or take without any effect.

    Args:
        feature: Name of the feature.
        wanted: The fields to set.
        body: The body to send.

    Raises:
        PendingError: `precondition_missing`, with the cell or key to mend.
    """
    if feature == _OUTGOING and wanted.get(_CALL_TYPES) and body.get(_OWN) is not True:
        raise PendingError(
            ReasonCode.PRECONDITION_MISSING,
            f"{_CALL_TYPES} has no effect while the person follows the location ({_OWN} is false)",
            fix=f'add "{_OWN}": true to outgoing_permissions_json, or to '
            "outgoing_permissions_defaults of static_policy.json",
        )
    _check_destinations(body)


def _check_destinations(body: Mapping[str, Any]) -> None:
    """Refuse a forwarding that is switched on and goes nowhere, which the API refuses too."""
    rules = {
        **{f"cf_{name}".lower(): rule for name, rule in (body.get("callForwarding") or {}).items()},
        "cf_business_continuity": body.get("businessContinuity") or {},
    }
    for prefix, rule in rules.items():
        if rule.get("enabled") is True and not str(rule.get("destination") or "").strip():
            raise PendingError(
                ReasonCode.PRECONDITION_MISSING,
                f"{prefix}_enabled is true, but there is no number to forward to",
                fix=f"fill {prefix}_destination, or forwarding_defaults of static_policy.json",
            )
