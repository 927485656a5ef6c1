"""Ask for approvals stage by stage, with what each stage would do in view."""

from __future__ import annotations

import os
import select
import sys
from collections.abc import Callable, Sequence

from Space_OdT.commands.telling import show
from Space_OdT.commands.v2_texts import STAGE_TITLES, TEXTS
from Space_OdT.engine.startup_checks import StartupError
from Space_OdT.settings.language import Language
from Space_OdT.softphones.decisions import Answer, AnswerError, Decision, DecisionDesk
from Space_OdT.softphones.overrides import OverrideError
from Space_OdT.softphones.preview import Example, StagePreview
from Space_OdT.softphones.stages import Stage

MOST_TRIES = 20
# A token lives as long; whoever has not answered by then does not answer.
_PATIENCE_SECONDS = 12 * 3600
_GLANCE_SECONDS = 0.2


class Approver:
    """Asks the operator; the questions go to stdout, the answers come from stdin.

    Args:
        desk: Turns answers into decisions.
        language: Language of the questions.
        ask: Shows a question and gives the line that is typed; injected by tests.
    """

    def __init__(
        self,
        desk: DecisionDesk,
        language: Language,
        *,
        ask: Callable[[str], str] | None = None,
    ) -> None:
        self._desk = desk
        self._language = language
        self._texts = TEXTS[language]
        self._ask = ask or _typed

    def decide(
        self, previews: Sequence[StagePreview], organisation: str, people: int
    ) -> dict[Stage, Decision]:
        """Ask about every stage that anybody has.

        Args:
            previews: What each stage would do.
            organisation: Whose people they are.
            people: How many.

        Returns:
            A decision for every stage; `yes` for those nobody has.

        Raises:
            StartupError: When nobody answers.
        """
        self._show("intro", people=f"{people:,}", organisation=organisation)
        decisions = {stage: Decision(Answer.YES) for stage in Stage}
        for number, preview in enumerate(previews, 1):
            self._show_stage(preview, number, len(previews))
            decisions[preview.stage] = self._one(preview.stage)
        return decisions

    def _one(self, stage: Stage) -> Decision:
        for _ in range(MOST_TRIES):
            try:
                text = self._ask(self._texts["prompt"])
            except EOFError:
                raise StartupError(self._texts["nobody"]) from None
            try:
                decision = self._desk.decide(stage, text)
            except AnswerError as error:
                self._show(error.kind, text=error.text)
            except OverrideError as error:
                self._show("file", text=str(error))
            else:
                taken = " ".join(filter(None, (decision.answer.value, decision.override_path)))
                self._show("taken", answer=taken)
                return decision
        raise StartupError(self._texts["too_many"].format(tries=MOST_TRIES))

    # -- what a stage would do -------------------------------------------------------------

    def _show_stage(self, preview: StagePreview, number: int, count: int) -> None:
        title = STAGE_TITLES[self._language][preview.stage]
        show("")
        self._show("stage", number=number, count=count, stage=preview.stage.value, title=title)
        self._show("rows", rows=f"{preview.rows:,}")
        self._show("calls", least=f"{preview.least_calls:,}", most=f"{preview.most_calls:,}")
        self._show("looked", sampled=preview.sampled, unchanged=preview.unchanged)
        if preview.examples:
            self._show("first")
        for example in preview.examples:
            self._show_example(example)

    def _show_example(self, example: Example) -> None:
        show(f"    {example.email}")
        if example.obstacle:
            self._show("obstacle", text=example.obstacle)
        nothing = self._texts["unread" if example.is_unread else "nothing"]
        for field, before, after in example.changes:
            show(f"      {field}: {before or nothing} -> {after or nothing}")
        if example.more:
            self._show("more", more=example.more)

    def _show(self, name: str, **values: object) -> None:
        show(self._texts[name].format_map(values))


def _typed(prompt: str) -> str:
    """Show a prompt, and give the line that is typed.

    A terminal is looked at again and again: a Ctrl-C that comes between the prompt and the read
    would otherwise wait for the next key.

    Raises:
        EOFError: When nobody answers.
    """
    if os.name == "nt" or not sys.stdin.isatty():
        return input(prompt)
    sys.stdout.write(prompt)
    sys.stdout.flush()
    for _ in range(int(_PATIENCE_SECONDS / _GLANCE_SECONDS)):
        if select.select([sys.stdin], [], [], _GLANCE_SECONDS)[0]:
            return input()
    raise EOFError
