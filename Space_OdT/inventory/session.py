"""One inventory run from its folder to its outputs: begin or go on, read, publish."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from errno import ENOTDIR
from os import strerror

from Space_OdT.engine.atomic import recover_swap
from Space_OdT.engine.run_layout import InventoryLayout
from Space_OdT.inventory.facts import comparable
from Space_OdT.inventory.health import PROBE_PATH
from Space_OdT.inventory.manifest import MANIFEST, MANIFEST_VERSION
from Space_OdT.inventory.publish import publish, swap_in
from Space_OdT.inventory.runner import InventoryRunner, Observer, Selection, storage_stop
from Space_OdT.inventory.state import Phase, RunIdentity, RunState, UnfinishedRunError
from Space_OdT.inventory.summary import RunSummary, summarise
from Space_OdT.webex.connection_client import WebexClient
from Space_OdT.webex.error_handling import WebexError

_SCOPES = {entry.artifact: entry.scope for entry in MANIFEST}


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What the operator asked for.

    Attributes:
        only: Artifacts wanted; empty for all.
        skip_group_members: Leave out the members of groups.
        cache: Write `cache.json`.
        workbook: Write the workbook.
        fresh: Forget an unfinished run.
    """

    only: tuple[str, ...] = ()
    skip_group_members: bool = False
    cache: bool = True
    workbook: bool = False
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class Organisation:
    """Whose token it is.

    Attributes:
        id: Organisation id, decoded.
        raw_id: The same as Webex writes it.
        name: Display name; empty when the token may not read it.
    """

    id: str
    raw_id: str
    name: str = ""


async def find_organisation(client: WebexClient) -> Organisation:
    """Check the token with the cheapest call and learn its organisation.

    Args:
        client: The one way to Webex.

    Returns:
        The organisation.

    Raises:
        WebexError: When the token or the base URL is not good.
    """
    retry = client.retry.for_probe()
    me = await client.request("GET", PROBE_PATH, required=("id", "orgId"), retry=retry)
    raw_id = str(me.body["orgId"])
    try:
        answer = await client.request("GET", f"/organizations/{raw_id}", retry=retry)
        name = str(answer.body.get("displayName") or "")
    except (WebexError, AttributeError):  # the name is a nicety; its scope is often not granted
        name = ""
    return Organisation(comparable(raw_id), raw_id, name)


class InventorySession:
    """One run in one output folder; whoever uses it holds the folder's lock.

    Args:
        layout: Where everything is.
        options: What the operator asked for.
        organisation: Whose token it is.
        base_url: Where it is read.
        note: Takes sentences the operator should see.
    """

    def __init__(
        self,
        layout: InventoryLayout,
        options: RunOptions,
        organisation: Organisation,
        base_url: str,
        note: Callable[[str], None],
    ) -> None:
        self._layout = layout
        self._options = options
        self._note = note
        self.selection = Selection.of(options.only, skip_group_members=options.skip_group_members)
        self._identity = RunIdentity(
            organisation=organisation.id,
            base_url=base_url,
            manifest=MANIFEST_VERSION,
            only=tuple(sorted(options.only)),
            skip_group_members=options.skip_group_members,
        )
        self.state = RunState(self._identity, started_at=_now())
        self.resumed = False

    def open(self) -> None:
        """Begin a run, or take up an unfinished one.

        Raises:
            DamagedStateError: When the state of an unfinished run cannot be read.
            UnfinishedRunError: When an unfinished run reads other artifacts.
            OSError: When the folder cannot be written, or a file stands where a folder must be.
        """
        layout = self._layout
        recover_swap(layout.exports_dir)
        if layout.exports_dir.exists() and not layout.exports_dir.is_dir():
            raise NotADirectoryError(ENOTDIR, strerror(ENOTDIR), str(layout.exports_dir))
        if self._options.fresh:
            self._discard()
        found = self._unfinished()
        if found is None:
            self._discard()
            layout.work_exports_dir.mkdir(parents=True)
            self.state.save(layout.state_file)
            return
        self.state, self.resumed = found, True
        if found.phase is Phase.READING:
            layout.work_exports_dir.mkdir(exist_ok=True)

    def _unfinished(self) -> RunState | None:
        """Find a run to go on with; what may be hours of reads is not dropped lightly."""
        found = RunState.load(self._layout.state_file)
        if found is None or found.identity == self._identity:
            return found
        if found.calls and self._identity.differs_in_choice_only(found.identity):
            options = found.identity.choice
            raise UnfinishedRunError(
                f"{self._layout.out_dir} holds an unfinished run of "
                f"{'other' if options else 'all'} artifacts, {found.calls:,} calls long. It goes "
                f"on {f'with {options}' if options else 'without --only'}; --fresh drops it, and "
                "another --out-dir leaves it alone."
            )
        difference = self._identity.difference(found.identity)
        self._note(
            f"An unfinished run is dropped, for it was another one (different {difference})."
        )
        return None

    @property
    def is_read(self) -> bool:
        """Whether everything is read, so that only the outputs have to be put in place."""
        return self.state.phase is Phase.PUBLISHING

    def _discard(self) -> None:
        if self._layout.work_dir.exists():
            shutil.rmtree(self._layout.work_dir)

    def runner(self, client: WebexClient, observer: Observer | None = None) -> InventoryRunner:
        """Make the runner that reads what is not complete yet.

        Args:
            client: The one way to Webex.
            observer: Told about finished artifacts.

        Returns:
            The runner.
        """
        return InventoryRunner(
            client,
            self._layout.work_exports_dir,
            self.state,
            self._layout.state_file,
            self.selection,
            observer=observer,
        )

    def publish(self) -> RunSummary:
        """Put the outputs in place.

        Returns:
            The figures of the run.

        Raises:
            RunStoppedError: When the disk is full; the old exports stay and the work is kept.
        """
        summary = summarise(self.state, _SCOPES, self._layout.exports_dir)
        try:
            if self.is_read:
                swap_in(self._layout)
            else:
                publish(
                    self._layout,
                    self.state,
                    partial=bool(self._options.only),
                    cache=self._options.cache,
                    workbook=self._options.workbook,
                )
        except OSError as error:
            raise storage_stop(error, str(self._layout.exports_dir)) from error
        return summary


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
