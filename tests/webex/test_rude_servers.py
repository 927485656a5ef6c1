from __future__ import annotations

import asyncio
import gzip
import shutil
import ssl
import subprocess
import traceback

import pytest
from aiohttp import web

from Space_OdT.webex.connection_client import Timeouts, WebexClient
from Space_OdT.webex.error_handling import ReasonCode, WebexError
from Space_OdT.webex.retry import RetryPolicy
from tests.webex.conftest import TOKEN, InstantPacer, Reply, hang, reset

JSON = {"Content-Type": "application/json"}
ZIPPED = {**JSON, "Content-Encoding": "gzip"}
DOCUMENT = gzip.compress(b'{"id": "1"}')


async def refusal_of(call) -> WebexError:
    with pytest.raises(WebexError) as caught:
        await call
    return caught.value


def says(raw: bytes) -> Reply:
    """Bytes on the wire in place of an answer; then the line goes dead."""

    async def speak(request: web.Request) -> None:
        assert request.transport is not None
        request.transport.write(raw)
        request.transport.close()

    return Reply(do=speak)


CUT = says(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{")
NO_HTTP = says(b"SSH-2.0-OpenSSH_9.6\r\n\r\n")
TWO_LENGTHS = says(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}")
HUGE_HEADER = says(b"HTTP/1.1 200 OK\r\nX-Huge: " + b"a" * 20_000 + b"\r\n\r\n")
NO_GZIP = Reply(body=DOCUMENT[:-6] + b"??????", headers=ZIPPED)


def everything_about(error: WebexError) -> str:
    """Every text somebody could print of an error and of what caused it."""
    parts = ["".join(traceback.format_exception(error)), repr(vars(error))]
    chain: BaseException | None = error
    while chain is not None:
        parts += [str(chain), repr(chain), repr(chain.args)]
        chain = chain.__cause__ or chain.__context__
    return "\n".join(parts)


# -- answers that are none -----------------------------------------------------------------


async def test_a_compressed_answer_is_read(server, client) -> None:
    server.replies = [Reply(body=DOCUMENT, headers=ZIPPED)]
    assert (await client.request("GET", "/x")).body == {"id": "1"}


@pytest.mark.parametrize("answer", [CUT, NO_HTTP, TWO_LENGTHS, HUGE_HEADER, NO_GZIP])
async def test_half_an_answer_is_repeated_for_reads_and_never_for_a_create(
    server, client, pacer, answer
) -> None:
    server.replies = [answer, Reply(body={"id": "1"})]
    assert (await client.request("GET", "/x")).body == {"id": "1"}
    server.seen.clear()
    error = await refusal_of(client.request("POST", "/x", body={}))
    assert error.unknown_outcome
    assert error.reason_code is ReasonCode.RETRY_EXHAUSTED
    assert len(server.seen) == 1
    assert (pacer.in_flight, client.stats.in_flight) == (0, 0)


@pytest.mark.parametrize("answer", [CUT, NO_HTTP, TWO_LENGTHS, HUGE_HEADER, NO_GZIP])
async def test_no_representation_of_a_broken_call_shows_the_token(server, client, answer) -> None:
    server.replies = [answer]
    error = await refusal_of(client.request("POST", "/x", body={"pin": "1"}))
    assert TOKEN not in everything_about(error)
    assert "aaaa" not in error.message  # nor what the server put in its own headers


async def test_a_server_that_repeats_the_token_everywhere_does_not_get_it_out(
    server, client
) -> None:
    body = {"message": f"no {TOKEN}", "errors": [{"description": TOKEN, "near": [TOKEN]}]}
    server.replies = [Reply(400, body, {"trackingId": f"T_{TOKEN}"})]
    error = await refusal_of(client.request("GET", "/x"))
    assert TOKEN not in everything_about(error)
    assert error.tracking_id == "T_***"


async def test_a_tracking_id_that_is_no_text_can_be_written_down(server, client) -> None:
    raw = b"HTTP/1.1 400 No\r\ntrackingId: T\xff\r\nContent-Length: 2\r\n\r\n{}"
    server.replies = [says(raw)]
    error = await refusal_of(client.request("GET", "/x"))
    assert str(error).encode()
    assert error.tracking_id == "T?"


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_redirect_says_where_it_leads_even_with_a_page(server, client, method) -> None:
    page = b"<html><head><title>302 Found</title></head></html>"
    headers = {"Content-Type": "text/html", "Location": "https://login.example.com/x"}
    server.replies = [Reply(302, page, headers)]
    error = await refusal_of(client.request(method, "/x"))
    assert "redirects to login.example.com" in error.message
    assert not error.unknown_outcome


async def test_no_content_is_no_content(server, client) -> None:
    server.replies = [Reply(204, headers=JSON)]
    assert (await client.request("DELETE", "/x", expect=(204,))).body is None


# -- servers that ask for patience ---------------------------------------------------------


async def test_a_probe_does_not_wait_for_a_dead_line(server, naps, pacer) -> None:
    server.replies = [Reply(do=hang)]
    async with WebexClient(
        base_url=server.base_url,
        token=TOKEN,
        pacer=pacer,
        sleep=naps,
        timeouts=Timeouts(total=0.05, connect=0.05),
        retry=RetryPolicy(max_retries=5, patience_seconds=0.01),
    ) as client:
        error = await refusal_of(client.request("GET", "/x"))
        assert error.attempts == 1
        server.replies = [Reply(do=hang), Reply(503), Reply(do=reset), Reply(body={})]
        server.seen.clear()
        patient = RetryPolicy(max_retries=5)
        assert (await client.request("GET", "/x", retry=patient)).status == 200


async def test_a_server_error_that_asks_for_more_than_the_budget_is_final(
    server, client, naps
) -> None:
    server.replies = [Reply(503, headers={"Retry-After": "86400"})]
    policy = RetryPolicy(max_retries=5, throttle_budget_seconds=60)
    error = await refusal_of(client.request("GET", "/x", retry=policy))
    assert (error.attempts, naps.seconds) == (1, [])


async def test_refusals_that_ask_for_no_wait_spend_the_budget_by_the_clock(server, naps) -> None:
    now = [0.0]

    class SlowPacer(InstantPacer):
        async def readmit(self, ticket):
            now[0] += 10.0
            return ticket

    server.replies = [Reply(429, headers={"Retry-After": "0"})]
    async with WebexClient(
        base_url=server.base_url,
        token=TOKEN,
        pacer=SlowPacer(),
        sleep=naps,
        clock=lambda: now[0],
        retry=RetryPolicy(throttle_budget_seconds=45),
    ) as client:
        error = await refusal_of(client.request("GET", "/x"))
    assert (error.status, error.attempts) == (429, 6)


# -- many at once --------------------------------------------------------------------------


async def test_a_thousand_at_once_cancelled_in_the_middle_leave_nothing_behind(server) -> None:
    server.answer = lambda seen: Reply(do=hang) if seen.path.endswith("/hang") else Reply(body={})
    async with WebexClient(base_url=server.base_url, token=TOKEN, concurrency=8) as client:
        paths = ["/hang" if number % 2 else "/x" for number in range(1000)]
        tasks = [asyncio.create_task(client.request("GET", path)) for path in paths]
        while len(server.seen) < 8:
            await asyncio.sleep(0.001)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert (client.pacer.in_flight, client.stats.in_flight) == (0, 0)
        answers = await asyncio.gather(*(client.request("GET", "/x") for _ in range(50)))
    assert {answer.status for answer in answers} == {200}


async def test_opening_twice_opens_once(server) -> None:
    client = WebexClient(base_url=server.base_url, token=TOKEN)
    session = client.open()._session
    assert client.open()._session is session
    await client.close()
    await client.close()


def test_a_client_serves_one_event_loop_after_the_other(unused_tcp_port) -> None:
    client = WebexClient(
        base_url=f"http://127.0.0.1:{unused_tcp_port}/v1",
        token=TOKEN,
        retry=RetryPolicy(max_retries=0),
    )

    async def use() -> str:
        async with client:
            return (await refusal_of(client.request("GET", "/x"))).message

    assert asyncio.run(use()) == asyncio.run(use())


# -- certificates --------------------------------------------------------------------------


@pytest.mark.skipif(shutil.which("openssl") is None, reason="makes its certificate with openssl")
async def test_a_self_signed_certificate_is_refused_by_name_and_trusted_when_told(
    tmp_path, monkeypatch, naps
) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1"
    names = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key)]
    subprocess.run(
        [*command.split(), *names, "-out", str(certificate)], check=True, capture_output=True
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)

    async def answer(request: web.Request) -> web.Response:
        return web.json_response({"id": "1"})

    application = web.Application()
    application.router.add_get("/v1/x", answer)
    runner = web.AppRunner(application, shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
    base_url = f"https://127.0.0.1:{runner.addresses[0][1]}/v1"
    async with WebexClient(base_url=base_url, token=TOKEN, sleep=naps) as client:
        error = await refusal_of(client.request("GET", "/x"))
    assert "self-signed certificate" in error.message
    assert error.attempts == 1
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    async with WebexClient(base_url=base_url, token=TOKEN, sleep=naps) as client:
        assert (await client.request("GET", "/x")).body == {"id": "1"}
    await runner.cleanup()
