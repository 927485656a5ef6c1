"""What a stage would do, found out with the very actions of the run, nothing sent that changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from Space_OdT.engine.models import Batch, Outcome, RowStatus
from Space_OdT.engine.step_calls import PlannedRequest
from Space_OdT.engine.stopping import StopSignal
from Space_OdT.softphones.context import Trace
from Space_OdT.softphones.decisions import ALL_YES
from Space_OdT.softphones.differences import Difference, differences, readable
from Space_OdT.softphones.parts import SoftphoneParts
from Space_OdT.softphones.records import PersonWork
from Space_OdT.softphones.rows import SoftphoneRows, person_row
from Space_OdT.softphones.stages import Stage, calls_of

SAMPLED = 5
_SHOWN_CHANGES = 3
_SHOWN_FIELDS = 6


@dataclass(frozen=True, slots=True)
class Example:
    """What a stage would do for one person.

    Attributes:
        email: The person.
        changes: Field, before and after; the first ones.
        more: Changes left out.
        obstacle: Why it would fail, "" when it would not.
        is_unread: Whether the state before cannot be read until calling is given.
    """

    email: str
    changes: tuple[Difference, ...]
    more: int = 0
    obstacle: str = ""
    is_unread: bool = False


@dataclass(slots=True)
class StagePreview:
    """What a stage would do.

    Attributes:
        stage: The stage.
        rows: People that have it.
        least_calls: Calls when everybody is as wanted.
        most_calls: Calls when nobody is.
        sampled: People looked at.
        unchanged: People of the sample that are as wanted already.
        examples: The first changes and obstacles.
    """

    stage: Stage
    rows: int
    least_calls: int
    most_calls: int
    sampled: int = 0
    unchanged: int = 0
    examples: list[Example] = field(default_factory=list)


class _Sample:
    """Takes what the stages of the sample would do."""

    def __init__(
        self, previews: Mapping[Stage, StagePreview], names: Callable[[], Mapping[str, str]]
    ) -> None:
        self._previews = previews
        self._names = names

    def trace(self, _work: PersonWork, _stage: str) -> Trace:
        return Trace()

    def stage_ended(self, work: PersonWork, outcome: Outcome, trace: Trace) -> None:
        name = outcome.row.entity_type
        stage = Stage(name) if name in set(Stage) else Stage.LICENCE
        preview = self._previews[stage]
        preview.sampled += 1
        if outcome.status is not RowStatus.SUCCESS:
            self._add(preview, Example(work.row.email, (), obstacle=outcome.message))
            return
        changes = readable(differences(trace.before, trace.after), self._names())
        if outcome.message.startswith("unchanged"):
            preview.unchanged += 1
            return
        shown = tuple(changes[:_SHOWN_FIELDS])
        more, unread = len(changes) - len(shown), trace.before is None
        self._add(preview, Example(work.row.email, shown, more, is_unread=unread))

    def _add(self, preview: StagePreview, example: Example) -> None:
        if len(preview.examples) < _SHOWN_CHANGES:
            preview.examples.append(example)

    def skipped(self, _work: PersonWork, _stage: Stage) -> None:
        return

    def person_ended(self, _work: PersonWork) -> None:
        return


async def preview_stages(
    parts: SoftphoneParts,
    works: Sequence[PersonWork],
    names: Callable[[], Mapping[str, str]],
) -> tuple[StagePreview, ...]:
    """Find out what each stage would do, by planning it for a few people.

    Args:
        parts: Parts made for planning.
        works: The people to be run.
        names: Gives the names behind ids.

    Returns:
        One preview for each stage that anybody has.
    """
    having = {
        stage: [one for one in works if stage in one.row.stages and stage not in one.done]
        for stage in Stage
    }
    previews = {stage: _counted(stage, people) for stage, people in having.items() if people}
    sample = _sample(works, previews)
    await _plan(parts, sample, _Sample(previews, names))
    return tuple(previews.values())


def _counted(stage: Stage, people: Sequence[PersonWork]) -> StagePreview:
    calls = [calls_of(stage, work.row.cells) for work in people]
    least, most = (sum(numbers) for numbers in zip(*calls, strict=True))
    return StagePreview(stage, len(people), least, most)


def _sample(works: Sequence[PersonWork], wanted: Mapping[Stage, Any]) -> list[PersonWork]:
    """Choose the first people of every stage."""
    left = dict.fromkeys(wanted, SAMPLED)
    chosen = []
    for work in works:
        mine = [one for one in work.row.stages if one not in work.done and left.get(one, 0)]
        if mine:
            chosen.append(PersonWork(work.row, work.row_hash, work.done))
            left.update({one: left[one] - 1 for one in work.row.stages if left.get(one, 0)})
        if not any(left.values()):
            break
    return chosen


async def _plan(parts: SoftphoneParts, works: Sequence[PersonWork], sample: _Sample) -> None:
    by_number = {work.row.number: work for work in works}
    runner = SoftphoneRows(parts, by_number, ALL_YES, sample, StopSignal())
    for work in works:
        row = person_row(work)
        batch = Batch("preview", 1, 1, (row.number,), (row,))
        await runner.run(batch, row, parts.person)


def ignore_request(_request: PlannedRequest) -> None:
    """Take a write of a preview; nobody needs it."""
