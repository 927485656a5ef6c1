from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import contextmanager
from typing import Any

import pytest

from Space_OdT.engine import actions_registry as steps
from Space_OdT.engine.action_model import PendingError
from Space_OdT.engine.move_bodies import MoveWish, move_body, move_check_body
from Space_OdT.engine.move_jobs import MOST_USERS, START_WAITS, MoveJobs
from Space_OdT.engine.move_results import Moved
from Space_OdT.engine.step_calls import PlannedRequest, StepCaller
from Space_OdT.webex.answers import Response
from Space_OdT.webex.error_handling import Failure, ReasonCode, WebexError, classify
from Space_OdT.webex.ids import encode_id
from Space_OdT.webex.urls import Addresses
from tests.engine.doubles import row

START = "/telephony/config/jobs/person/moveLocation"


def person(number: int) -> str:
    return encode_id("PEOPLE", f"00000000-0000-0000-0000-{number:012d}")


def bare(number: int) -> str:
    """The id as the errors of a job spell it."""
    return f"00000000-0000-0000-0000-{number:012d}"


class Webex:
    """People, the jobs that move them, and whatever goes wrong on the way."""

    def __init__(self) -> None:
        self.addresses = Addresses("http://127.0.0.1:1/v1")
        self.evidence = None
        self.where: dict[str, str] = {}
        self.jobs: dict[str, dict[str, Any]] = {}
        self.problems: dict[str, list[tuple[str, str]]] = {}
        self.bad: dict[str, str] = {}
        self.starts: list[list[str]] = []
        self.looks = 0
        self.trouble: list[Callable[[Any], Response | None]] = []
        self.blind: WebexError | None = None
        self.hidden: WebexError | None = None
        self.unknown: dict[str, WebexError] = {}

    async def request(self, method: str, path: str, **options: Any) -> Response:
        await asyncio.sleep(0)
        if method == "POST":
            return self.start(options["body"])
        if path == START:
            return _ok({"items": list(self.jobs.values())})
        if path.startswith("/people/"):
            self.looks += 1
            key = path.rpartition("/")[2]
            if key in self.unknown:
                raise self.unknown[key]
            return _ok({"id": key, "emails": [], "locationId": self.where.get(key, "L1")})
        if path.endswith("/errors"):
            if self.hidden is not None:
                raise self.hidden
            found = self.problems.get(path.split("/")[-2], [])
            return _ok({"items": [_problem(key, text) for key, text in found]})
        return _ok(self.poll(path.rpartition("/")[2]))

    def start(self, body: Any) -> Response:
        users = [user["userId"] for entry in body["usersList"] for user in entry["users"]]
        self.starts.append(users)
        if self.trouble and (answer := self.trouble.pop(0)(body)) is not None:
            return answer
        if any(not _ended(job) for job in self.jobs.values()):
            raise refusal(409)
        return Response(201, {}, {"response": {"id": self.begin(body)}}, b"", "T-start")

    def begin(self, body: Any, looks: int = 2) -> str:
        name = f"J{len(self.jobs) + 1}"
        self.jobs[name] = {"id": name, "latestExecutionStatus": "STARTED", "looks": looks}
        self.jobs[name]["body"] = body
        return name

    def poll(self, name: str) -> dict[str, Any]:
        if self.blind is not None:
            raise self.blind
        job = self.jobs[name]
        job["looks"] -= 1
        if job["looks"] == 0:
            self.finish(job)
        return job

    def finish(self, job: dict[str, Any]) -> None:
        users = [(u["userId"], e) for e in job["body"]["usersList"] for u in e["users"]]
        failed = [(one, self.bad[one]) for one, _ in users if one in self.bad]
        for one, entry in users:
            if one not in self.bad:
                self.where[one] = entry["locationId"]
        self.problems[job["id"]] = failed
        job["latestExecutionStatus"] = "COMPLETED"
        job["latestExecutionExitCode"] = "COMPLETED_WITH_ERRORS" if failed else "COMPLETED"
        job["counts"] = {"moved": len(users) - len(failed), "failed": len(failed)}


def _ok(body: Any) -> Response:
    return Response(200, {}, body, b"", "T-read")


def _ended(job: dict[str, Any]) -> bool:
    return job["latestExecutionStatus"] in {"COMPLETED", "FAILED", "ABANDONED"}


def _problem(key: str, text: str) -> dict[str, Any]:
    item = key if not key else f"{key}"
    return {"item": item, "error": {"key": "400", "message": [{"description": text}]}}


def refusal(status: int, *codes: str) -> WebexError:
    rule = classify(status, codes)
    return WebexError(rule, message="no", method="POST", path=START, status=status, codes=codes)


def lost() -> WebexError:
    rule = classify(failure=Failure.TIMEOUT)
    return WebexError(rule, message="late", method="POST", path=START, unknown_outcome=True)


def raising(error: WebexError, then: Callable[[Any], object] | None = None) -> Any:
    def trouble(body: Any) -> Response | None:
        if then is not None:
            then(body)
        raise error

    return trouble


class Scene:
    """Rows that want somebody moved, and what became of them."""

    def __init__(self, **options: Any) -> None:
        self.webex = Webex()
        self.naps: list[float] = []
        self.planned: list[PlannedRequest] = []
        self.calls: list[StepCaller] = []
        self.jobs = MoveJobs(self.webex, sleep=self.nap, **options)

    async def nap(self, seconds: float) -> None:
        self.naps.append(seconds)
        await asyncio.sleep(0)

    def call(self, *, plan: bool = False) -> StepCaller:
        made = StepCaller(
            self.webex, row(1), steps.MOVES, plan=self.planned.append if plan else None
        )
        self.calls.append(made)
        return made

    async def move(self, *numbers: int, location: str = "L2") -> list[Moved | BaseException]:
        wishes = [MoveWish(person(one), location, None, "") for one in numbers]
        moves = (self.jobs.move(wish, self.call()) for wish in wishes)
        return await asyncio.wait_for(asyncio.gather(*moves, return_exceptions=True), 10)


@pytest.fixture(name="scene")
def a_scene() -> Scene:
    return Scene()


async def test_people_who_move_at_the_same_time_share_a_job(scene) -> None:
    assert await scene.move(*range(50)) == [Moved()] * 50
    assert [len(users) for users in scene.webex.starts] == [50]
    assert set(scene.webex.where.values()) == {"L2"}
    assert scene.webex.looks == 0
    assert all(call.done == ["move_to_location"] for call in scene.calls)
    assert {(call.status, call.write_status, call.tracking_id) for call in scene.calls} == {
        (201, 201, "T-start")
    }


async def test_a_job_has_a_hundred_users_at_most_and_they_run_one_by_one(scene) -> None:
    assert await scene.move(*range(250)) == [Moved()] * 250
    assert [len(users) for users in scene.webex.starts] == [MOST_USERS, MOST_USERS, 50]


async def test_people_bound_for_several_locations_stand_in_one_request() -> None:
    wishes = [MoveWish(person(1), "L2"), MoveWish(person(2), "L3"), MoveWish(person(3), "L2")]
    users = {one["locationId"]: len(one["users"]) for one in move_body(*wishes)["usersList"]}
    assert users == {"L2": 2, "L3": 1}


async def test_those_who_come_while_a_job_runs_share_the_next_one(scene) -> None:
    first = asyncio.create_task(scene.move(1))
    while not scene.webex.starts:
        await asyncio.sleep(0)
    others = await scene.move(2, 3, 4)
    assert others == [Moved()] * 3
    assert await first == [Moved()]
    assert [len(users) for users in scene.webex.starts] == [1, 3]


async def test_the_error_of_one_is_his_alone(scene) -> None:
    scene.webex.bad[person(2)] = "the extension is taken"
    ends = await scene.move(1, 2, 3)
    assert ends[0] == ends[2] == Moved()
    assert isinstance(ends[1], PendingError)
    assert "the move to the location failed: the extension is taken" in str(ends[1])
    assert ends[1].reason_code is ReasonCode.NON_RETRYABLE_EXTERNAL
    assert scene.webex.looks == 0


async def test_errors_are_given_to_users_by_whatever_spelling_of_their_id(scene) -> None:
    def spelled_otherwise(body: Any) -> Response | None:
        job = scene.webex.jobs[scene.webex.begin(body)]
        scene.webex.finish(job)
        job["latestExecutionExitCode"] = "COMPLETED_WITH_ERRORS"
        job["counts"] = {"moved": 1, "failed": 1}
        scene.webex.problems[job["id"]] = [(bare(1), "no licence")]
        return Response(201, {}, {"response": {"id": job["id"]}}, b"")

    scene.webex.trouble = [spelled_otherwise]
    ends = await scene.move(1, 2)
    assert "no licence" in str(ends[0])
    assert ends[1] == Moved()


async def test_an_error_of_nobody_lets_everybody_be_looked_at(scene) -> None:
    def stray(body: Any) -> Response | None:
        job = scene.webex.jobs[scene.webex.begin(body)]
        scene.webex.finish(job)
        scene.webex.where.pop(person(2))
        job |= {"latestExecutionStatus": "FAILED", "latestExecutionExitCode": "FAILED"}
        scene.webex.problems[job["id"]] = [("", "the gateway is down")]
        return Response(201, {}, {"response": {"id": job["id"]}}, b"")

    scene.webex.trouble = [stray]
    ends = await scene.move(1, 2)
    assert isinstance(ends[0], Moved)
    assert "ended as FAILED without moving this user; the gateway is down" in str(ends[1])


async def test_a_job_that_is_in_the_way_is_waited_for(scene) -> None:
    foreign = {"usersList": [{"locationId": "L9", "users": [{"userId": person(77)}]}]}
    scene.webex.begin(foreign, looks=4)
    ends = await scene.move(1, 2)
    assert all(isinstance(one, Moved) for one in ends)
    assert len(scene.webex.starts) == 2
    assert scene.webex.where == {person(77): "L9", person(1): "L2", person(2): "L2"}


async def test_whom_a_left_over_job_has_moved_is_not_moved_again(scene) -> None:
    scene.webex.begin(move_body(MoveWish(person(1), "L2")))
    ends = await scene.move(1, 2)
    assert ends[0].was_there
    assert ends[0].person.location_id == "L2"
    assert scene.calls[0].done == []
    assert ends[1] == Moved()
    assert scene.webex.starts[1] == [person(2)]


async def test_a_job_that_never_ends_is_not_waited_for_without_end() -> None:
    scene = Scene(patience_seconds=60.0)
    scene.webex.begin({"usersList": []}, looks=10_000)
    ends = await scene.move(1, 2)
    assert [one.reason_code for one in ends] == [ReasonCode.RETRY_EXHAUSTED] * 2
    assert "has not ended in 1 minutes" in str(ends[0])
    assert sum(scene.naps) < 80


async def test_a_lost_answer_is_looked_up_before_any_repeat(scene) -> None:
    webex = scene.webex
    webex.trouble = [raising(lost(), webex.begin)]
    ends = await scene.move(1, 2)
    assert [one.was_there for one in ends] == [False, False]
    assert len(webex.starts) == 1
    assert all(call.done == ["move_to_location"] for call in scene.calls)


async def test_a_request_that_did_not_arrive_is_sent_again(scene) -> None:
    scene.webex.trouble = [raising(lost())]
    assert await scene.move(1) == [Moved()]
    assert len(scene.webex.starts) == 2


async def test_an_accepted_request_without_a_job_id_is_looked_at(scene) -> None:
    def nameless(body: Any) -> Response | None:
        scene.webex.begin(body)
        return Response(201, {}, {"response": {}}, b"")

    scene.webex.trouble = [nameless]
    ends = await scene.move(1)
    assert ends[0].person.location_id == "L2"
    assert len(scene.webex.starts) == 1


async def test_one_whom_webex_refuses_does_not_keep_the_others_from_moving(scene) -> None:
    webex = scene.webex

    def picky(body: Any) -> Response | None:
        webex.trouble = [picky]
        if person(5) in webex.starts[-1]:
            raise refusal(400)
        return None

    webex.trouble = [picky]
    ends = await scene.move(*range(8))
    assert isinstance(ends[5], WebexError)
    assert [one for one in ends if one != ends[5]] == [Moved()] * 7


async def test_a_user_refused_because_he_is_there_is_there(scene) -> None:
    scene.webex.where[person(1)] = "L2"
    scene.webex.trouble = [raising(refusal(400, "1026013"))]
    ends = await scene.move(1)
    assert ends[0].was_there


async def test_an_organisation_that_moves_one_at_a_time_is_asked_only_once(scene) -> None:
    scene.webex.trouble = [raising(refusal(400, "1026005"))]
    assert await scene.move(1, 2, 3) == [Moved()] * 3
    assert await scene.move(4, 5) == [Moved()] * 2
    assert [len(users) for users in scene.webex.starts] == [3, 1, 1, 1, 1, 1]


async def test_a_conflict_without_a_job_ends_as_a_refusal(scene) -> None:
    scene.webex.trouble = [raising(refusal(409)) for _ in range(99)]
    ends = await scene.move(1, 2)
    assert [one.status for one in ends] == [409, 409]


async def test_a_missing_permission_is_everybodys(scene) -> None:
    scene.webex.trouble = [raising(refusal(403))]
    ends = await scene.move(1, 2, 3)
    assert {one.reason_code for one in ends} == {refusal(403).reason_code}
    assert len(scene.webex.starts) == 1


async def test_a_job_whose_end_nobody_can_read_leaves_rows_that_say_so(scene) -> None:
    scene.webex.blind = refusal(403)
    ends = await scene.move(1, 2)
    assert [one.reason_code for one in ends] == [ReasonCode.RETRY_EXHAUSTED] * 2
    assert "the move was started, but how it ended cannot be read" in str(ends[0])


async def test_users_whom_webex_judges_at_once_are_believed_or_looked_at(scene) -> None:
    def judged(_: Any) -> Response:
        taken = {"userId": person(1), "errors": [{"code": 4202, "message": "taken"}]}
        scene.webex.where[person(2)] = "L2"
        told = [taken, {"userId": person(2), "impacts": [], "errors": []}]
        return Response(200, {}, {"response": told}, b"")

    scene.webex.trouble = [judged]
    ends = await scene.move(1, 2)
    assert "the move to the location failed: taken" in str(ends[0])
    assert ends[1].person.location_id == "L2"


async def test_when_errors_cannot_be_read_everybody_is_looked_at(scene) -> None:
    scene.webex.bad[person(2)] = "taken"
    scene.webex.hidden = refusal(403)
    ends = await scene.move(1, 2)
    assert ends[0].person.location_id == "L2"
    assert "its errors cannot be read" in str(ends[1])
    scene.webex.hidden = refusal(401)
    ends = await scene.move(2, 3)
    assert {one.reason_code for one in ends} == {ReasonCode.AUTH_INVALID}


async def test_who_cannot_be_looked_up_after_a_lost_answer_says_so(scene) -> None:
    scene.webex.trouble = [raising(lost(), scene.webex.begin)]
    scene.webex.unknown = {person(2): refusal(404)}
    ends = await scene.move(1, 2)
    assert isinstance(ends[0], Moved)
    assert ends[1].status == 404


async def test_an_organisation_whose_jobs_never_leave_room_ends_the_attempts(scene) -> None:
    def busy(_: Any) -> Response | None:
        scene.webex.trouble = [busy]
        scene.webex.begin({"usersList": []})
        raise refusal(409)

    scene.webex.trouble = [busy]
    ends = await scene.move(1, 2)
    assert [one.status for one in ends] == [409, 409]
    assert len(scene.webex.starts) == len(START_WAITS)


async def test_a_rejected_token_is_told_as_what_it_is(scene) -> None:
    scene.webex.blind = refusal(401)
    ends = await scene.move(1, 2)
    assert [one.reason_code for one in ends] == [ReasonCode.AUTH_INVALID] * 2


async def test_who_sends_for_all_may_be_cancelled(scene) -> None:
    started = asyncio.Event()
    go_on = asyncio.Event()

    async def slow(_: float) -> None:
        if scene.webex.starts:
            started.set()
            await go_on.wait()
        await asyncio.sleep(0)

    scene.jobs = MoveJobs(scene.webex, sleep=slow)
    wishes = [MoveWish(person(one), "L2") for one in (1, 2)]
    leader, other = (asyncio.create_task(scene.jobs.move(wish, scene.call())) for wish in wishes)
    await started.wait()
    leader.cancel()
    go_on.set()
    moved = await asyncio.wait_for(other, 10)
    assert isinstance(moved, Moved)
    assert leader.cancelled()
    assert scene.webex.where[person(1)] == "L2"


async def test_a_plan_records_what_apply_would_send_for_each_alone(scene) -> None:
    wish = MoveWish(person(1), "L2", "200", "")
    assert await scene.jobs.move(wish, scene.call(plan=True)) == Moved()
    assert [one.body for one in scene.planned] == [move_body(wish)]
    assert scene.planned[0].step == "move_to_location"
    assert scene.webex.starts == []


async def test_a_check_tells_errors_and_impacts(scene) -> None:
    wish = MoveWish(person(1), "L2", "200", "")

    def told(body: Any) -> Response:
        assert body == move_check_body(wish)
        says = {
            "userId": person(1),
            "errors": [{"code": 4202, "message": "taken"}],
            "impacts": [{"code": 19703, "message": "permissions are reset"}],
        }
        return Response(200, {}, {"response": [says]}, b"")

    scene.webex.trouble = [told]
    check = await scene.jobs.check(wish, scene.call(plan=True))
    assert (check.errors, check.impacts) == (("taken",), ("permissions are reset",))
    assert scene.planned == []


async def test_who_waits_is_aside() -> None:
    entered: list[str] = []

    @contextmanager
    def aside():
        entered.append("in")
        yield
        entered.append("out")

    scene = Scene(aside=aside)
    await scene.move(1, 2)
    assert sorted(entered) == ["in", "in", "out", "out"]


def test_a_body_keeps_what_it_does_not_mention() -> None:
    kept = move_body(MoveWish("P1", "L2"))
    assert kept["usersList"] == [
        {"locationId": "L2", "validate": False, "users": [{"userId": "P1"}]}
    ]
    changed = move_body(MoveWish("P1", "L2", "200", ""))["usersList"][0]["users"][0]
    assert changed == {"userId": "P1", "extension": "200", "phoneNumber": ""}
