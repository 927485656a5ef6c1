"""The people of the simulated organisation, their licences, lines and groups."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from random import Random

from Space_OdT.simulator.organisation.entities import (
    Group,
    LicenceKind,
    Line,
    Location,
    OwnerKind,
    Person,
)
from Space_OdT.simulator.organisation.generation.sites import Sites
from Space_OdT.simulator.organisation.generation.words import (
    AWKWARD_DISPLAY_NAMES,
    DEPARTMENTS,
    GIVEN_NAMES,
    SURNAMES,
    TITLES,
)
from Space_OdT.simulator.organisation.roles import FULL_ADMINISTRATOR, READ_ONLY_ADMINISTRATOR

CALLING_SHARE = 0.88
PROFESSIONAL_SHARE = 0.62
NUMBER_SHARE = 0.6
INTERCOM_SHARE = 0.08
OTHER_NAME_SHARE = 0.02
MEETING_SHARE = 0.4
INACTIVE_SHARE = 0.02
PENDING_SHARE = 0.04
MANAGED_SHARE = 0.7
CREATED_FROM = datetime(2023, 1, 9, 8, 0, tzinfo=UTC)
CREATED_WITHIN_MINUTES = 60 * 24 * 700
AWKWARD_EVERY = 9


def timestamp(moment: datetime) -> str:
    """Write a moment the way the API does, with milliseconds."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def some_moment(rng: Random) -> datetime:
    """Pick a moment of the organisation's past."""
    return CREATED_FROM + timedelta(minutes=rng.randrange(CREATED_WITHIN_MINUTES))


def plain_ascii(text: str) -> str:
    """Spell a name with ASCII letters only, as e-mail addresses need it."""
    spelled = text.replace("ø", "o").replace("Ł", "L").replace("ł", "l")
    decomposed = unicodedata.normalize("NFKD", spelled)
    return "".join(letter for letter in decomposed if letter.isascii() and letter.isalnum())


class PeopleMaker:
    """Makes people one after another from one random stream."""

    def __init__(self, sites: Sites, size: int) -> None:
        self.sites = sites
        self.rng = sites.rng("people")
        weights = [1 / (rank + 3) for rank in range(len(sites.calling))]
        self.rng.shuffle(weights)
        self.homes = self.rng.choices(sites.calling, cum_weights=list(accumulate(weights)), k=size)
        # Every calling site has somebody, as far as there are people.
        self.homes[: len(sites.calling)] = sites.calling[:size]
        self.emails: set[str] = set()
        self.managers: list[Person] = []
        licences = sites.organisation
        self.standard = licences.licences_of_kind(LicenceKind.STANDARD)[0].id
        self.professional = licences.licences_of_kind(LicenceKind.PROFESSIONAL)[0].id
        self.implicit = licences.licences_of_kind(LicenceKind.IMPLICIT)[0].id
        self.others = [item.id for item in licences.licences_of_kind(LicenceKind.OTHER)]

    def make(self, index: int) -> Person:
        """Make the person of an index, without line and location."""
        rng = self.rng
        first, last = rng.choice(GIVEN_NAMES), rng.choice(SURNAMES)
        second = rng.choice(SURNAMES)
        created = some_moment(rng)
        person = Person(
            id=self.sites.new_id("PEOPLE", index),
            email=self._email(first, last, index),
            first_name=first,
            last_name=f"{last} {second}",
            display_name=f"{first} {last} {second}",
            created=timestamp(created),
            modified=timestamp(created + timedelta(days=rng.randrange(30))),
            department=rng.choice(DEPARTMENTS),
            title=rng.choice(TITLES),
        )
        if index % AWKWARD_EVERY == AWKWARD_EVERY - 1 and index // AWKWARD_EVERY < len(
            AWKWARD_DISPLAY_NAMES
        ):
            person.display_name = AWKWARD_DISPLAY_NAMES[index // AWKWARD_EVERY]
        self._set_status(person, index)
        self._set_manager(person, index)
        return person

    def _email(self, first: str, last: str, index: int) -> str:
        local = f"{plain_ascii(first)}.{plain_ascii(last)}".lower()
        email = f"{local}@example.com"
        if email in self.emails:
            email = f"{local}{index}@example.com"
        self.emails.add(email)
        return email

    def _set_status(self, person: Person, index: int) -> None:
        draw = self.rng.random()
        if index and draw < PENDING_SHARE:
            person.status, person.invite_pending = "pending", True
        elif index and draw < PENDING_SHARE + INACTIVE_SHARE:
            person.status, person.login_enabled = "inactive", False
        else:
            person.last_activity = timestamp(some_moment(self.rng) + timedelta(days=700))

    def _set_manager(self, person: Person, index: int) -> None:
        if index % 40 == 0:
            self.managers.append(person)
        elif self.rng.random() < MANAGED_SHARE:
            boss = self.rng.choice(self.managers[-5:])
            person.manager_id, person.manager = boss.id, boss.display_name

    def licences(self, *, calling: bool) -> list[str]:
        """Pick the licences of one person."""
        held = [self.implicit, self.others[0]]
        if calling:
            professional = self.rng.random() < PROFESSIONAL_SHARE
            held.append(self.professional if professional else self.standard)
        if self.rng.random() < MEETING_SHARE:
            held.append(self.others[1])
        if self.rng.random() < OTHER_NAME_SHARE:
            held.append(self.others[2])
        return held


def add_people(sites: Sites, size: int) -> None:
    """File the people; most have calling in a location, some only messages or nothing."""
    maker = PeopleMaker(sites, size)
    organisation = sites.organisation
    for index in range(size):
        person = maker.make(index)
        home = maker.homes[index]
        calling = index < len(sites.calling) or maker.rng.random() < CALLING_SHARE
        person.licences = maker.licences(calling=calling)
        if calling:
            person.location_id = home.id
            person.time_zone = home.time_zone
            person.addresses = [_address(home)]
            _give_line(sites, maker.rng, person, home)
        if any(organisation.licences[item].site_url for item in person.licences):
            person.site_urls = ["site.example.webex.com#attendee"]
        organisation.add_person(person)
    _appoint(sites, list(organisation.people.values()))


def _appoint(sites: Sites, people: list[Person]) -> None:
    people[0].roles = [FULL_ADMINISTRATOR]
    sites.organisation.me_id = people[0].id
    for person in people[50::997]:
        person.roles = [READ_ONLY_ADMINISTRATOR]


def _address(home: Location) -> dict[str, str]:
    return {
        "type": "work",
        "country": home.country,
        "locality": home.city,
        "region": home.state,
        "streetAddress": home.address1,
        "postalCode": home.postal_code,
    }


def _give_line(sites: Sites, rng: Random, person: Person, home: Location) -> None:
    plan = sites.organisation.plan
    extension = sites.next_extension(home)
    number = sites.next_number(home) if rng.random() < NUMBER_SHARE else None
    plan.attach(Line(person.id, OwnerKind.PEOPLE, home.id, number, extension))
    wanted = rng.random() < INTERCOM_SHARE
    intercom = sites.intercom_number(home, extension, state="ACTIVE") if wanted else None
    if intercom:
        plan.attach(Line(person.id, OwnerKind.PEOPLE, home.id, intercom, role="ALTERNATE"))


def add_groups(sites: Sites) -> None:
    """File a group for every department, one with everybody of a site, and an empty one."""
    organisation = sites.organisation
    people = list(organisation.people.values())
    wanted = [(name, [p.id for p in people if p.department == name]) for name in DEPARTMENTS]
    first_site = sites.calling[0]
    wanted.append(
        (f"Site {first_site.name}", [p.id for p in organisation.people_at(first_site.id)])
    )
    wanted.append(("Without members", []))
    rng = sites.rng("groups")
    for name, members in wanted:
        created = timestamp(some_moment(rng))
        group = Group(sites.new_id("SCIM_GROUP", name), name, created, created, members)
        organisation.groups[group.id] = group
