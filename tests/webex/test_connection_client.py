from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from Space_OdT import __version__
from Space_OdT.settings.config import MissingTokenError, Settings
from Space_OdT.webex.connection_client import Timeouts, WebexClient
from Space_OdT.webex.error_handling import ErrorClass, ReasonCode, WebexError
from Space_OdT.webex.retry import RetryPolicy
from tests.webex.conftest import TOKEN, Reply, hang, reset


async def refusal_of(call) -> WebexError:
    with pytest.raises(WebexError) as caught:
        await call
    return caught.value


# -- one good call -------------------------------------------------------------------------


async def test_a_call_carries_token_agent_and_its_own_tracking_id(server, client) -> None:
    server.replies = [Reply(body={"id": "1"}, headers={"trackingId": "SRV_1"})]
    response = await client.request("GET", "/people/1", query={"callingData": True, "max": 5})
    assert (response.status, response.body, response.tracking_id) == (200, {"id": "1"}, "SRV_1")
    seen = server.seen[0]
    assert (seen.path, seen.query) == ("/v1/people/1", {"callingData": "true", "max": "5"})
    assert seen.headers["Authorization"] == f"Bearer {TOKEN}"
    assert seen.headers["User-Agent"] == f"Space_OdT/{__version__}"
    assert seen.headers["TrackingID"] == "SpaceOdT_test_1"
    assert "Content-Type" not in seen.headers


async def test_a_body_is_sent_as_json(server, client) -> None:
    server.replies = [Reply(status=201, body={"id": "1"})]
    await client.request("POST", "/locations", body={"name": "Málaga"}, expect=(201,))
    assert server.seen[0].body == '{"name":"Málaga"}'.encode()
    assert server.seen[0].headers["Content-Type"] == "application/json"


async def test_scim_is_reached_at_the_root_of_the_same_host(server, client) -> None:
    await client.request("GET", "/identity/scim/org/v2/Users")
    await client.request("GET", "/identity/organizations/org")
    assert [seen.path for seen in server.seen] == [
        "/identity/scim/org/v2/Users",
        "/v1/identity/organizations/org",
    ]


async def test_an_empty_answer_is_none_and_a_text_stays_text(server, client) -> None:
    server.replies = [Reply(204), Reply(body=b"a,b\n", headers={"Content-Type": "text/csv"})]
    assert (await client.request("PUT", "/x", body={}, expect=(204,))).body is None
    assert (await client.request("GET", "/x")).body == "a,b\n"


async def test_the_client_counts_what_it_did(server, client) -> None:
    server.replies = [Reply(body={}), Reply(503), Reply(429), Reply(404), Reply(body={})]
    await client.request("GET", "/people/1")
    with pytest.raises(WebexError):
        await client.request("GET", "/telephony/config/queues/1/members")
    stats = client.stats
    assert (stats.calls, stats.retries, stats.responses_429, stats.failures) == (4, 1, 1, 2)
    assert stats.in_flight == 0
    assert set(stats.families) == {"read people", "read telephony/config/queues"}
    assert stats.as_dict()["calls"] == 4


async def test_a_closed_client_says_so(server) -> None:
    client = WebexClient(base_url=server.base_url, token=TOKEN)
    with pytest.raises(RuntimeError, match="not open"):
        await client.request("GET", "/people/1")


# -- checks of the answer ------------------------------------------------------------------


async def test_a_success_without_its_minimum_fields_is_no_success(server, client) -> None:
    server.replies = [Reply(body={"id": "", "owner": {"id": None}}, headers={"trackingId": "T"})]
    error = await refusal_of(client.request("GET", "/x", required=("id", "owner.id", "name")))
    assert error.reason_code is ReasonCode.INVALID_RESPONSE_SCHEMA
    assert error.error_class is ErrorClass.NON_RETRYABLE_EXTERNAL
    assert "id, owner.id, name" in error.message
    assert (error.status, error.tracking_id) == (200, "T")


async def test_one_answer_to_a_read_that_lacks_a_field_is_asked_for_again(server, client) -> None:
    server.replies = [Reply(body={"name": "x"}), Reply(body={"id": "1"})]
    response = await client.request("GET", "/x", required=("id",))
    assert response.body == {"id": "1"}
    assert len(server.seen) == 2


async def test_a_write_whose_answer_lacks_a_field_is_not_sent_again(server, client) -> None:
    server.answer = lambda _: Reply(body={"name": "x"})
    error = await refusal_of(client.request("PUT", "/x", body={}, required=("id",)))
    assert error.unknown_outcome
    assert len(server.seen) == 1


async def test_an_unexpected_success_status_is_an_error(server, client) -> None:
    server.replies = [Reply(206, {"id": "1"})]
    error = await refusal_of(client.request("PATCH", "/licenses/users", body={}, idempotent=True))
    assert error.reason_code is ReasonCode.INVALID_RESPONSE_SCHEMA
    assert error.status == 206


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (400, ReasonCode.NON_RETRYABLE_EXTERNAL),
        (401, ReasonCode.AUTH_INVALID),
        (403, ReasonCode.PERMISSION_DENIED),
        (404, ReasonCode.NON_RETRYABLE_EXTERNAL),
        (405, ReasonCode.PRECONDITION_MISSING),
        (409, ReasonCode.NON_RETRYABLE_EXTERNAL),
    ],
)
async def test_a_final_refusal_is_not_repeated(server, client, status, reason) -> None:
    body = {"message": "No.", "errors": [{"description": "Not so.", "errorCode": 25008}]}
    server.replies = [Reply(status, body, {"trackingId": "SRV_9"})]
    error = await refusal_of(client.request("GET", "/people/1"))
    assert len(server.seen) == 1
    assert error.codes == ("25008",)
    assert error.message == "No.; Not so."
    assert (error.status, error.tracking_id, error.attempts) == (status, "SRV_9", 1)
    if status not in {400, 404, 405, 403, 409}:
        assert error.reason_code is reason
    assert error.hint


async def test_codes_are_found_in_the_header_alone(server, client) -> None:
    server.replies = [Reply(502, {"message": "?"}, {"cisco-spark-error-codes": "4251"})]
    error = await refusal_of(client.request("DELETE", "/x", expect=(204,)))
    assert error.codes == ("4251",)
    assert error.reason_code is ReasonCode.PRECONDITION_MISSING
    assert len(server.seen) == 1


async def test_a_server_that_repeats_the_token_does_not_get_it_into_the_error(
    server, client
) -> None:
    server.replies = [Reply(400, {"message": f"bad header Bearer {TOKEN}"})]
    error = await refusal_of(client.request("GET", "/x"))
    assert TOKEN not in str(error)
    assert "***" in error.message


@pytest.mark.parametrize("status", [200, 404, 403])
async def test_a_web_page_means_the_base_url_is_not_webex(server, client, status) -> None:
    page = b"<!DOCTYPE html><html><head><title> Sign\n in </title></head></html>"
    server.replies = [Reply(status, page, {"Content-Type": "text/html"})]
    error = await refusal_of(client.request("GET", "/people/me"))
    assert len(server.seen) == 1
    assert "Sign in" in error.message
    assert "WEBEX_BASE_URL" in (error.hint or "")
    assert error.reason_code is ReasonCode.INVALID_RESPONSE_SCHEMA


async def test_malformed_json_is_repeated_for_it_may_have_been_cut(server, client) -> None:
    cut = Reply(body=b'{"id": "1", "na', headers={"Content-Type": "application/json"})
    server.replies = [cut, Reply(body={"id": "1"})]
    assert (await client.request("GET", "/x")).body == {"id": "1"}
    server.replies = [cut]
    error = await refusal_of(client.request("GET", "/x"))
    assert error.reason_code is ReasonCode.INVALID_RESPONSE_SCHEMA
    assert error.attempts == 3


async def test_a_redirect_is_refused_and_the_token_stays_here(server, client) -> None:
    server.replies = [Reply(302, headers={"Location": "https://u:p@evil.example.com/x"})]
    error = await refusal_of(client.request("GET", "/x"))
    assert "evil.example.com" in error.message
    assert "u:p" not in error.message
    assert len(server.seen) == 1


# -- repeats -------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [500, 502, 503, 504, 599, 408])
async def test_a_passing_refusal_is_repeated_with_growing_waits(server, client, naps, status):
    server.replies = [Reply(status), Reply(status), Reply(body={"id": "1"})]
    assert (await client.request("GET", "/x")).body == {"id": "1"}
    assert naps.seconds == [0.5, 1.0]
    ids = [seen.headers["TrackingID"] for seen in server.seen]
    assert len(set(ids)) == 3


async def test_repeats_are_bounded(server, client, naps) -> None:
    server.replies = [Reply(503, {"message": "down", "trackingId": "B"}, {"trackingId": "H"})]
    error = await refusal_of(client.request("GET", "/x"))
    assert error.reason_code is ReasonCode.RETRY_EXHAUSTED
    assert error.error_class is ErrorClass.RETRYABLE_EXTERNAL
    assert (error.attempts, error.status, error.message, error.tracking_id) == (3, 503, "down", "H")
    assert len(server.seen) == 3
    assert not error.unknown_outcome


async def test_a_bound_of_none_means_one_attempt(server, client) -> None:
    server.replies = [Reply(503)]
    error = await refusal_of(client.request("GET", "/x", retry=RetryPolicy(max_retries=0)))
    assert error.attempts == 1


async def test_a_server_error_with_retry_after_is_left_alone_for_that_long(server, client, naps):
    server.replies = [Reply(503, headers={"Retry-After": "7"}), Reply(body={})]
    await client.request("GET", "/x")
    assert naps.seconds == [7.0]


async def test_a_reset_connection_is_repeated(server, client) -> None:
    server.replies = [Reply(do=reset), Reply(do=reset), Reply(body={"id": "1"})]
    assert (await client.request("PUT", "/x", body={})).body == {"id": "1"}


async def test_no_repeat_is_sent_behind_our_back(server, client) -> None:
    server.replies = [Reply(body={}), Reply(do=reset)]
    await client.request("GET", "/x")  # the next call finds a connection to reuse
    with pytest.raises(WebexError):
        await client.request("GET", "/x")
    assert len(server.seen) == client.stats.calls == 4


async def test_a_server_that_never_answers_times_out(server, naps, pacer) -> None:
    server.replies = [Reply(do=hang)]
    async with WebexClient(
        base_url=server.base_url,
        token=TOKEN,
        pacer=pacer,
        sleep=naps,
        retry=RetryPolicy(max_retries=1),
        timeouts=Timeouts(total=0.1, connect=0.1),
    ) as client:
        error = await refusal_of(client.request("GET", "/x"))
    assert error.reason_code is ReasonCode.RETRY_EXHAUSTED
    assert (error.status, error.attempts) == (None, 2)
    assert "in time" in error.message
    assert pacer.in_flight == 0


async def test_a_port_nobody_listens_on_is_told_apart(naps, unused_tcp_port) -> None:
    async with WebexClient(
        base_url=f"http://127.0.0.1:{unused_tcp_port}/v1",
        token=TOKEN,
        sleep=naps,
        retry=RetryPolicy(max_retries=1),
    ) as client:
        error = await refusal_of(client.request("POST", "/x", body={}))
    assert error.attempts == 2  # nothing was sent, so a POST may be tried again
    assert not error.unknown_outcome
    assert "HTTPS_PROXY" in (error.hint or "")


async def test_a_port_that_speaks_no_tls_is_told_apart(server, pacer, naps) -> None:
    base_url = server.base_url.replace("http:", "https:")
    async with WebexClient(base_url=base_url, token=TOKEN, pacer=pacer, sleep=naps) as client:
        error = await refusal_of(client.request("GET", "/x"))
    assert error.attempts == 1
    assert "TLS" in error.message
    assert "SSL_CERT_FILE" in (error.hint or "")
    assert not server.seen


async def test_a_status_the_caller_knows_to_pass_is_repeated(server, client) -> None:
    server.replies = [Reply(404), Reply(body={"id": "1"})]
    assert (await client.request("GET", "/x", passing=(404,))).body == {"id": "1"}


async def test_a_cancelled_call_gives_its_place_back(server, client, pacer) -> None:
    server.replies = [Reply(do=hang)]
    task = asyncio.create_task(client.request("GET", "/x"))
    while not server.seen:
        await asyncio.sleep(0.001)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (pacer.in_flight, client.stats.in_flight) == (0, 0)


# -- refusals for rate ---------------------------------------------------------------------


@pytest.mark.parametrize("status", [429, 423])
async def test_the_pacer_learns_of_refusals_for_rate(server, client, pacer, naps, status) -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    waits = ["3", "0.25", "junk", date, "-1"]
    server.replies = [Reply(status, headers={"Retry-After": wait}) for wait in waits]
    server.replies += [Reply(status), Reply(body={"id": "1"})]
    response = await client.request("POST", "/x", body={}, expect=(200,))
    assert response.body == {"id": "1"}  # a refused POST was not carried out
    assert pacer.told[:3] == [3.0, 0.25, None]
    assert 25 < (pacer.told[3] or 0) <= 30
    assert pacer.told[4:] == [None, None]
    assert naps.seconds == []  # no repeat was spent
    assert client.stats.responses_429 == 6


async def test_refusals_spend_a_time_budget(server, client, naps) -> None:
    server.replies = [Reply(429, {"message": "slow down"}, {"Retry-After": "100"})]
    policy = RetryPolicy(max_retries=0, throttle_budget_seconds=250)
    error = await refusal_of(client.request("POST", "/x", body={}, retry=policy))
    assert error.reason_code is ReasonCode.RETRY_EXHAUSTED
    assert (error.status, error.attempts, error.message) == (429, 3, "slow down")
    assert not error.unknown_outcome


async def test_refusals_are_counted_too(server, client) -> None:
    server.replies = [Reply(429, headers={"Retry-After": "0"})]
    error = await refusal_of(client.request("GET", "/x", retry=RetryPolicy(max_refusals=4)))
    assert error.attempts == 5


# -- changes that must not happen twice ----------------------------------------------------


@pytest.mark.parametrize("method", ["POST", "PATCH"])
@pytest.mark.parametrize(
    "failure", [Reply(500), Reply(do=reset), Reply(body=b"{", headers={"Content-Type": "json"})]
)
async def test_a_change_of_unknown_outcome_is_not_repeated(server, client, method, failure) -> None:
    server.replies = [failure]
    error = await refusal_of(client.request(method, "/x", body={}))
    assert error.unknown_outcome
    assert "outcome unknown" in str(error)
    assert len(server.seen) == 1


async def test_a_change_the_caller_knows_harmless_is_repeated(server, client) -> None:
    server.replies = [Reply(500), Reply(do=reset), Reply(body={"id": "1"})]
    response = await client.request("POST", "/x", body={}, idempotent=True)
    assert response.body == {"id": "1"}


async def test_a_put_the_caller_knows_harmful_is_not_repeated(server, client) -> None:
    server.replies = [Reply(500)]
    error = await refusal_of(client.request("PUT", "/x", body={}, idempotent=False))
    assert error.unknown_outcome
    assert error.attempts == 1


async def test_what_a_lookup_finds_is_the_result(server, client) -> None:
    async def lookup():
        return {"id": "landed"}

    server.replies = [Reply(do=reset)]
    response = await client.request("POST", "/x", body={}, lookup=lookup, required=("id",))
    assert response.body == {"id": "landed"}
    assert len(server.seen) == 1


async def test_a_lookup_that_finds_nothing_allows_a_repeat(server, client, naps) -> None:
    asked = []

    async def lookup():
        asked.append(len(server.seen))

    server.replies = [Reply(503), Reply(do=reset), Reply(201, {"id": "1"})]
    response = await client.request("POST", "/x", body={}, lookup=lookup, expect=(201,))
    assert response.body == {"id": "1"}
    assert asked == [1, 2]  # before each repeat, after its wait
    assert len(naps.seconds) == 2


async def test_a_failing_lookup_leaves_the_outcome_unknown(server, client) -> None:
    async def lookup():
        await client.request("GET", "/lookup")

    server.answer = lambda seen: Reply(403 if seen.method == "GET" else 500)
    error = await refusal_of(client.request("POST", "/x", body={}, lookup=lookup))
    assert error.unknown_outcome
    assert error.reason_code is ReasonCode.PERMISSION_DENIED


async def test_an_accepted_change_is_never_repeated_even_when_a_lookup_finds_nothing(
    server, client
) -> None:
    async def nothing():
        return None

    server.replies = [Reply(201, b'{"id": "', {"Content-Type": "application/json"})]
    error = await refusal_of(client.request("POST", "/x", body={}, lookup=nothing, expect=(201,)))
    assert error.unknown_outcome
    assert len(server.seen) == 1


async def test_a_create_without_an_id_is_settled_by_its_lookup(server, client) -> None:
    async def lookup():
        return {"id": "found"}

    server.replies = [Reply(201, {})]
    response = await client.request(
        "POST", "/x", body={}, lookup=lookup, expect=(201,), required=("id",)
    )
    assert response.body == {"id": "found"}
    error = await refusal_of(client.request("POST", "/x", body={}, expect=(201,), required=("id",)))
    assert error.unknown_outcome


# -- construction --------------------------------------------------------------------------


def test_settings_build_a_client() -> None:
    settings = Settings.load(
        token=TOKEN,
        webex_base_url="http://127.0.0.1:1/v1",
        concurrent_requests=7,
        max_retries=1,
        request_timeout_seconds=9,
        connect_timeout_seconds=3,
        throttle_budget_seconds=60,
        max_rate_per_minute=120,
    )
    client = WebexClient.from_settings(settings)
    assert client.concurrency == 7
    assert client.timeouts == Timeouts(9, 3)
    assert client.retry == RetryPolicy(max_retries=1, throttle_budget_seconds=60)
    assert client.addresses.base_url == "http://127.0.0.1:1/v1"


def test_without_a_token_there_is_no_client(monkeypatch, tmp_path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("WEBEX_TOKEN", "WEBEX_ACCESS_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("Space_OdT.settings.env.PROJECT_ROOT", tmp_path)
    with pytest.raises(MissingTokenError):
        WebexClient.from_settings(Settings.load())
