"""See one call through: paced attempts, waits the server asks for, bounded repeats."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from tenacity import RetryCallState

from Space_OdT.webex.answers import MalformedBodyError, Response, WebPageError, decode
from Space_OdT.webex.calls import (
    FIRST_REDIRECT,
    FIRST_REFUSAL,
    FIRST_SERVER_ERROR,
    THROTTLED,
    AttemptFailedError,
    Call,
    may_repeat,
    meaning_of,
)
from Space_OdT.webex.error_handling import ErrorClass, Failure, WebexError, classify
from Space_OdT.webex.pacing import Pacer, Ticket
from Space_OdT.webex.retry import Random, Sleep, parse_retry_after, repeating

Exchange = Callable[[Call], Awaitable[Response]]


class Note(Protocol):
    """Takes an event of the call, for the log."""

    def __call__(self, name: str, call: Call, /, **facts: Any) -> None:
        """Record `name` with its facts."""
        ...


class Delivery:
    """Mechanism of one client; knows neither the HTTP library nor any endpoint.

    Args:
        exchange: Sends one request and reads the whole answer; raises `AttemptFailedError` when
            there was none.
        pacer: Decides when a request may be sent, and holds the concurrency slots.
        sleep: Awaitable sleep.
        uniform: Uniform numbers in [0, 1).
        note: Told about throttling and repeats.
        clock: Monotonic seconds.
    """

    def __init__(
        self,
        *,
        exchange: Exchange,
        pacer: Pacer,
        sleep: Sleep,
        uniform: Random,
        note: Note,
        clock: Callable[[], float],
    ) -> None:
        self._exchange = exchange
        self._pacer = pacer
        self._clock = clock
        self._sleep = sleep
        self._uniform = uniform
        self._note = note

    async def attempt(self, call: Call) -> Response:
        """Send once, and again for as long as the server only asks to wait.

        Nearly every call ends here: the retry machinery is entered after a failure only.

        Args:
            call: The call.

        Returns:
            The answer: a success, decoded if the call wants it so, or a final refusal.

        Raises:
            AttemptFailedError: When there was no usable answer, or one that may pass.
        """
        pacer = self._pacer
        ticket = await pacer.admit(call.family)
        try:
            response = await self._exchange(call)
            since = None
            while response.status in THROTTLED:
                since = self._clock() if since is None else since
                ticket = await self._wait_out(call, ticket, response, since)
                response = await self._exchange(call)
            another_may_go = pacer.succeeded(ticket)
        finally:
            pacer.release(ticket)
        if another_may_go:
            await asyncio.sleep(0)  # answers come in bunches: the next calls leave before the work
        if response.status >= FIRST_REFUSAL:
            _raise_if_passing(call, response)
        elif call.decoded and response.status < FIRST_REDIRECT:
            _decode(call, response)
        return response

    async def _wait_out(
        self, call: Call, ticket: Ticket, response: Response, since: float
    ) -> Ticket:
        """Learn from a refusal for rate, and wait for leave to send again."""
        call.stats.throttled += 1
        asked = parse_retry_after(response.headers.get("Retry-After"))
        wait = self._pacer.throttled(ticket, asked)
        # A server may keep refusing and ask for no wait at all: time that passed counts as well.
        waiting = max(ticket.waited_seconds, self._clock() - since + wait)
        spent = waiting > call.policy.throttle_budget_seconds
        if spent or ticket.refusals > call.policy.max_refusals:
            raise AttemptFailedError(
                classify(response.status), "throttled", may_repeat=False, response=response
            )
        self._note("throttled", call, status=response.status, wait_seconds=round(wait, 3))
        return await self._pacer.readmit(ticket)

    async def repeat(self, call: Call, first: AttemptFailedError) -> Response:
        """See a call through whose first attempt failed.

        Args:
            call: The call.
            first: How the first attempt failed.

        Returns:
            The answer, as `attempt` gives it, or what a lookup found.

        Raises:
            AttemptFailedError: The last failure, when no further attempt is permitted.
            WebexError: When a lookup on the way failed.
        """
        if not first.may_repeat or not call.policy.max_retries:
            raise first
        last, replayed = first, False

        def note(state: RetryCallState) -> None:
            self._note(
                "retry",
                call,
                reason=last.reason,
                status=last.response.status if last.response else None,
                wait_seconds=round(state.upcoming_sleep, 3),
            )

        async for attempt in repeating(
            call.policy, sleep=self._sleep, random=self._uniform, before_sleep=note
        ):
            with attempt:
                if not replayed:  # the controller learns of the attempt made before it was built
                    replayed = True
                    raise last
                try:
                    return await self._attempt_again(call, last)
                except AttemptFailedError as failure:
                    last = failure
                    raise
        raise AssertionError("the repeats neither succeeded nor failed")

    async def _attempt_again(self, call: Call, last: AttemptFailedError) -> Response:
        if call.may_have_landed and not call.repeatable:
            found = await looked_up(call, last)
            if found is not None:
                return found
            if last.accepted:  # the server said it was done: a repeat could do it twice
                raise AttemptFailedError(last.rule, last.reason, may_repeat=False)
            call.may_have_landed = False
        call.stats.retries += 1
        return await self.attempt(call)


async def looked_up(call: Call, reason: BaseException) -> Response | None:
    """Ask whether an attempt of open outcome landed.

    Args:
        call: The call; without a lookup nothing is asked.
        reason: Why the question arises, kept as the cause of a failing lookup.

    Returns:
        What exists, as the answer to the call; None when nothing does.

    Raises:
        WebexError: When the lookup failed; the outcome of the call stays unknown.
    """
    if call.lookup is None:
        return None
    try:
        found = await call.lookup()
    except WebexError as error:
        error.unknown_outcome = True
        raise error from reason
    return None if found is None else Response(200, {}, found, b"")


def _raise_if_passing(call: Call, response: Response) -> None:
    """Raise for refusals worth another attempt; final ones are the caller's to judge."""
    status = response.status
    call.stats.failures += 1
    rule = meaning_of(response)
    passes = rule.error_class is ErrorClass.RETRYABLE_EXTERNAL
    if passes and status >= FIRST_SERVER_ERROR:
        call.may_have_landed = True
    if passes or status in call.passing:
        wait = parse_retry_after(response.headers.get("Retry-After")) or 0.0
        is_near = wait <= call.policy.throttle_budget_seconds
        raise AttemptFailedError(
            rule,
            f"status {status}",
            may_repeat=is_near and may_repeat(call, rule, status),
            response=response,
            retry_after=wait,
        )


def _decode(call: Call, response: Response) -> None:
    try:
        response.body = decode(response.raw, response.headers.get("Content-Type", ""))
    except MalformedBodyError as error:
        failure, reason = Failure.MALFORMED_JSON, f"the answer is not valid JSON: {error}"
    except WebPageError as error:
        failure, reason = Failure.NOT_JSON, f"answered with a web page “{error}”"
    else:
        return
    call.stats.failures += 1
    call.may_have_landed = True
    rule = classify(failure=failure)
    raise AttemptFailedError(
        rule, reason, may_repeat=may_repeat(call, rule), response=response, accepted=True
    )
