"""The licences of the simulated subscription."""

from __future__ import annotations

from dataclasses import dataclass

from Space_OdT.simulator.identifiers import encode_id, seeded_uuid
from Space_OdT.simulator.organisation.entities import Licence, LicenceKind
from Space_OdT.simulator.organisation.organisation import Organisation


@dataclass(slots=True, frozen=True)
class Offer:
    """One line of the subscription; `spare` units stay free at least."""

    name: str
    kind: LicenceKind
    code: str
    spare: int
    site: bool = False


OFFERS = (
    Offer("Webex Calling - Professional", LicenceKind.PROFESSIONAL, "BCSTD", 25),
    Offer("Webex Calling - Standard", LicenceKind.STANDARD, "BCBAS", 10),
    Offer("Webex Calling - Workspaces", LicenceKind.WORKSPACE, "BCCA", 10),
    Offer("Webex Calling - Hot desk only", LicenceKind.HOT_DESK, "BCHDO", 5),
    Offer("Messaging", LicenceKind.OTHER, "MS", 40),
    Offer("Meeting - Webex Meeting Center", LicenceKind.OTHER, "EE", 30, site=True),
    Offer("Webex Voice NO PSTN", LicenceKind.OTHER, "FTV", 5),
    Offer("Call on Webex (1:1 call, non-PSTN)", LicenceKind.IMPLICIT, "FTC", 100),
    Offer("Attendant Console", LicenceKind.ATTENDANT_CONSOLE, "BCATC", 3),
    Offer("Customer Assist", LicenceKind.CUSTOMER_ASSIST, "BCCXE", 20),
)


def add_licences(organisation: Organisation, seed: int, org_uuid: str) -> None:
    """File the catalogue; units are bought when everybody has what he needs."""
    for offer in OFFERS:
        name = f"{org_uuid}:{offer.code}_{seeded_uuid(seed, 'licence', offer.code)}"
        licence = Licence(
            id=encode_id("LICENSE", name),
            name=offer.name,
            kind=offer.kind,
            total_units=0,
            subscription_id="Sub-sim000001",
            site_url="site.example.webex.com" if offer.site else None,
        )
        organisation.licences[licence.id] = licence


def buy_units(organisation: Organisation) -> None:
    """Set what was bought: what is used, the spare units and a twentieth more."""
    spare = {offer.name: offer.spare for offer in OFFERS}
    for licence in organisation.licences.values():
        consumed = sum(organisation.consumed_units(licence.id))
        licence.total_units = consumed + spare[licence.name] + consumed // 20
