from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from Space_OdT.webex.urls import Addresses, encoded_query, family_of, origin_of

BASE = "https://webexapis.com/v1"


@pytest.fixture
def addresses() -> Addresses:
    return Addresses(BASE)


def test_a_path_is_taken_below_the_base(addresses: Addresses) -> None:
    assert str(addresses.target("/people")) == f"{BASE}/people"
    assert str(addresses.target("/people", {"max": 5})) == f"{BASE}/people?max=5"


def test_scim_is_taken_from_the_root_of_the_host(addresses: Addresses) -> None:
    url = addresses.target("/identity/scim/o/v2/Users", {"count": 1})
    assert str(url) == "https://webexapis.com/identity/scim/o/v2/Users?count=1"
    assert str(addresses.target("/identity/organizations/o")).startswith(f"{BASE}/identity")


def test_a_base_without_a_path_is_a_base() -> None:
    assert str(Addresses("http://127.0.0.1:8790").target("/people")) == (
        "http://127.0.0.1:8790/people"
    )


def test_values_of_a_path_cannot_leave_it(addresses: Addresses) -> None:
    assert str(addresses.target("/people/a?b#c d/ñ")) == f"{BASE}/people/a%3Fb%23c%20d/%C3%B1"
    assert str(addresses.target("/people/Y2lz==")) == f"{BASE}/people/Y2lz=="
    with pytest.raises(ValueError):
        addresses.target("/people/../licenses")
    with pytest.raises(ValueError, match="climb"):
        addresses.target("/people/%2E%2e/licenses")
    assert "a..b" in str(addresses.target("/people/a..b"))


def test_queries_are_encoded_and_nothing_is_left_out_but_none() -> None:
    query = {"email": "a+b@example.com", "x": None, "y": False, "z": True, "n": 0, "t": "ñ &="}
    assert encoded_query(query) == "email=a%2Bb%40example.com&y=false&z=true&n=0&t=%C3%B1+%26%3D"


@given(st.dictionaries(st.text(min_size=1), st.text()))
def test_any_query_arrives_as_it_was(query: dict[str, str]) -> None:
    surrogates = any("\ud800" <= c <= "\udfff" for k, v in query.items() for c in k + v)
    if not surrogates:
        url = Addresses(BASE).target("/x", query)
        assert dict(URL(str(url)).query) == query


def test_an_absolute_url_of_the_same_host_is_kept_exactly(addresses: Addresses) -> None:
    link = "https://webexapis.com/v1/people?cursor=a%2Bb&max=2"
    assert str(addresses.target(link)) == link
    assert str(addresses.target(link, {"x": 1})) == f"{link}&x=1"
    assert str(addresses.target("https://webexapis.com/y", {"x": 1})).endswith("/y?x=1")


@pytest.mark.parametrize(
    "link",
    [
        "https://evil.example.com/v1/people",
        "http://webexapis.com/v1/people",
        "https://webexapis.com:444/v1/people",
        "https://webexapis.com@evil.example.com/v1/people",
        "https://user:pw@webexapis.com/v1/people",
        "https://webexapis.com.evil.example.com/v1",
        "//webexapis.com/v1",
        "ftp://webexapis.com/v1",
        "javascript:alert(1)",
        "https://webexapis.com:99999/",
    ],
)
def test_another_host_is_never_ours(addresses: Addresses, link: str) -> None:
    assert not addresses.is_ours(link)
    if not link.startswith("/"):
        with pytest.raises(ValueError):
            addresses.target(link)


def test_case_and_default_port_make_no_other_host(addresses: Addresses) -> None:
    assert addresses.is_ours("https://WebexAPIs.com:443/v1/people")
    assert origin_of("http://Example.com") == ("http", "example.com", 80)


def test_messages_name_the_path_below_the_base(addresses: Addresses) -> None:
    assert addresses.below_base(f"{BASE}/people/1?x=y") == "/people/1"
    assert addresses.below_base("https://other.example.com/a?b") == "/a"
    assert addresses.below_base("https://other.example.com") == "/"


@pytest.mark.parametrize(
    ("method", "path", "family"),
    [
        ("GET", "/people", "read people"),
        ("GET", "/people/Y2lzY29/features/callForwarding", "read people"),
        ("PUT", "/people/Y2lzY29", "write people"),
        ("GET", "/telephony/config/numbers", "read telephony/config/numbers"),
        ("GET", "/telephony/config/locations/1/queues/2", "read telephony/config/locations"),
        ("GET", "/telephony/pstn/locations/1/connection", "read telephony/pstn/locations"),
        ("GET", "/identity/scim/o/v2/Users", "read identity/scim"),
        ("GET", "/groups?count=1", "read groups"),
        ("GET", "https://webexapis.com/v1/people?cursor=1", "read people"),
        ("GET", "/", "read "),
    ],
)
def test_families_hold_no_ids(method: str, path: str, family: str) -> None:
    assert family_of(method, path) == family


@pytest.mark.parametrize(
    ("given", "home"),
    [
        ("https://webexapis.com/v1/people?max=1", "http://127.0.0.1:8790/sim/v1/people?max=1"),
        ("https://webexapis.com/identity/scim/o", "http://127.0.0.1:8790/identity/scim/o"),
        (
            "https://analytics-calling.webexapis.com/v1/cdr_feed",
            "http://127.0.0.1:8790/sim/v1/cdr_feed",
        ),
        ("https://webexapis.com/v1x/y", "http://127.0.0.1:8790/v1x/y"),
        ("https://status.webex.com/index.json", "https://status.webex.com/index.json"),
        ("http://127.0.0.1:8790/sim/v1/people", "http://127.0.0.1:8790/sim/v1/people"),
    ],
)
def test_a_run_against_another_host_never_calls_production(given: str, home: str) -> None:
    assert str(Addresses("http://127.0.0.1:8790/sim/v1").at_home(URL(given))) == home


def test_on_the_public_api_its_other_hosts_are_called_and_trusted(addresses: Addresses) -> None:
    history = "https://analytics-calling.webexapis.com/v1/cdr_feed"
    assert str(addresses.at_home(URL(history))) == history
    assert addresses.is_trusted(history)
    assert addresses.is_trusted("https://webexapis.com/v1/people")
    for url in (
        "http://analytics-calling.webexapis.com/v1/cdr_feed",
        "https://u@analytics.webexapis.com/x",
        "https://status.webex.com/index.json",
        "https://evilwebexapis.com/",
    ):
        assert not addresses.is_trusted(url)
    assert not Addresses("http://127.0.0.1:1/v1").is_trusted(history)


@pytest.mark.parametrize("url", ["https://cdn.example.com", "https://webexapis.com/v1"])
def test_an_address_without_a_path_has_a_family_all_the_same(url: str) -> None:
    assert family_of("GET", url) == "read "
