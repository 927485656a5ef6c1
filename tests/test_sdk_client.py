from __future__ import annotations

import json
import os
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

from Space_OdT.sdk_client import create_api, resolve_access_token
from Space_OdT.settings.config import MissingTokenError, Settings, SettingsError
from Space_OdT.webex.connection_client import Timeouts, WebexClient
from Space_OdT.webex.evidence import Evidence
from Space_OdT.webex.retry import RetryPolicy
from tests.webex.conftest import (
    TOKEN,
    Reply,
    a_client,
    a_pacer,
    a_server,
    hang,
    reset,
    some_naps,
)

__all__ = ["a_client", "a_pacer", "a_server", "some_naps"]  # fixtures

ROOT = Path(__file__).resolve().parents[1]

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    from aiohttp import ClientConnectionError
    from wxc_sdk.as_api import AsWebexSimpleApi
    from wxc_sdk.as_rest import AsRestError


OURS = {"WEBEX_ACCESS_TOKEN", "WEBEX_TOKEN", "WEBEX_BASE_URL"}


@pytest.fixture(autouse=True)
def no_token_around(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, and an environment that loading a file does not change for others."""
    kept = {name: value for name, value in os.environ.items() if name not in OURS}
    monkeypatch.setattr(os, "environ", kept)
    monkeypatch.setattr("Space_OdT.settings.env.PROJECT_ROOT", tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


ME = {"id": "1", "displayName": "Dana Demo", "emails": ["dana@example.com"], "orgId": "o"}


# -- the token -----------------------------------------------------------------------------


def test_a_given_token_beats_the_environment(monkeypatch) -> None:
    monkeypatch.setenv("WEBEX_TOKEN", "second-name")
    assert resolve_access_token() == "second-name"
    monkeypatch.setenv("WEBEX_ACCESS_TOKEN", "first-name")
    assert resolve_access_token() == "first-name"
    assert resolve_access_token("Bearer given-token") == "given-token"


def test_an_env_file_counts_as_for_every_command(no_token_around: Path) -> None:
    with pytest.raises(MissingTokenError, match="three ways"):
        resolve_access_token()
    (no_token_around / ".env").write_text("WEBEX_TOKEN=file-token\n", encoding="utf-8")
    os.environ["WEBEX_TOKEN"] = "exported-token"
    assert resolve_access_token() == "file-token"


async def test_a_token_given_is_enough_whatever_stands_in_the_environment(server) -> None:
    os.environ.update(WEBEX_ACCESS_TOKEN="two words", WEBEX_BASE_URL=server.base_url)
    server.replies = [Reply(body=ME)]
    async with create_api(TOKEN) as api:
        await api.people.me()
    assert server.seen[0].headers["Authorization"] == f"Bearer {TOKEN}"


def test_a_token_that_cannot_be_one_is_refused() -> None:
    with pytest.raises(SettingsError):
        resolve_access_token("two words")


def test_importing_the_module_does_not_import_the_sdk() -> None:
    code = (
        "import sys, Space_OdT.sdk_client;"
        "sys.exit(any(name.split('.')[0] == 'wxc_sdk' for name in sys.modules))"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, timeout=60)


# -- calls of the SDK ----------------------------------------------------------------------


async def test_the_sdk_sends_through_our_client(server, client) -> None:
    server.replies = [Reply(body=ME)]
    async with create_api(client=client) as api:
        assert isinstance(api, AsWebexSimpleApi)
        me = await api.people.me()
    assert me.display_name == "Dana Demo"
    seen = server.seen[0]
    assert seen.path == "/v1/people/me"
    assert seen.headers["Authorization"] == f"Bearer {TOKEN}"
    assert seen.headers["User-Agent"].startswith("Space_OdT/")
    assert seen.headers["TrackingID"] == "SpaceOdT_test_1"
    assert client.stats.calls == 1
    assert api.access_token == TOKEN


async def test_a_client_of_its_own_is_made_and_closed(server) -> None:
    settings = Settings.load(webex_base_url=server.base_url, env_files=False)
    server.replies = [Reply(body=ME)]
    async with create_api(TOKEN, settings=settings) as api:
        await api.people.me()
    with pytest.raises(RuntimeError, match="not open"):
        await api.people.me()
    with pytest.raises(MissingTokenError):
        create_api(settings=settings)


async def test_what_the_sdk_keeps_and_raises_shows_no_token(server, client) -> None:
    server.replies = [Reply(404, {"message": "no"})]
    async with create_api(client=client) as api:
        assert api.access_token == TOKEN
        with pytest.raises(AsRestError) as caught:
            await api.people.me()
        shown = [api, api.session, api.session._tokens, caught.value, caught.value.request_info]
    assert caught.value.request_info.headers["Authorization"] == f"Bearer {TOKEN}"
    assert TOKEN not in "".join(map(repr, shown))


async def test_server_errors_are_repeated_within_bounds(server, client, naps) -> None:
    server.replies = [Reply(503), Reply(do=reset), Reply(body=ME)]
    async with create_api(client=client) as api:
        assert (await api.people.me()).person_id == "1"
        assert len(server.seen) == 3
        server.replies = [Reply(503, {"message": "down", "trackingId": "T"})]
        with pytest.raises(AsRestError) as caught:
            await api.people.me()
    assert caught.value.status == 503
    assert caught.value.detail.message == "down"
    assert len(server.seen) == 6
    assert naps.seconds == [0.5, 1.0, 0.5, 1.0]


async def test_the_pacer_sees_refusals_for_rate(server, client, pacer) -> None:
    server.replies = [Reply(429, headers={"Retry-After": "0.5"}), Reply(423), Reply(body=ME)]
    async with create_api(client=client) as api:
        await api.people.me()
    assert pacer.told == [0.5, None]
    assert client.stats.responses_429 == 2


async def test_a_server_that_never_answers_times_out(server, naps, pacer) -> None:
    server.replies = [Reply(do=hang)]
    ours = WebexClient(
        base_url=server.base_url,
        token=TOKEN,
        pacer=pacer,
        sleep=naps,
        retry=RetryPolicy(max_retries=1),
        timeouts=Timeouts(0.1, 0.1),
    )
    async with ours, create_api(client=ours) as api:
        with pytest.raises(TimeoutError):
            await api.people.me()
    assert len(server.seen) == 2


async def test_a_create_is_never_blindly_repeated(server, client) -> None:
    server.replies = [Reply(500)]
    async with create_api(client=client) as api:
        with pytest.raises(AsRestError):
            await api.webhook.create(
                name="x", target_url="https://example.com", resource="messages", event="created"
            )
        assert len(server.seen) == 1
        server.replies = [Reply(do=reset)]
        with pytest.raises(ClientConnectionError):
            await api.session.rest_post(api.session.ep("webhooks"), json={})
    assert len(server.seen) == 2


async def test_pages_are_the_sdks_to_follow(server, client) -> None:
    link = {"Link": f'<{server.base_url}/people?cursor=2>; rel="next"'}
    server.replies = [Reply(body={"items": [ME]}, headers=link), Reply(body={"items": [ME]})]
    async with create_api(client=client) as api:
        people = [person async for person in api.people.list_gen(calling_data=True)]
    assert len(people) == 2
    assert server.seen[0].query["callingData"] == "true"
    assert server.seen[1].query == {"cursor": "2"}


async def test_addresses_the_sdk_writes_out_in_full_come_home(server, client) -> None:
    server.replies = [Reply(body={"totalResults": 0, "Resources": [], "schemas": []})]
    async with create_api(client=client) as api:
        await api.scim.users.search(org_id="6e1b6f3e-0000-4000-8000-000000000000", count=1)
    assert server.seen[0].path.startswith("/identity/scim/6e1b6f3e")
    assert server.seen[0].headers["Authorization"] == f"Bearer {TOKEN}"


async def test_a_redirect_of_a_read_is_followed_without_the_token(server, client) -> None:
    other = server.origin.replace("127.0.0.1", "localhost")
    server.replies = [
        Reply(302, headers={"Location": f"{other}/file"}),
        Reply(body=b"a,b", headers={"Content-Type": "text/csv"}),
    ]
    async with create_api(client=client) as api:
        assert await api.session.rest_get(api.session.ep("reports/1/download")) == "a,b"
    assert "Authorization" not in server.seen[1].headers


async def test_redirects_are_bounded(server, client) -> None:
    server.replies = [Reply(302, headers={"Location": "/v1/again"})]
    async with create_api(client=client) as api:
        await api.session.rest_get(api.session.ep("loop"))
    assert len(server.seen) == 5


async def test_files_are_uploaded_and_can_be_sent_again(server, client, tmp_path) -> None:
    greeting = tmp_path / "greeting.wav"
    greeting.write_bytes(b"RIFFsound")
    server.replies = [Reply(429, headers={"Retry-After": "0"}), Reply(body={"id": "1"})]
    async with create_api(client=client) as api:
        await api.telephony.announcements_repo.upload_announcement(
            name="busy", file=str(greeting), upload_as="greeting.wav"
        )
    first, second = server.seen
    assert b"RIFFsound" in first.body
    assert first.body == second.body
    assert first.headers["Content-Type"].startswith("multipart/form-data; boundary=")


async def test_a_form_is_sent_as_a_form(server, client) -> None:
    async with create_api(client=client) as api:
        await api.session.rest_post(api.session.ep("x"), data={"a": "1 &"})
        await api.session.rest_post(api.session.ep("x"), data="text", content_type="text/plain")
    assert server.seen[0].body == b"a=1+%26"
    assert server.seen[0].headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert server.seen[1].body == b"text"
    assert server.seen[1].headers["Content-Type"] == "text/plain"


async def test_calls_of_the_sdk_leave_evidence_without_token_or_person(
    server,
    naps,
    pacer,
    tmp_path,
) -> None:
    log, har = tmp_path / "run.jsonl", tmp_path / "http.har"
    with Evidence(log, har, secrets=(TOKEN,), level="debug") as evidence:
        ours = WebexClient(
            base_url=server.base_url, token=TOKEN, pacer=pacer, sleep=naps, evidence=evidence
        )
        server.replies = [
            Reply(503),
            Reply(body=ME),
            Reply(401, {"message": f"Bearer {TOKEN} expired", "trackingId": "T"}),
        ]
        async with ours, create_api(client=ours) as api:
            await api.people.me()
            with pytest.raises(AsRestError):
                await api.people.me()
    entries = json.loads(har.read_text(encoding="utf-8"))["log"]["entries"]
    assert [entry["response"]["status"] for entry in entries] == [503, 200, 401]
    events = [json.loads(line)["event"] for line in log.read_text(encoding="utf-8").splitlines()]
    assert events == ["call", "retry", "call", "call", "token_rejected"]
    written = log.read_text(encoding="utf-8") + har.read_text(encoding="utf-8")
    for gone in (TOKEN, "Dana", "dana@example.com"):
        assert gone not in written
