from __future__ import annotations

from datetime import UTC, datetime

import pytest

from Space_OdT.engine.startup_checks import (
    Access,
    StartupError,
    check_access,
    check_organisation,
    unusable,
)
from Space_OdT.webex.ids import encode_id
from tests.engine.doubles import FakeClient, broken, refusal

UUID = "8f2b0c9e-1111-4000-8000-000000000001"
ORG = encode_id("ORGANIZATION", UUID)
ME = {"id": "p", "orgId": ORG, "displayName": "Ana López"}


async def test_the_organisation_and_the_end_of_the_token_are_shown() -> None:
    client = FakeClient(ME, {"displayName": "Example Org"}, {"exp": 1_900_000_000_000})
    access = await check_access(client)
    assert access.organisation == f"Example Org ({ORG})"
    assert access.person == "Ana López"
    assert access.expires_at == datetime(2030, 3, 17, 17, 46, 40, tzinfo=UTC)
    assert [one["path"] for one in client.asked] == [
        "/people/me",
        f"/organizations/{ORG}",
        "/authorizations/tokenExpiry",
    ]


async def test_what_the_token_may_not_read_is_done_without() -> None:
    access = await check_access(FakeClient(ME, refusal(403), refusal(404)))
    assert access.organisation_name == ""
    assert access.expires_at is None
    assert "name not readable" in access.organisation


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (refusal(401), "The token was rejected"),
        (refusal(403), "scopes or role"),
        (refusal(500), "Webex cannot be used"),
        (broken(), "Webex cannot be used"),
    ],
)
async def test_a_first_call_that_fails_says_what_to_change(error, words) -> None:
    with pytest.raises(StartupError, match=words) as failure:
        await check_access(FakeClient(error))
    assert "http://127.0.0.1:1/v1" in str(failure.value)


async def test_a_token_that_dies_between_the_checks_is_noticed() -> None:
    with pytest.raises(StartupError, match="The token was rejected"):
        await check_access(FakeClient(ME, refusal(401)))


@pytest.mark.parametrize("wanted", [None, ORG, f"{ORG}=", UUID, UUID.upper()])
def test_the_organisation_that_is_meant_passes(wanted) -> None:
    check_organisation(Access(ORG), wanted)


def test_another_organisation_is_refused_by_name_and_id() -> None:
    other = encode_id("ORGANIZATION", "8f2b0c9e-2222-4000-8000-000000000001")
    with pytest.raises(StartupError, match="WEBEX_ORG_ID") as failure:
        check_organisation(Access(ORG, "Example Org"), other)
    assert "Example Org" in str(failure.value)
    assert other in str(failure.value)


def test_the_hint_of_the_rule_is_told() -> None:
    assert "new token" in str(unusable(refusal(401), FakeClient()))
