"""Tokens allow what their names say."""

from __future__ import annotations

import pytest

from Space_OdT.simulator.auth import READ_SCOPES, grant_of
from Space_OdT.simulator.protocol import ApiError, Route


def route(*scopes):
    return Route("GET", "/x", lambda *_: {}, scopes)


def grant(token):
    return grant_of({"Authorization": f"Bearer {token}"})


def test_the_admin_token_may_do_everything_and_so_may_a_renewed_one():
    assert grant("sim-admin-token").admits(route("any:scope"))
    assert grant("sim-admin-token-2").admits(route("any:scope"))


def test_the_read_only_token_reads():
    reader = grant("sim-readonly-token")
    assert reader.admits(route("spark-admin:people_read"))
    assert not reader.admits(route("spark-admin:people_write"))
    assert not any("write" in scope or scope.endswith("_rw") for scope in READ_SCOPES)


def test_a_token_of_chosen_scopes_has_just_those():
    chosen = grant("sim-scopes:a:b,c:d")
    assert chosen.admits(route("a:b", "x:y"))
    assert not chosen.admits(route("x:y"))
    assert chosen.admits(route())


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Basic c2lt"},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer wrong"},
        {"Authorization": "Bearer sim-admin-tokens"},
    ],
)
def test_anything_else_is_unauthorized(headers):
    with pytest.raises(ApiError) as refusal:
        grant_of(headers)
    assert refusal.value.status == 401
