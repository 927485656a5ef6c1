from __future__ import annotations

import asyncio
import tracemalloc
from typing import Any

import pytest

from Space_OdT.webex.directory import AmbiguousNameError, Directory
from Space_OdT.webex.error_handling import ReasonCode, WebexError
from Space_OdT.webex.ids import encode_id
from Space_OdT.webex.records import Location, Number, Person, Workspace
from Space_OdT.webex.sources import Kind
from Space_OdT.webex.tables import Table
from tests.webex.conftest import Reply, Seen


def uuid(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012d}"


def place(number: int) -> str:
    return encode_id("LOCATION", uuid(number))


def person_item(number: int) -> dict[str, Any]:
    return {
        "id": encode_id("PEOPLE", uuid(number)),
        "emails": [f"User{number}@example.com"],
        "licenses": [encode_id("LICENSE", uuid(1))],
        "locationId": place(number % 10),
        "extension": str(10_000 + number),
        "phoneNumbers": [
            {"type": "work", "value": f"+34910{number:06d}"},
            {"type": "mobile", "value": "+34600000000"},
        ],
    }


def number_item(number: int) -> dict[str, Any]:
    return {
        "phoneNumber": f"+34910{number:06d}",
        "extension": str(10_000 + number),
        "state": "ACTIVE",
        "mainNumber": False,
        "location": {"id": place(number % 10), "name": "x"},
        "owner": {"id": encode_id("PEOPLE", uuid(number)), "type": "PEOPLE"},
    }


class Organisation:
    """A tiny organisation behind the endpoints the directory reads."""

    def __init__(self, users: int, origin: str) -> None:
        self.users, self.origin = users, origin
        self.locations = [{"id": place(n), "name": f"Site {n}"} for n in range(10)]
        self.calling = [
            {"id": place(n) + "=", "name": f"Site {n}", "routingPrefix": f"8{n}"} for n in range(9)
        ]
        self.licences = [
            {
                "id": encode_id("LICENSE", uuid(n)),
                "name": name,
                "totalUnits": users + 5,
                "consumedUnits": users,
                "consumedByUsers": users,
                "subscriptionId": f"Sub{n}",
            }
            for n, name in enumerate(["Messaging", "Webex Calling - Professional"])
        ]
        self.routes = [
            {"id": "r1", "name": "Madrid", "type": "TRUNK"},
            {"id": "r2", "name": "Madrid", "type": "ROUTE_GROUP"},
            {"id": "r3", "name": "Lisbon", "type": "TRUNK"},
        ]
        self.workspaces = [
            {"id": encode_id("PLACE", uuid(n)), "displayName": f"Room {n}", "locationId": place(1)}
            for n in range(12)
        ]

    def __call__(self, seen: Seen) -> Reply:
        path = seen.path.removeprefix("/v1")
        if path == "/licenses":
            return Reply(body={"items": self.licences})
        lists = {
            "/people": ("items", self.people, 100),
            "/telephony/config/numbers": ("phoneNumbers", self.numbers, 2000),
            "/locations": ("items", lambda q: self.locations, 500),
            "/telephony/config/locations": ("locations", lambda q: self.calling, 1000),
            "/telephony/config/routeChoices": ("routeIdentities", lambda q: self.routes, 1000),
            "/workspaces": ("items", self.rooms, 1000),
        }
        key, source, ceiling = lists[path]
        start, size = int(seen.query.get("start", 0)), int(seen.query.get("max", ceiling))
        found, stop = source(seen.query), start + min(size, ceiling)
        headers = {}
        if stop < len(found):
            headers["Link"] = f'<{self.origin}{seen.path}?start={stop}&max={size}>; rel="next"'
        items = [found[n] for n in range(start, min(stop, len(found)))]
        return Reply(body={key: items}, headers=headers)

    def people(self, query) -> Any:
        if "email" in query:
            wanted = query["email"].removeprefix("user").partition("@")[0]
            known = wanted.isdecimal() and int(wanted) < self.users
            return [person_item(int(wanted))] if known else []
        return Lazy(self.users, person_item)

    def numbers(self, query) -> Any:
        if "phoneNumber" in query or "extension" in query:
            wanted = query.get("phoneNumber") or query["extension"]
            return [
                item
                for item in map(number_item, range(self.users))
                if wanted in (item["phoneNumber"] if "phoneNumber" in query else item["extension"])
            ]
        return Lazy(self.users, number_item)

    def rooms(self, query) -> Any:
        name = query.get("displayName", "")
        return [room for room in self.workspaces if name.lower() in room["displayName"].lower()]


class Lazy:
    """A list whose items are made when asked for."""

    def __init__(self, size: int, make) -> None:
        self.size, self.make = size, make

    def __len__(self) -> int:
        return self.size

    def __getitem__(self, index: int) -> Any:
        return self.make(index)


@pytest.fixture
def organisation(server) -> Organisation:
    server.answer = made = Organisation(500, server.origin)
    return made


@pytest.fixture
def directory(organisation, client) -> Directory:
    return Directory(client)


def paths(server) -> list[str]:
    return [seen.path.removeprefix("/v1") for seen in server.seen]


# -- the cost ------------------------------------------------------------------------------


async def test_an_organisation_of_21_000_is_known_after_about_225_calls(server, client) -> None:
    server.answer = Organisation(21_000, server.origin)
    directory = Directory(client)
    await directory.prepare(people=21_000, numbers=21_000)
    await directory.location("Site 1")
    await directory.route("Lisbon")
    asked = paths(server)
    counts = {path: asked.count(path) for path in dict.fromkeys(asked)}
    assert counts == {
        "/licenses": 1,
        "/people": 210,
        "/telephony/config/numbers": 11,
        "/telephony/config/locations": 1,
        "/locations": 1,
        "/telephony/config/routeChoices": 1,
    }
    for number in (0, 20_999):
        person = await directory.person(f"USER{number}@Example.com ")
        assert person is not None
        assert person.extension == str(10_000 + number)
        assert await directory.number(f"+34 910 {number:06d}")
    assert await directory.person("nobody@example.com") is None
    assert len(server.seen) == 225


async def test_few_keys_are_asked_for_one_by_one(server, directory) -> None:
    await directory.prepare(people=5, numbers=1)
    assert paths(server) == ["/licenses"]
    person = await directory.person("User7@example.com")
    assert person is not None
    assert server.seen[-1].query["email"] == "user7@example.com"
    assert server.seen[-1].query["callingData"] == "true"
    await directory.person("user7@EXAMPLE.com")
    assert await directory.person("stranger@example.com") is None
    assert await directory.person("stranger@example.com") is None
    assert len(server.seen) == 3


async def test_more_keys_than_pages_are_worth_the_whole_list(server, directory) -> None:
    await directory.prepare(people=6, numbers=3, workspaces=2)
    counted = paths(server)
    assert counted.count("/people") == 5
    assert counted.count("/telephony/config/numbers") == 1
    assert counted.count("/workspaces") == 1
    await directory.prepare(people=500)
    assert paths(server).count("/people") == 5


async def test_without_leave_to_read_licences_the_organisation_is_taken_for_large(
    server, client
) -> None:
    organisation = Organisation(50, server.origin)

    def answer(seen: Seen) -> Reply:
        return Reply(403) if seen.path.endswith("/licenses") else organisation(seen)

    server.answer = answer
    directory = Directory(client)
    await directory.prepare(people=210)
    assert "/people" not in paths(server)
    await directory.prepare(people=211)
    assert "/people" in paths(server)


async def test_many_askers_share_one_reading(server, directory) -> None:
    await asyncio.gather(*(directory.location("Site 3") for _ in range(20)))
    assert len(server.seen) == 2


# -- records -------------------------------------------------------------------------------


async def test_a_person_comes_with_what_decides_about_writes(directory) -> None:
    person = await directory.person("user7@example.com")
    assert person == Person(
        id=encode_id("PEOPLE", uuid(7)),
        emails=("user7@example.com",),
        licences=(encode_id("LICENSE", uuid(1)),),
        location_id=place(7),
        extension="10007",
        phone_numbers=("+34910000007",),
    )


async def test_extensions_are_looked_for_within_their_location(directory, server) -> None:
    taken = await directory.extension(place(7) + "==", "10007")
    assert taken is not None
    assert taken.owner_type == "PEOPLE"
    assert await directory.extension(place(8), "10007") is None
    assert server.seen[-1].query == {"locationId": place(8), "extension": "10007"}


async def test_a_filter_that_matches_parts_is_not_believed(directory) -> None:
    assert await directory.number("+3491000000") is None
    assert await directory.workspace("Room") is None


async def test_a_blank_key_finds_nothing_and_costs_nothing(directory, server) -> None:
    assert await directory.person(" ") is None
    assert await directory.number("") is None
    assert await directory.extension(place(1), "") is None
    assert await directory.workspace("") is None
    assert server.seen == []


async def test_locations_say_whether_they_have_calling(directory) -> None:
    eight, nine = await directory.location("site 8"), await directory.location(place(9) + "=")
    assert eight is not None
    assert nine is not None
    assert (eight.has_calling, eight.routing_prefix) == (True, "88")
    assert (nine.has_calling, nine.routing_prefix, nine.name) == (False, None, "Site 9")
    assert await directory.location("Site 99") is None


async def test_calling_licences_know_their_free_units(directory) -> None:
    (licence,) = await directory.calling_licences()
    assert licence.name == "Webex Calling - Professional"
    assert licence.free_units == 5
    assert await directory.licence("webex calling - professional") is licence
    assert await directory.licence(licence.id) is licence


async def test_rooms_are_found_by_name(directory, server) -> None:
    room = await directory.workspace("room 3")
    assert room is not None
    assert room.name == "Room 3"
    assert server.seen[-1].query["displayName"] == "room 3"


# -- ambiguity -----------------------------------------------------------------------------


async def test_two_entities_of_one_name_are_reported_not_chosen_between(directory) -> None:
    with pytest.raises(AmbiguousNameError) as found:
        await directory.route("Madrid")
    assert found.value.ids == ("r1", "r2")
    assert found.value.kind is Kind.ROUTE
    trunk = await directory.route("Madrid", kind="TRUNK")
    assert trunk is not None
    assert trunk.id == "r1"


async def test_names_that_differ_in_case_are_told_apart_by_exact_spelling(
    directory, organisation
) -> None:
    organisation.locations += [{"id": place(20), "name": "SITE 1"}]
    exact = await directory.location("SITE 1")
    assert exact is not None
    assert exact.id == place(20)
    with pytest.raises(AmbiguousNameError):
        await directory.location("site 1")


# -- our own writes, and doubt -------------------------------------------------------------


async def test_what_we_write_is_known_without_asking_again(directory, server) -> None:
    await directory.prepare(people=500, numbers=500)
    calls = len(server.seen)
    old = await directory.person("user7@example.com")
    assert old is not None
    new = Person(id=old.id + "=", emails=old.emails, location_id=place(2), extension="20007")
    directory.note_write(new)
    assert await directory.person("user7@example.com") == new
    number = Number("+34910000007", "20007", place(2), owner_id=old.id, owner_type="PEOPLE")
    directory.note_write(number)
    assert await directory.number("+34910000007") == number
    assert await directory.extension(place(2), "20007") == number
    assert await directory.extension(place(7), "10007") is None
    directory.note_removal(number)
    assert await directory.number("+34910000007") is None
    assert len(server.seen) == calls


async def test_what_we_make_is_found_even_if_it_was_known_to_be_absent(directory, server) -> None:
    assert await directory.workspace("Studio") is None
    directory.note_write(Workspace("w1", "Studio"))
    found = await directory.workspace("Studio")
    assert found is not None
    assert await directory.location("New site") is None
    directory.note_write(Location("l1", "New site"))
    renamed = Location("l1", "Newer site")
    directory.note_write(renamed)
    assert await directory.location("New site") is None
    assert await directory.location("Newer site") == renamed


async def test_doubt_about_a_key_costs_one_call(directory, server, organisation) -> None:
    await directory.prepare(people=500)
    organisation.users = 501
    assert await directory.person("user500@example.com") is None
    found = await directory.person("user500@example.com", refresh=True)
    assert found is not None
    assert await directory.person("user500@example.com") == found
    organisation.users = 500
    assert await directory.person("user500@example.com", refresh=True) is None
    assert await directory.person("user500@example.com") is None


async def test_a_short_list_is_read_again_on_doubt(directory, organisation) -> None:
    assert await directory.route("Porto") is None
    organisation.routes.append({"id": "r9", "name": "Porto", "type": "TRUNK"})
    assert await directory.route("Porto") is None
    assert await directory.route("Porto", refresh=True)


async def test_what_we_write_while_a_list_is_read_wins(directory, server, organisation) -> None:
    noted = Person(id=encode_id("PEOPLE", uuid(3)), emails=("user3@example.com",), extension="9")

    def answer(seen: Seen) -> Reply:
        if seen.path.endswith("/people") and seen.query.get("start") == "400":
            directory.note_write(noted)
        return organisation(seen)

    server.answer = answer
    await directory.load(Kind.PERSON)
    assert await directory.person("user3@example.com") == noted
    assert directory.people.is_complete


async def test_a_person_is_found_as_soon_as_the_page_is_read(
    directory, server, organisation
) -> None:
    found_before: list[str] = []

    def answer(seen: Seen) -> Reply:
        found_before.extend(name for name, task in asked.items() if task.done())
        return organisation(seen)

    reading = asyncio.create_task(directory.load(Kind.PERSON))
    await asyncio.sleep(0)
    asked = {
        name: asyncio.create_task(directory.person(f"{name}@example.com"))
        for name in ("user3", "user450", "nobody")
    }
    server.answer = answer
    await reading
    assert "user3" in found_before
    assert "nobody" not in found_before
    assert (await asked["user450"]).emails == ("user450@example.com",)
    assert await asked["nobody"] is None
    assert all("email" not in seen.query for seen in server.seen), "nobody was asked for singly"


async def test_who_waits_for_a_list_that_breaks_off_asks_for_himself(
    directory, server, organisation
) -> None:
    def answer(seen: Seen) -> Reply:
        if seen.query.get("start"):
            return Reply(403, {"message": "no"})
        return organisation(seen)

    server.answer = answer
    reading = asyncio.create_task(directory.load(Kind.PERSON))
    await asyncio.sleep(0)
    person = await directory.person("user450@example.com")
    assert person is not None
    with pytest.raises(WebexError):
        await reading


# -- failure -------------------------------------------------------------------------------


async def test_a_list_that_breaks_off_is_not_taken_for_the_whole(
    directory, server, organisation
) -> None:
    def answer(seen: Seen) -> Reply:
        return Reply(403) if seen.query.get("start") == "300" else organisation(seen)

    server.answer = answer
    with pytest.raises(WebexError):
        await directory.load(Kind.PERSON)
    assert not directory.people.is_complete
    assert await directory.person("user450@example.com") is not None


@pytest.mark.parametrize("item", [{"displayName": "no id"}, "text", {"id": "1", "emails": [1]}])
async def test_an_item_that_is_no_person_is_an_error_of_the_answer(server, client, item) -> None:
    server.replies = [Reply(body={"items": [item]})]
    with pytest.raises(WebexError) as caught:
        await Directory(client).load(Kind.PERSON)
    assert caught.value.reason_code is ReasonCode.INVALID_RESPONSE_SCHEMA


# -- the tables ----------------------------------------------------------------------------


def test_a_table_keeps_each_record_once_per_key() -> None:
    table: Table[Person] = Table()
    one, other = Person("1", ("a@x", "b@x")), Person("2", ("b@x",))
    for record in (one, one, other):
        table.add(record)
    assert table.find("a@x") == (one,)
    assert table.find("b@x") == (one, other)
    assert list(table.records()) == [one, other]
    table.remove(one)
    table.remove(one)
    assert table.find("a@x") == ()
    assert table.find("b@x") == (other,)
    assert len(table) == 1


def test_a_person_costs_little_memory() -> None:
    table: Table[Person] = Table()
    tracemalloc.start()
    for number in range(20_000):
        table.add(Person.parse(person_item(number)))
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept / 20_000 < 1_000  # a million people stay under a gigabyte
