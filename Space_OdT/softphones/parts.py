"""The parts of a softphone run: the organisation as it is known, and the action of every stage."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from Space_OdT.engine.action_model import Action, StepSpec
from Space_OdT.engine.bulk.licences import CallingLicences
from Space_OdT.engine.models import Row
from Space_OdT.engine.step_calls import PlannedRequest, StepCaller
from Space_OdT.softphones.book import IdBook
from Space_OdT.softphones.columns import STAGE_FEATURES
from Space_OdT.softphones.context import StageParams, Subjects
from Space_OdT.softphones.licence_stage import LicenceStage
from Space_OdT.softphones.numbers_stage import NumbersStage
from Space_OdT.softphones.person_stage import PersonStage
from Space_OdT.softphones.policy import Policy
from Space_OdT.softphones.queue_stage import QueueStage
from Space_OdT.softphones.settings_stage import SettingsStage
from Space_OdT.softphones.stages import Stage
from Space_OdT.webex.connection_client import WebexClient
from Space_OdT.webex.directory import Directory


class SoftphoneParts:
    """The actions, made for applying or for planning.

    Args:
        client: The client of the run.
        directory: The organisation.
        book: Finds what rows name.
        policy: The policy of the run.
        plan: Takes writes instead of sending them; None sends them.
    """

    def __init__(
        self,
        client: WebexClient,
        directory: Directory,
        book: IdBook,
        policy: Policy,
        *,
        plan: Callable[[PlannedRequest], None] | None = None,
    ) -> None:
        self.directory = directory
        self.subjects = Subjects()
        self.licences = CallingLicences(directory)
        self.is_plan = plan is not None
        self._client = client
        self._plan = plan
        self.person: Action[StageParams] = PersonStage(book, self.subjects).action()
        self.stages: Mapping[Stage, Action[Any]] = {
            Stage.LICENCE: LicenceStage(book, self.licences, self.subjects).action(),
            Stage.NUMBERS: NumbersStage(self.subjects).action(),
            **{
                stage: SettingsStage(stage, policy, self.subjects).action()
                for stage in STAGE_FEATURES
            },
            Stage.QUEUES: QueueStage(book, self.subjects).action(),
        }

    def call(self, row: Row, steps: Sequence[StepSpec]) -> StepCaller:
        """Make what an action gets as `call`."""
        return StepCaller(self._client, row, steps, plan=self._plan)
