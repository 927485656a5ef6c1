"""The parts one bulk run is made of, put together for applying or for planning."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from Space_OdT.engine.action_model import Action, StepSpec
from Space_OdT.engine.bulk.assignment import AssignmentAction
from Space_OdT.engine.bulk.connections import PremisesConnections
from Space_OdT.engine.bulk.joins import Joins
from Space_OdT.engine.bulk.licences import CallingLicences
from Space_OdT.engine.bulk.location import LocationAction
from Space_OdT.engine.bulk.location_book import LocationBook
from Space_OdT.engine.bulk.relocation import Relocation
from Space_OdT.engine.bulk.user import UserAction
from Space_OdT.engine.calling_settings import Profiles
from Space_OdT.engine.models import EntityType, Phase, Row
from Space_OdT.engine.move_jobs import MoveJobs
from Space_OdT.engine.row_runner import RowRunner
from Space_OdT.engine.run_layout import BulkLayout
from Space_OdT.engine.step_calls import PlannedRequest, StepCaller
from Space_OdT.engine.validation_report import ValidationReport
from Space_OdT.engine.waiting_room import WaitingRoom
from Space_OdT.webex.connection_client import WebexClient
from Space_OdT.webex.directory import Directory
from Space_OdT.webex.error_handling import ReasonCode, WebexError

# A list costs far fewer calls than its keys one by one: worth more than one attempt.
LIST_ATTEMPTS = 3

OnDefect = Callable[[Row, BaseException], None]


class BulkParts:
    """The organisation as a run knows it, and the actions of the three phases.

    Args:
        client: The client of the run.
        layout: The output folder.
        joins: What rows say about each other.
        profiles: The outgoing profiles rows may name.
        plan: Takes writes instead of sending them; None sends them.
    """

    def __init__(
        self,
        client: WebexClient,
        layout: BulkLayout,
        joins: Joins,
        profiles: Profiles,
        *,
        plan: Callable[[PlannedRequest], None] | None = None,
    ) -> None:
        self.client = client
        self.directory = Directory(client)
        self.licences = CallingLicences(self.directory)
        self.book = LocationBook(self.directory, None if plan else layout.location_map_csv)
        if plan is not None:
            self.book.preload(layout.location_map_csv)
        self._plan = plan
        self._reading: list[asyncio.Task[None]] = []
        locations = LocationAction(
            self.book,
            PremisesConnections(client),
            joins.numbers_of,
            numbers_known=self.numbers_read,
        )
        self.aside = WaitingRoom()
        relocation = Relocation(MoveJobs(client, aside=self.aside.sit))
        users = UserAction(self.book, self.licences, joins.line_of, profiles, relocation)
        assignments = AssignmentAction(self.book, self.licences, profiles, relocation)
        self.actions: dict[Phase, Action[Any]] = {
            Phase.LOCATIONS: locations.action(),
            Phase.USERS_EXISTING_CALLING: users.action(),
            Phase.EXTENSIONS_SETTINGS: assignments.action(),
        }

    def runner(self, *, compensates: bool, on_defect: OnDefect) -> RowRunner:
        """Make what runs single rows.

        Args:
            compensates: Whether to take back what a failed row has created.
            on_defect: Told about exceptions that are defects of ours.

        Returns:
            The runner.
        """
        return RowRunner(self._call, self.directory, compensates=compensates, on_defect=on_defect)

    def _call(self, row: Row, steps: Sequence[StepSpec]) -> StepCaller:
        return StepCaller(self.client, row, steps, plan=self._plan)

    # -- reading ahead ---------------------------------------------------------------------

    def read_ahead(self, report: ValidationReport) -> None:
        """Begin to read the lists that save a lookup a row, while other work goes on.

        Args:
            report: What validation found; it tells how many keys will be asked for.
        """
        ready = report.ready
        assignments = ready.get(EntityType.EXTENSION_ASSIGNMENT, 0)
        people = max(ready.get(EntityType.USER, 0), assignments)
        if not self._reading:
            prepare = self.directory.prepare
            self._reading = [
                asyncio.create_task(_read(lambda: prepare(numbers=2 * assignments))),
                asyncio.create_task(_read(lambda: prepare(people=people))),
            ]

    async def numbers_read(self) -> None:
        """Wait until the numbers are read.

        Raises:
            WebexError: When the token was rejected.
        """
        if self._reading:
            await asyncio.shield(self._reading[0])

    async def lists_read(self) -> None:
        """Wait until all lists are read.

        Raises:
            WebexError: When the token was rejected.
        """
        for task in self._reading:
            await asyncio.shield(task)

    def stop_reading(self) -> None:
        """Give up what is still being read."""
        for task in self._reading:
            task.cancel()


async def _read(prepare: Callable[[], Awaitable[None]]) -> None:
    """Read a list; one that cannot be read is no obstacle: its keys are asked for singly."""
    for _ in range(LIST_ATTEMPTS):
        try:
            return await prepare()
        except WebexError as error:
            if error.reason_code is ReasonCode.AUTH_INVALID:
                raise
            if error.reason_code is ReasonCode.PERMISSION_DENIED:
                return None
    return None
