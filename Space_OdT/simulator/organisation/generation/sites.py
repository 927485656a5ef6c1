"""The locations of the simulated organisation and the numbers that belong to each."""

from __future__ import annotations

from collections import Counter
from random import Random

from Space_OdT.simulator.identifiers import seeded_id, seeded_random
from Space_OdT.simulator.organisation.entities import Location, Number, OwnerKind, PstnKind
from Space_OdT.simulator.organisation.generation.words import (
    ABROAD,
    SITE_WORDS,
    SPAIN,
    STREETS,
    Country,
)
from Space_OdT.simulator.organisation.organisation import Organisation

PEOPLE_PER_LOCATION = 105
MIN_LOCATIONS = 4
MAX_LOCATIONS = 900
FREE_NUMBERS = 8
TOLL_FREE_EVERY = 4
ABROAD_EVERY = 13
NOT_CALLING_EVERY = 20


def location_count(size: int) -> int:
    """Tell how many sites an organisation of a size has."""
    return min(MAX_LOCATIONS, max(MIN_LOCATIONS, round(size / PEOPLE_PER_LOCATION)))


def add_locations(organisation: Organisation, seed: int, size: int) -> None:
    """File the sites; one in twenty is not enabled for Webex Calling."""
    rng = seeded_random(seed, "locations")
    for index in range(location_count(size)):
        location = _location(seed, index, _country(index), rng)
        location.calling = index % NOT_CALLING_EVERY != MIN_LOCATIONS - 1
        organisation.add_location(location)


def _country(index: int) -> Country:
    if index % ABROAD_EVERY != MIN_LOCATIONS - 2:
        return SPAIN
    return ABROAD[(index // ABROAD_EVERY) % len(ABROAD)]


def _location(seed: int, index: int, country: Country, rng: Random) -> Location:
    city, state, postal = country.cities[index % len(country.cities)]
    word = SITE_WORDS[(index // len(country.cities)) % len(SITE_WORDS)]
    name = f"{city} {word} {index + 1:03d}"
    return Location(
        id=seeded_id(seed, "LOCATION", index),
        name=name,
        time_zone=country.time_zone,
        preferred_language=country.language,
        announcement_language="ca_es" if country is SPAIN and index % 2 else country.announcement,
        address1=f"{rng.choice(STREETS)} {rng.randint(1, 240)}",
        address2=rng.choice((None, None, f"Planta {rng.randint(1, 9)}")),
        city=city,
        state=state,
        postal_code=f"{postal}{rng.randint(0, 99):02d}",
        country=country.code,
        latitude=f"{rng.uniform(37, 43):.6f}",
        longitude=f"{rng.uniform(-8, 3):.6f}",
        notes=f"CUV91{index:07d}00",
        caller_name=name[:30],
        external_caller_name=name[:30],
        outside_dial_digit="0" if index % 5 == 0 else "",
        routing_prefix=f"6{index:03d}" if index % 3 == 0 else None,
    )


class Sites:
    """Hands out the numbers and extensions of the calling locations while generating.

    Attributes:
        organisation: The organisation that is being filled.
        seed: Its seed.
        calling: The locations enabled for Webex Calling.
    """

    def __init__(self, organisation: Organisation, seed: int) -> None:
        self.organisation = organisation
        self.seed = seed
        self.calling = [item for item in organisation.locations.values() if item.calling]
        self._site = {item: index for index, item in enumerate(organisation.locations)}
        self._numbers: Counter[str] = Counter()
        self._extensions: Counter[str] = Counter()

    def rng(self, *keys: object) -> Random:
        """Give a random stream of its own for a part of the generation."""
        return seeded_random(self.seed, "organisation", *keys)

    def new_id(self, kind: str, *keys: object) -> str:
        """Give the public id that belongs to these keys."""
        return seeded_id(self.seed, kind, *keys)

    def next_extension(self, location: Location) -> str:
        """Give the next free extension of a site: 8, three digits of the site, four more."""
        self._extensions[location.id] += 1
        return f"8{self._site[location.id]:03d}{self._extensions[location.id]:04d}"

    def next_number(self, location: Location, *, state: str = "ACTIVE") -> str | None:
        """Load the next geographic number of a site into its inventory.

        Args:
            location: The site; without a PSTN connection it has no numbers.
            state: `ACTIVE` or `INACTIVE`.

        Returns:
            The number in E.164, or None.
        """
        if location.pstn is PstnKind.NONE:
            return None
        digits = f"{self._site[location.id]:03d}{self._numbers[location.id]:04d}"
        self._numbers[location.id] += 1
        return self._load(location, self._country(location).trunk_digits + digits, state)

    def intercom_number(self, location: Location, extension: str, *, state: str) -> str | None:
        """Load the number through which the former exchange reaches an extension.

        Args:
            location: The site.
            extension: Eight digits, of which the last seven follow the prefix.
            state: `ACTIVE` or `INACTIVE`.

        Returns:
            The number, or None where the site cannot have it.
        """
        number = f"+3451{extension[-7:]}"
        if location.pstn is not PstnKind.LOCAL_GATEWAY or number in self.organisation.plan.numbers:
            return None
        return self._load(location, number, state)

    def toll_free_number(self, location: Location) -> None:
        """Load a toll-free number into the inventory of a site."""
        number = f"{self._country(location).toll_free}{self._site[location.id]:06d}"
        self.organisation.plan.add(Number(number, location.id, number_type="TOLLFREE"))

    def _load(self, location: Location, phone_number: str, state: str) -> str:
        self.organisation.plan.add(Number(phone_number, location.id, state=state))
        return phone_number

    def _country(self, location: Location) -> Country:
        return next((item for item in ABROAD if item.code == location.country), SPAIN)


def add_inventory(sites: Sites) -> None:
    """Load the numbers nobody has yet: some active, some waiting for the day of the change."""
    for index, location in enumerate(sites.calling):
        for position in range(FREE_NUMBERS):
            sites.next_number(location, state="INACTIVE" if position % 2 else "ACTIVE")
        if location.pstn is not PstnKind.NONE and index % TOLL_FREE_EVERY == 0:
            sites.toll_free_number(location)
        _load_waiting_intercoms(sites, location)


def _load_waiting_intercoms(sites: Sites, location: Location) -> None:
    plan = sites.organisation.plan
    lines = [line for line in plan.extension_only(location.id) if line.extension]
    users = [line for line in lines if line.owner_kind is OwnerKind.PEOPLE][:FREE_NUMBERS]
    for line in users:
        if line.extension:
            sites.intercom_number(location, line.extension, state="INACTIVE")
