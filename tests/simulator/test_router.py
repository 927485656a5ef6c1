"""Paths find their routes, and nothing else does."""

from __future__ import annotations

import pytest

from Space_OdT.simulator.protocol import ApiError, Route
from Space_OdT.simulator.router import Router, below_api


def route(method, template):
    return Route(method, template, lambda _world, _request: {})


@pytest.fixture
def router():
    return Router(
        [
            route("GET", "/people"),
            route("GET", "/people/me"),
            route("GET", "/people/{personId}"),
            route("PUT", "/people/{personId}"),
            route("GET", "/people/{personId}/features/{feature}"),
            route("GET", "/a/{x}/c"),
            route("GET", "/a/b/d"),
        ]
    )


def test_a_fixed_name_goes_before_a_parameter(router):
    assert router.find("GET", "/people/me").route.template == "/people/me"
    match = router.find("GET", "/people/xyz")
    assert (match.route.template, match.params) == ("/people/{personId}", {"personId": "xyz"})


def test_a_parameter_is_tried_when_the_fixed_name_leads_nowhere(router):
    assert router.find("GET", "/a/b/c").params == {"x": "b"}


def test_parameters_keep_the_order_of_the_path(router):
    assert list(router.find("GET", "/people/1/features/2").params) == ["personId", "feature"]


def test_a_trailing_slash_makes_no_difference(router):
    assert router.find("GET", "/people/").route.template == "/people"


def test_of_two_routes_for_one_path_the_first_counts():
    first = route("GET", "/x/{one}")
    router = Router([first, route("GET", "/x/{other}")])
    match = router.find("GET", "/x/1")
    assert match.route is first
    assert match.params == {"one": "1"}
    assert router.routes == [first]


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/people/1/features",
        "/people/1/2/3/4",
        "/a//c",
        "//people",
        "/people//",
    ],
)
def test_an_unknown_path_is_no_static_resource(router, path):
    with pytest.raises(ApiError, match="No static resource") as refusal:
        router.find("GET", path)
    assert refusal.value.status == 404


def test_another_method_is_refused_with_those_allowed(router):
    with pytest.raises(ApiError, match="'DELETE' is not supported") as refusal:
        router.find("DELETE", "/people/1")
    assert refusal.value.status == 405
    assert refusal.value.headers == {"Allow": "GET, PUT"}


@pytest.mark.parametrize(
    ("path", "below"),
    [
        ("/v1/people", "/people"),
        ("/v1/identity/organizations/1", "/identity/organizations/1"),
        ("/identity/organizations/1", "/identity/organizations/1"),
        ("/identity/scim/1/v2/Users", "/identity/scim/1/v2/Users"),
        ("/v1/identity/scim/1/v2/Users", None),
        ("/people", None),
        ("/v1people", None),
        ("/", None),
    ],
)
def test_the_prefix_of_the_api_is_taken_off(path, below):
    assert below_api(path) == below
