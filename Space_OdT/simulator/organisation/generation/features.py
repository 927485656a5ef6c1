"""Attendants, hunt groups, queues, shared lines and virtual extensions of the sites."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any

from Space_OdT.simulator.organisation.entities import (
    Feature,
    LicenceKind,
    Line,
    Location,
    OwnerKind,
    VirtualExtension,
    VirtualExtensionRange,
    VirtualLine,
)
from Space_OdT.simulator.organisation.generation.sites import Sites
from Space_OdT.simulator.organisation.generation.words import SURNAMES

AGENTS = 5
CUSTOMER_ASSIST_EVERY = 3
VIRTUAL_EXTENSION_EVERY = 2

_ID_KINDS = {
    OwnerKind.AUTO_ATTENDANT: "AUTO_ATTENDANT",
    OwnerKind.HUNT_GROUP: "HUNT_GROUP",
    OwnerKind.CALL_QUEUE: "CALL_QUEUE",
    OwnerKind.VOICE_MESSAGING: "VOICE_PORTAL",
}

_FORWARDED = frozenset(_ID_KINDS) - {OwnerKind.VOICE_MESSAGING}


def add_features(sites: Sites) -> None:
    """File the features of every calling site and give each its line."""
    rng = sites.rng("features")
    for index, location in enumerate(sites.calling):
        agents = _agents(sites, rng, location)
        _feature(sites, OwnerKind.VOICE_MESSAGING, "Voice portal", location, (), numbered=False)
        _feature(sites, OwnerKind.AUTO_ATTENDANT, "Centraleta", location, ())
        _feature(sites, OwnerKind.HUNT_GROUP, "Grup de salt", location, agents, numbered=False)
        _feature(sites, OwnerKind.CALL_QUEUE, "Cola general", location, agents)
        if index % CUSTOMER_ASSIST_EVERY == 0:
            _customer_assist_queue(sites, location, agents)
        _virtual_line(sites, index, location)
    _virtual_extensions(sites)


def _agents(sites: Sites, rng: Random, location: Location) -> list[str]:
    people = [person.id for person in sites.organisation.people_at(location.id)]
    return rng.sample(people, min(AGENTS, len(people)))


def _customer_assist_queue(sites: Sites, location: Location, agents: Sequence[str]) -> None:
    organisation = sites.organisation
    licence = organisation.licences_of_kind(LicenceKind.CUSTOMER_ASSIST)[0]
    for agent in agents[:2]:
        person = organisation.people[agent]
        organisation.set_licences(person, [*person.licences, licence.id])
    queue = _feature(sites, OwnerKind.CALL_QUEUE, "Customer Assist", location, agents[:2])
    queue.customer_assist = True
    if agents:
        supervisors = organisation.supervisors
        supervisors[agents[0]] = list(agents[:2])


def _feature(
    sites: Sites,
    kind: OwnerKind,
    label: str,
    location: Location,
    agents: Sequence[str],
    *,
    numbered: bool = True,
) -> Feature:
    members = [{"id": agent, "weight": None, "joined": True} for agent in agents]
    identifier = sites.new_id(_ID_KINDS[kind], label, location.id)
    feature = Feature(identifier, kind, f"{label} {location.name}"[:30], location.id)
    feature.agents = members
    if kind in _FORWARDED:
        rule = _selective_rule(sites, identifier)
        feature.rules[rule["id"]] = rule
    sites.organisation.add_feature(feature)
    number = sites.next_number(location) if numbered else None
    extension = sites.next_extension(location)
    sites.organisation.plan.attach(Line(identifier, kind, location.id, number, extension))
    return feature


def _selective_rule(sites: Sites, feature_id: str) -> dict[str, Any]:
    return {
        "id": sites.new_id("CALL_FORWARDING_SELECTIVE_RULE", feature_id),
        "name": "Fora d'horari",
        "businessSchedule": "Horari laboral",
        "enabled": False,
        "forwardTo": {"selection": "FORWARD_TO_DEFAULT_NUMBER"},
        "callsFrom": {
            "selection": "ANY",
            "customNumbers": {
                "privateNumberEnabled": False,
                "unavailableNumberEnabled": False,
                "numbers": [],
            },
        },
        "callsTo": {"numbers": []},
    }


def _virtual_line(sites: Sites, index: int, location: Location) -> None:
    surname = SURNAMES[index % len(SURNAMES)]
    line = VirtualLine(
        id=sites.new_id("VIRTUAL_LINE", location.id),
        first_name="Línia",
        last_name=surname,
        display_name=f"Línia compartida {surname}",
        location_id=location.id,
        caller_first_name="Línia",
        caller_last_name=surname,
        announcement_language=location.announcement_language,
        time_zone=location.time_zone,
    )
    sites.organisation.virtual_lines[line.id] = line
    extension = sites.next_extension(location)
    number = sites.next_number(location) if index % 2 == 0 else None
    own = Line(line.id, OwnerKind.VIRTUAL_LINE, location.id, number, extension)
    sites.organisation.plan.attach(own)


def _virtual_extensions(sites: Sites) -> None:
    organisation = sites.organisation
    homes: list[Location | None] = [None, None, *sites.calling[::VIRTUAL_EXTENSION_EVERY]]
    for index, home in enumerate(homes):
        surname = SURNAMES[index % len(SURNAMES)]
        item = VirtualExtension(
            id=sites.new_id("VIRTUAL_EXTENSION", index),
            extension=f"9{index:05d}",
            phone_number=f"+3493{index:07d}",
            first_name="Extern",
            last_name=surname,
            display_name=f"Extern {surname}",
            location_id=home.id if home else None,
        )
        organisation.virtual_extensions[item.id] = item
    for index, home in enumerate(homes[1:3]):
        block = VirtualExtensionRange(
            id=sites.new_id("VIRTUAL_EXTENSION_RANGE", index),
            name=f"Rang {index + 1}",
            prefix=f"+34972{index:02d}",
            patterns=[f"7{index}XXX", f"6{index}XX"],
            location_id=home.id if home else None,
        )
        organisation.virtual_extension_ranges[block.id] = block
