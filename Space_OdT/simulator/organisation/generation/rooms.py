"""The workspaces of the simulated organisation, and everybody's devices."""

from __future__ import annotations

from random import Random

from Space_OdT.simulator.organisation.entities import (
    Device,
    LicenceKind,
    Line,
    Location,
    OwnerKind,
    Person,
    Workspace,
)
from Space_OdT.simulator.organisation.generation.people import some_moment, timestamp
from Space_OdT.simulator.organisation.generation.sites import Sites
from Space_OdT.simulator.organisation.generation.words import PHONES, ROOM_DEVICES, ROOMS, Product

PERSON_PHONE_SHARE = 0.3
NUMBER_SHARE = 0.5

# Calling type and licence of the workspaces, in turn; None is a workspace without a licence.
_KINDS: tuple[tuple[str, LicenceKind | None], ...] = (
    ("webexCalling", LicenceKind.PROFESSIONAL),
    ("webexCalling", LicenceKind.WORKSPACE),
    ("freeCalling", None),
    ("webexCalling", LicenceKind.HOT_DESK),
    ("webexCalling", LicenceKind.PROFESSIONAL),
    ("webexCalling", LicenceKind.WORKSPACE),
    ("none", None),
    ("freeCalling", None),
)


def add_workspaces(sites: Sites, total: int) -> None:
    """File workspaces of every kind, round the calling sites."""
    rng = sites.rng("workspaces")
    licence_of = {
        kind: sites.organisation.licences_of_kind(kind)[0].id for _, kind in _KINDS if kind
    }
    for index in range(total):
        calling, kind = _KINDS[index % len(_KINDS)]
        home = sites.calling[(index * 7 + index // len(_KINDS)) % len(sites.calling)]
        workspace = Workspace(
            id=sites.new_id("PLACE", index),
            display_name=f"{rng.choice(ROOMS)} {home.city} {index + 1}",
            created=timestamp(some_moment(rng)),
            location_id=home.id,
            calling=calling,
            licences=[licence_of[kind]] if kind else [],
            capacity=rng.choice((None, 4, 8, 20)),
            type=rng.choice(("notSet", "meetingRoom", "huddle", "desk", "open")),
            notes=rng.choice((None, "Planta baixa", 'Aforo "limitado", 8 personas')),
            hotdesking="on" if kind is LicenceKind.HOT_DESK else "off",
            supported_devices="phones" if kind is LicenceKind.WORKSPACE else "collaborationDevices",
        )
        sites.organisation.add_workspace(workspace)
        if kind in {LicenceKind.PROFESSIONAL, LicenceKind.WORKSPACE}:
            _give_line(sites, rng, workspace, home)


def _give_line(sites: Sites, rng: Random, workspace: Workspace, home: Location) -> None:
    plan = sites.organisation.plan
    extension = sites.next_extension(home)
    number = sites.next_number(home) if rng.random() < NUMBER_SHARE else None
    plan.attach(Line(workspace.id, OwnerKind.PLACE, home.id, number, extension))
    professional = sites.organisation.calling_workspace_kind(workspace.id) == "professional"
    wanted = professional and rng.random() < NUMBER_SHARE
    intercom = sites.intercom_number(home, extension, state="ACTIVE") if wanted else None
    if intercom:
        plan.attach(Line(workspace.id, OwnerKind.PLACE, home.id, intercom, role="ALTERNATE"))


def add_devices(sites: Sites) -> None:
    """Give phones to some Calling users and a device to most workspaces."""
    rng = sites.rng("devices")
    organisation = sites.organisation
    for person in organisation.people.values():
        if person.location_id and rng.random() < PERSON_PHONE_SHARE:
            _add(sites, rng, rng.choice(PHONES), person, OwnerKind.PEOPLE)
    for workspace in organisation.workspaces.values():
        kind = organisation.calling_workspace_kind(workspace.id)
        if workspace.calling != "none":
            products = PHONES if kind == "basic" else ROOM_DEVICES
            _add(sites, rng, rng.choice(products), workspace, OwnerKind.PLACE)


def _add(
    sites: Sites, rng: Random, product: Product, owner: Person | Workspace, owner_kind: OwnerKind
) -> None:
    organisation = sites.organisation
    index = len(organisation.devices)
    device = Device(
        id=sites.new_id("DEVICE", index),
        calling_id=sites.new_id("CALLING_DEVICE", index) if product.calling else None,
        display_name=owner.display_name,
        owner_id=owner.id,
        owner_kind=owner_kind,
        location_id=owner.location_id,
        product=product.name,
        type=product.type,
        mac=f"02{index:010X}",
        serial=f"SIM{index:08d}",
        ip=f"10.{index >> 16 & 255}.{index >> 8 & 255}.{index & 255}",
        software=product.software,
        created=timestamp(some_moment(rng)),
        status=rng.choice(("connected", "connected", "connected", "disconnected")),
        tags=["planta 1", "préstamo"] if index % 10 == 0 else [],
    )
    organisation.add_device(device)
