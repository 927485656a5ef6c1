"""The PSTN connections that may be offered to a location."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import NAMESPACE_URL, uuid5

from Space_OdT.simulator.identifiers import encode_id
from Space_OdT.simulator.organisation.entities import PstnKind


@dataclass(slots=True, frozen=True)
class PstnOffer:
    """One connection option; the API shows its name, never its type."""

    kind: PstnKind
    display_name: str
    services: tuple[str, ...] = ("GEOGRAPHIC_NUMBERS",)


OFFERS = (
    PstnOffer(PstnKind.LOCAL_GATEWAY, "Premises-based PSTN"),
    PstnOffer(
        PstnKind.NON_INTEGRATED_CCP,
        "Example Carrier (non-integrated)",
        ("GEOGRAPHIC_NUMBERS", "TOLLFREE_NUMBERS"),
    ),
    PstnOffer(
        PstnKind.INTEGRATED_CCP,
        "Example Cloud Carrier",
        ("GEOGRAPHIC_NUMBERS", "MOBILE_NUMBERS"),
    ),
    PstnOffer(PstnKind.CISCO_PSTN, "Cisco Calling Plans"),
)


def offer_of(organisation_id: str, kind: PstnKind) -> str | None:
    """Give the connection id of a kind, the same for all locations of an organisation."""
    if kind is PstnKind.NONE:
        return None
    return encode_id("PSTN_CONNECTION", uuid5(NAMESPACE_URL, f"{organisation_id}/{kind}"))
