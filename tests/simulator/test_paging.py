"""Lists are cut the way each of them documents."""

from __future__ import annotations

import pytest

from Space_OdT.simulator.organisation.views import LazyList
from Space_OdT.simulator.paging import page_reply
from Space_OdT.simulator.protocol import ApiError, Request, Route

ITEMS = [{"id": number} for number in range(25)]
BASE = "http://127.0.0.1:1/v1"


def listed(paging="link", list_key="items", **query):
    route = Route("GET", "/things", lambda *_: ITEMS, list_key=list_key, paging=paging,
                  default_page=10, max_page=20)  # fmt: skip
    request = Request("GET", "/things", query={key: str(value) for key, value in query.items()})
    return page_reply(route, request, ITEMS, BASE)


def test_a_first_page_names_the_next_one():
    reply = listed(max=10, name="a b")
    assert reply.body == {"items": ITEMS[:10]}
    assert reply.headers["Link"] == f'<{BASE}/things?max=10&name=a+b&start=10>; rel="next"'


def test_the_last_page_names_none():
    assert listed(start=20, max=10).body == {"items": ITEMS[20:]}
    assert "Link" not in listed(start=20, max=10).headers
    assert "Link" not in listed(start=15, max=10).headers


def test_a_page_beyond_the_end_is_empty():
    assert listed(start=99).body == {"items": []}


def test_a_size_too_large_is_silently_lowered():
    assert len(listed(max=1000).body["items"]) == 20


def test_a_size_of_many_digits_is_lowered_too():
    assert len(listed(max="9" * 40).body["items"]) == 20
    assert listed(start="9" * 40).body == {"items": []}


@pytest.mark.parametrize(
    "query",
    [
        *({"max": junk} for junk in ("x", "", 0, "+5", "1_0", "5.0", "\u0663", "9" * 5000)),
        {"start": -1},
    ],
)
def test_a_size_that_is_no_number_is_refused(query):
    with pytest.raises(ApiError) as refusal:
        listed(**query)
    assert refusal.value.status == 400


def test_scim_counts_from_one():
    body = listed(paging="scim", list_key="Resources", startIndex=21, count=10).body
    assert body["Resources"] == ITEMS[20:]
    assert (body["totalResults"], body["itemsPerPage"], body["startIndex"]) == (25, 5, 21)


def test_a_list_without_pages_is_whole():
    assert listed(paging="none", max=1).body == {"items": ITEMS}
    assert listed(paging="none", list_key="").body == ITEMS


def test_only_the_items_of_the_page_are_made():
    made = []

    def render(key):
        made.append(key)
        return {"id": key}

    items = LazyList(range(100_000), render, {"count": 100_000})
    route = Route("GET", "/things", lambda *_: items, list_key="items", paging="start")
    reply = page_reply(
        route, Request("GET", "/things", query={"start": "500", "max": "3"}), items, BASE
    )
    assert made == [500, 501, 502]
    assert reply.body == {"count": 100_000, "items": [{"id": 500}, {"id": 501}, {"id": 502}]}
