"""What an operator decides about each stage: yes, no, or yes with other values for some people."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

import orjson

from Space_OdT.engine.startup_checks import StartupError
from Space_OdT.engine.suggestions import did_you_mean
from Space_OdT.softphones.overrides import OverrideError, Overrides, read_overrides
from Space_OdT.softphones.stages import Stage

REMARK = "_"


class Answer(StrEnum):
    """The three words an operator may say."""

    YES = "yes"
    NO = "no"
    YES_BUT = "yesbut"


class AnswerError(ValueError):
    """An answer cannot be used.

    Args:
        kind: What is wrong, for texts in the operator's language: `unknown` or `no_file`.
        text: The answer as given.
    """

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(
            f'"{text}" is no answer: say yes, no, or yesbut FILE'
            if kind == "unknown"
            else "yesbut needs the name of a file: yesbut FILE"
        )
        self.kind = kind
        self.text = text


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided about a stage.

    Attributes:
        answer: The word.
        override_path: The file of a `yesbut` as it was given, "" without one.
        overrides: Its content.
    """

    answer: Answer
    override_path: str = ""
    overrides: Overrides = field(default_factory=Overrides)

    @property
    def runs(self) -> bool:
        """Whether the stage runs."""
        return self.answer is not Answer.NO

    def cells_of(self, email: str) -> Mapping[str, str]:
        """Give what the file of a `yesbut` says about a person.

        Args:
            email: Address, lower case.

        Returns:
            Normalised cells to lay over those of the input; empty when it says nothing.
        """
        return self.overrides.cells.get(email, {})


Decisions = Mapping[Stage, Decision]
ALL_YES: Decisions = {stage: Decision(Answer.YES) for stage in Stage}


def parse_answer(text: str) -> tuple[Answer, str]:
    """Take an answer apart.

    Args:
        text: `yes`, `no` or `yesbut FILE`; the word in any case, the file may contain blanks.

    Returns:
        The word, and the name of the file: "" unless the word is `yesbut`.

    Raises:
        AnswerError: When it is anything else.
    """
    word, _, rest = text.strip().partition(" ")
    rest = rest.strip()
    if word.lower() == Answer.YES_BUT:
        if not rest:
            raise AnswerError("no_file", text.strip())
        return Answer.YES_BUT, rest
    if rest or word.lower() not in set(Answer):
        raise AnswerError("unknown", text.strip())
    return Answer(word.lower()), ""


@dataclass(frozen=True, slots=True)
class DecisionDesk:
    """Turns answers into decisions; knows where files are and who is in the input.

    Attributes:
        folder: Folder that relative names of override files are meant from.
        emails: Addresses of the input, those of rejected rows too.
    """

    folder: Path
    emails: Collection[str]

    def decide(self, stage: Stage, text: str) -> Decision:
        """Take an answer about a stage.

        Args:
            stage: The stage.
            text: The answer.

        Returns:
            The decision, with the content of its file.

        Raises:
            AnswerError: When it is none of the three.
            OverrideError: When the file of a `yesbut` cannot be used.
        """
        answer, name = parse_answer(text)
        if answer is not Answer.YES_BUT:
            return Decision(answer)
        path = self.folder / Path(name).expanduser()
        return Decision(answer, name, read_overrides(path, stage, self.emails))

    def decide_all(self, answers: Mapping[Stage, str]) -> dict[Stage, Decision]:
        """Take the answers of a decisions file.

        Args:
            answers: Stage -> answer; a missing stage means `yes`.

        Returns:
            A decision for every stage.

        Raises:
            StartupError: Naming every answer that cannot be used.
        """
        decisions, problems = {}, []
        for stage in Stage:
            try:
                decisions[stage] = self.decide(stage, answers.get(stage, Answer.YES))
            except (AnswerError, OverrideError) as error:
                problems.append(f"{stage}: {error}")
        if problems:
            raise StartupError("The decisions cannot be used. " + " ".join(_ended(problems)))
        return decisions


def without_stage(decision: Decision, having: Collection[str]) -> list[str]:
    """Find people in the file of a `yesbut` that the stage does not run for.

    Args:
        decision: The decision.
        having: Addresses of the people whose rows have the stage.

    Returns:
        Their addresses: a file gives other values, but no stage to anybody.
    """
    return [email for email in decision.overrides.cells if email not in having]


def read_answers(path: Path) -> dict[Stage, str]:
    """Read a decisions file.

    Args:
        path: JSON object: stage -> answer; keys that begin with `_` are remarks.

    Returns:
        Stage -> answer.

    Raises:
        StartupError: When it cannot be read, or names a stage or an answer that does not exist.
    """
    try:
        given = orjson.loads(path.read_bytes().removeprefix(b"\xef\xbb\xbf"))
    except OSError as error:
        raise StartupError(f"{path} cannot be read: {error.strerror or error}.") from error
    except ValueError as error:
        raise StartupError(f"{path} is not valid JSON: {error}.") from None
    if not isinstance(given, dict):
        raise StartupError(f"{path} must hold one JSON object: stage -> answer.")
    answers = {name: text for name, text in given.items() if not name.startswith(REMARK)}
    if problems := [*_unknown_stages(answers), *_unknown_answers(answers)]:
        raise StartupError(f"{path} cannot be used. " + " ".join(_ended(problems)))
    return {Stage(name): text for name, text in answers.items()}


def _unknown_stages(answers: Mapping[str, Any]) -> list[str]:
    known = [stage.value for stage in Stage]
    return [
        f'There is no stage "{name}" ({did_you_mean(name, known)}known: {", ".join(known)})'
        for name in answers
        if name not in known
    ]


def _unknown_answers(answers: Mapping[str, Any]) -> list[str]:
    problems = []
    for name, text in answers.items():
        try:
            parse_answer(text if isinstance(text, str) else orjson.dumps(text).decode())
        except AnswerError as error:
            problems.append(f"{name}: {error}")
    return problems


def _ended(sentences: list[str]) -> list[str]:
    return [sentence if sentence.endswith(".") else f"{sentence}." for sentence in sentences]
