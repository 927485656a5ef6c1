"""A simulated organisation in which nobody has calling yet: what a bulk run starts from."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from Space_OdT.simulator.organisation.entities import USER_CALLING_KINDS
from Space_OdT.simulator.organisation.rules import withdraw_calling
from Space_OdT.simulator.server import save_state
from Space_OdT.simulator.world import DEFAULT_SEED, World

ROUTE = "RG_PRE"
LICENCE = "Webex Calling - Professional"


def bare_world(people: int, seed: int = DEFAULT_SEED) -> World:
    """Generate an organisation, take calling from everybody and buy a unit for each.

    Args:
        people: Number of people.
        seed: The same seed and number give the same organisation.

    Returns:
        The world; its locations, routes and everything else stay.
    """
    world = World.generate(people, seed)
    organisation = world.organisation
    calling = {one.id for one in organisation.licences.values() if one.kind in USER_CALLING_KINDS}
    for person in organisation.people.values():
        kept = [one for one in person.licences if one not in calling]
        if len(kept) < len(person.licences):
            organisation.set_licences(person, kept)
            withdraw_calling(organisation, person)
    for licence in organisation.licences.values():
        if licence.id in calling:
            licence.total_units = people + sum(organisation.consumed_units(licence.id))
    return world


def emails_of(world: World) -> list[str]:
    """List the addresses of everybody.

    Args:
        world: The world.

    Returns:
        E-mail addresses, in the order of the people list.
    """
    return [person.email for person in world.organisation.people.values()]


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the state and the addresses.

    Args:
        arguments: Words of the command line; those of the process when None.

    Returns:
        0.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("state", type=Path, help="file for `simulator --state`")
    parser.add_argument("--people", type=int, default=10_400)
    parser.add_argument("--emails", type=Path, help="file for one address a line")
    chosen = parser.parse_args(arguments)
    world = bare_world(chosen.people)
    save_state(world, chosen.state)
    if chosen.emails:
        chosen.emails.write_text("\n".join(emails_of(world)) + "\n", encoding="utf-8")
    sys.stdout.write(f"{chosen.people} people in {chosen.state}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
