from __future__ import annotations

from itertools import chain

import pytest
from aiohttp import web

from Space_OdT.webex.error_handling import ReasonCode, WebexError
from Space_OdT.webex.paging import next_link
from tests.webex.conftest import Reply


async def gathered(pages) -> list[list]:
    return [page async for page in pages]


async def refusal_of(pages) -> WebexError:
    with pytest.raises(WebexError) as caught:
        await gathered(pages)
    return caught.value


def people(start: int, stop: int) -> list[dict[str, str]]:
    return [{"id": str(number)} for number in range(start, stop)]


def linked(origin: str, total: int, *, ceiling: int = 100):
    """A server that cuts by start/max and gives next links."""

    def answer(seen) -> Reply:
        start = int(seen.query.get("start", 0))
        size = min(int(seen.query.get("max", ceiling)), ceiling)
        stop = min(start + size, total)
        headers = {}
        if stop < total:
            headers["Link"] = f'<{origin}/v1/people?start={stop}&max={size}>; rel="next"'
        return Reply(body={"items": people(start, stop)}, headers=headers)

    return answer


# -- links ---------------------------------------------------------------------------------


async def test_next_links_are_followed_exactly_as_given(server, client) -> None:
    link = f"{server.origin}/v1/people?cursor=a%2Bb%3D%3D"
    server.replies = [
        Reply(body={"items": people(0, 2)}, headers={"Link": f'<{link}>; rel="next"'}),
        Reply(body={"items": people(2, 3)}),
    ]
    pages = await gathered(
        client.pages("/people", list_key="items", query={"callingData": True}, page_size=2)
    )
    assert pages == [people(0, 2), people(2, 3)]
    assert server.seen[0].query == {"callingData": "true", "max": "2"}
    assert server.seen[1].query == {"cursor": "a+b=="}


@pytest.mark.parametrize("style", ["link", "start"])
async def test_a_lowered_page_size_loses_nothing(server, client, style) -> None:
    server.answer = linked(server.origin, 250, ceiling=100)
    pages = await gathered(client.pages("/people", list_key="items", style=style, page_size=1000))
    assert [len(page) for page in pages] == [100, 100, 50]


async def test_a_relative_next_link_is_taken_from_the_page(server, client) -> None:
    server.replies = [
        Reply(body={"items": people(0, 1)}, headers={"Link": '</v1/people?p=2>; rel="next"'}),
        Reply(body={"items": people(1, 2)}),
    ]
    assert len(await gathered(client.pages("/people", list_key="items"))) == 2


async def test_several_link_fields_count_as_one(server, client) -> None:
    async def answer(request: web.Request) -> None:
        assert request.transport is not None
        links = [
            f'<{server.origin}/v1/people>; rel="first"',
            f'<{server.origin}/v1/people?p=2>; rel="next"',
        ]
        fields = "".join(f"Link: {link}\r\n" for link in links)
        body = '{"items": [{"id": "0"}]}'
        head = f"HTTP/1.1 200 OK\r\n{fields}Content-Length: {len(body)}\r\n\r\n"
        request.transport.write((head + body).encode())
        request.transport.close()

    server.replies = [Reply(do=answer), Reply(body={"items": people(1, 2)})]
    assert await gathered(client.pages("/people", list_key="items")) == [
        people(0, 1),
        people(1, 2),
    ]


@pytest.mark.parametrize(
    "link", ["https://evil.example.com/v1/people?p=2", "//evil.example.com/x", "http://u@{}/x"]
)
async def test_the_token_never_follows_a_link_to_another_host(server, client, link) -> None:
    link = link.replace("{}", server.origin.removeprefix("http://"))
    server.replies = [
        Reply(body={"items": people(0, 1)}, headers={"Link": f'<{link}>; rel="next"'})
    ]
    error = await refusal_of(client.pages("/people", list_key="items"))
    assert error.reason_code is ReasonCode.INVALID_RESPONSE_SCHEMA
    assert "next page lies on" in error.message
    assert len(server.seen) == 1


async def test_a_link_that_leads_back_is_found(server, client) -> None:
    header = {"Link": f'<{server.origin}/v1/people>; rel="next"'}
    server.replies = [Reply(body={"items": people(0, 1)}, headers=header)]
    error = await refusal_of(client.pages("/people", list_key="items"))
    assert "leads back" in error.message
    assert len(server.seen) == 1


async def test_pages_that_repeat_under_new_addresses_are_found(server, client) -> None:
    def answer(seen) -> Reply:
        link = f'<{server.origin}/v1/people?p={len(server.seen)}>; rel="next"'
        return Reply(body={"items": people(0, 2)}, headers={"Link": link})

    server.answer = answer
    error = await refusal_of(client.pages("/people", list_key="items"))
    assert "came twice" in error.message
    assert len(server.seen) == 2


async def test_pages_are_bounded(server, client) -> None:
    server.answer = linked(server.origin, 1000, ceiling=1)
    error = await refusal_of(client.pages("/people", list_key="items", max_pages=5))
    assert "more than 5 pages" in error.message
    assert len(server.seen) == 5


async def test_an_empty_page_ends_the_list_even_with_a_link(server, client) -> None:
    header = {"Link": f'<{server.origin}/v1/people?p=2>; rel="next"'}
    server.replies = [Reply(body={"items": []}, headers=header)]
    assert await gathered(client.pages("/people", list_key="items")) == []


@pytest.mark.parametrize(
    ("header", "target"),
    [
        (None, None),
        ("", None),
        ('<https://x/1>; rel="next"', "https://x/1"),
        ("<https://x/1>; rel=next", "https://x/1"),
        ('<https://x/0>; rel="prev", <https://x/2,3>; title="a"; rel="last next"', "https://x/2,3"),
        ('<https://x/0>; rel="first"', None),
        ('<https://x/0>; rel="nextish"', None),
        ("garbage", None),
    ],
)
def test_the_next_relation_is_found_in_a_link_header(header, target) -> None:
    assert next_link(header) == target


# -- start and max -------------------------------------------------------------------------


async def test_start_is_counted_up_where_the_server_gives_no_link(server, client) -> None:
    def answer(seen) -> Reply:
        start = int(seen.query.get("start", 0))
        return Reply(body={"queues": people(start, min(start + 3, 8))})

    server.answer = answer
    pages = await gathered(
        client.pages("/x", list_key="queues", style="start", page_size=3, query={"name": "a"})
    )
    assert [len(page) for page in pages] == [3, 3, 2]
    assert [seen.query.get("start") for seen in server.seen] == [None, "3", "6"]
    assert all(seen.query["name"] == "a" for seen in server.seen)


async def test_a_list_that_ends_with_a_full_page_costs_one_empty_page(server, client) -> None:
    server.answer = lambda seen: Reply(
        body={"x": people(0, 3) if "start" not in seen.query else []}
    )
    assert len(await gathered(client.pages("/x", list_key="x", style="start", page_size=3))) == 1
    assert len(server.seen) == 2


async def test_a_server_that_ignores_start_gave_everything_at_once(server, client) -> None:
    server.replies = [Reply(body={"x": people(0, 3)})]
    pages = await gathered(client.pages("/x", list_key="x", style="start", page_size=3))
    assert pages == [people(0, 3)]


async def test_items_without_ids_tell_pages_apart_as_a_whole(server, client) -> None:
    numbers = [[{"phoneNumber": "+1"}, {"phoneNumber": "+2"}], [{"phoneNumber": "+1"}]]
    server.replies = [Reply(body={"x": numbers[0]}), Reply(body={"x": numbers[1]})]
    pages = await gathered(client.pages("/x", list_key="x", style="start", page_size=2))
    assert pages == numbers


async def test_without_a_page_size_only_links_lead_on(server, client) -> None:
    server.replies = [Reply(body={"x": people(0, 3)})]
    assert len(await gathered(client.pages("/x", list_key="x", style="start"))) == 1
    assert len(server.seen) == 1
    assert server.seen[0].query == {}


# -- SCIM ----------------------------------------------------------------------------------


async def test_scim_counts_from_one_to_the_total(server, client) -> None:
    def answer(seen) -> Reply:
        start = int(seen.query["startIndex"])
        stop = min(start + 2, 6)  # gives two, however many are asked for
        return Reply(body={"totalResults": 5, "Resources": people(start, stop)})

    server.answer = answer
    pages = await gathered(
        client.pages("/identity/scim/o/v2/Users", list_key="Resources", style="scim", page_size=4)
    )
    assert [len(page) for page in pages] == [2, 2, 1]
    assert [seen.query["startIndex"] for seen in server.seen] == ["1", "3", "5"]
    assert server.seen[0].query["count"] == "4"


async def test_scim_may_leave_an_empty_list_out(server, client) -> None:
    server.replies = [Reply(body={"totalResults": 0})]
    assert await gathered(client.pages("/groups", list_key="groups", style="scim")) == []


async def test_scim_without_a_total_ends_with_a_short_page(server, client) -> None:
    server.replies = [Reply(body={"groups": people(0, 2)}), Reply(body={"groups": people(2, 3)})]
    pages = await gathered(client.pages("/groups", list_key="groups", style="scim", page_size=2))
    assert [len(page) for page in pages] == [2, 1]


async def test_a_total_that_never_comes_is_bounded_by_an_empty_page(server, client) -> None:
    server.replies = [
        Reply(body={"totalResults": 9, "groups": people(0, 2)}),
        Reply(body={"totalResults": 9, "groups": []}),
    ]
    assert len(await gathered(client.pages("/groups", list_key="groups", style="scim"))) == 1


# -- shapes --------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["$", ""])
async def test_a_bare_array_is_a_list(server, client, key) -> None:
    server.replies = [Reply(body=people(0, 2))]
    assert await gathered(client.pages("/x", list_key=key, style="none")) == [people(0, 2)]


async def test_a_list_may_lie_deeper(server, client) -> None:
    server.replies = [Reply(body={"data": {"items": people(0, 2)}})]
    assert await gathered(client.pages("/x", list_key="data.items", style="none"))


@pytest.mark.parametrize("body", [None, {}, {"items": None}, {"items": []}])
async def test_nothing_is_an_empty_list(server, client, body) -> None:
    server.replies = [Reply(body=body)]
    assert await gathered(client.pages("/x", list_key="items")) == []


@pytest.mark.parametrize("body", [{"other": []}, {"items": {"id": 1}}, "text", 3, [1]])
async def test_an_answer_without_the_list_is_an_error(server, client, body) -> None:
    server.replies = [Reply(body=body)]
    error = await refusal_of(client.pages("/x", list_key="items"))
    assert error.reason_code is ReasonCode.INVALID_RESPONSE_SCHEMA
    assert "items" in error.message


# -- a server that cannot cope -------------------------------------------------------------


async def test_a_page_too_big_for_the_server_is_asked_for_in_halves(server, client) -> None:
    give = linked(server.origin, 60)

    def answer(seen) -> Reply:
        return Reply(504) if int(seen.query["max"]) > 25 else give(seen)

    server.answer = answer
    pages = await gathered(
        client.pages("/people", list_key="items", page_size=100, query={"callingData": True})
    )
    assert list(chain.from_iterable(pages)) == people(0, 60)
    asked = [seen.query["max"] for seen in server.seen]
    assert asked[:3] == ["100", "50", "25"]


async def test_a_later_page_is_halved_within_its_link(server, client) -> None:
    give = linked(server.origin, 100)

    def answer(seen) -> Reply:
        too_big = int(seen.query["max"]) > 10 and int(seen.query.get("start", 0)) >= 40
        return Reply(503) if too_big else give(seen)

    server.answer = answer
    pages = await gathered(client.pages("/people", list_key="items", page_size=40))
    assert list(chain.from_iterable(pages)) == people(0, 100)
    assert server.seen[-1].query["max"] == "10"


async def test_pages_grow_again_when_the_trouble_is_over(server, client) -> None:
    give = linked(server.origin, 400)

    def answer(seen) -> Reply:
        return Reply(504) if len(server.seen) == 2 else give(seen)

    server.answer = answer
    pages = await gathered(client.pages("/people", list_key="items", page_size=40))
    assert list(chain.from_iterable(pages)) == people(0, 400)
    asked = [seen.query["max"] for seen in server.seen]
    assert asked[:6] == ["40", "40", "20", "20", "20", "40"]
    assert set(asked[6:]) == {"40"}


async def test_a_size_that_fails_again_is_tried_less_and_less(server, client) -> None:
    give = linked(server.origin, 2000)

    def answer(seen) -> Reply:
        return Reply(504) if int(seen.query["max"]) > 20 else give(seen)

    server.answer = answer
    pages = await gathered(client.pages("/people", list_key="items", page_size=40))
    assert list(chain.from_iterable(pages)) == people(0, 2000)
    refused = [seen for seen in server.seen if seen.query["max"] == "40"]
    assert len(refused) == 4, "at the start, then after 3, 12 and 48 good pages"


async def test_halving_ends_and_then_the_whole_patience_counts(server, client) -> None:
    server.replies = [Reply(504)]
    error = await refusal_of(client.pages("/people", list_key="items", page_size=20))
    assert error.reason_code is ReasonCode.RETRY_EXHAUSTED
    assert error.attempts == 3
    assert server.seen[-1].query["max"] == "5"


async def test_other_failures_are_not_taken_for_too_big_a_page(server, client) -> None:
    server.replies = [Reply(403)]
    error = await refusal_of(client.pages("/people", list_key="items", page_size=100))
    assert error.reason_code is ReasonCode.PERMISSION_DENIED
    assert len(server.seen) == 1


async def test_a_broken_page_whose_size_is_not_to_blame_gets_the_whole_patience(
    server, client
) -> None:
    server.replies = [Reply(500), Reply(500), Reply(500), Reply(body={"items": people(0, 3)})]
    pages = await gathered(client.pages("/people", list_key="items", page_size=100))
    assert pages == [people(0, 3)]
    assert {seen.query["max"] for seen in server.seen} == {"100"}


# -- pages that cannot be used -------------------------------------------------------------


async def test_one_page_without_its_list_does_not_cost_the_whole_list(server, client) -> None:
    server.replies = [
        Reply(body={"items": people(0, 2)}, headers={"Link": '</v1/people?p=2>; rel="next"'}),
        Reply(body={"trackingId": "x"}),
        Reply(body={"items": people(2, 3)}),
    ]
    assert await gathered(client.pages("/people", list_key="items")) == [people(0, 2), people(2, 3)]
    assert [seen.query for seen in server.seen[1:]] == [{"p": "2"}] * 2


async def test_a_list_that_is_not_there_is_asked_for_twice_only(server, client) -> None:
    server.answer = lambda _: Reply(body={"trackingId": "x"})
    error = await refusal_of(client.pages("/people", list_key="items"))
    assert error.reason_code is ReasonCode.INVALID_RESPONSE_SCHEMA
    assert len(server.seen) == 2


async def test_a_page_with_an_item_that_lacks_its_id_is_asked_for_again(server, client) -> None:
    server.replies = [
        Reply(body={"items": [{"id": "0"}, {"displayName": "x"}]}),
        Reply(body={"items": people(0, 2)}),
    ]
    pages = client.pages("/people", list_key="items", fields=("id",))
    assert await gathered(pages) == [people(0, 2)]
    server.answer = lambda _: Reply(body={"items": [{"displayName": "x"}]})
    error = await refusal_of(client.pages("/people", list_key="items", fields=("id",)))
    assert "an item of the list lacks id" in str(error)
