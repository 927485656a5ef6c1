"""What every command over rows does around its work: folder, lock, errors, exit codes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from Space_OdT.commands.common import crashed
from Space_OdT.commands.embedded import SimulatorStartError
from Space_OdT.commands.telling import say
from Space_OdT.engine.input_reader import InputFileError
from Space_OdT.engine.input_survey import LimitExceededError
from Space_OdT.engine.outgoing_profiles import ProfileFileError
from Space_OdT.engine.run_layout import RowsLayout
from Space_OdT.engine.run_lock import FolderLockedError, RunLock
from Space_OdT.engine.startup_checks import StartupError
from Space_OdT.engine.state_store import CheckpointError
from Space_OdT.engine.writers import DamagedOutputError
from Space_OdT.settings.config import SettingsError
from Space_OdT.settings.exit_codes import ExitCode


class RequestError(Exception):
    """The command line asks for something that cannot be done; the message says what to change."""


@contextmanager
def folder_of(layout: RowsLayout) -> Iterator[None]:
    """Make the output folder and hold its lock while the block lasts.

    Args:
        layout: The output folder.

    Yields:
        Nothing.

    Raises:
        StartupError: When it cannot be written.
        FolderLockedError: When another run works on it.
    """
    try:
        layout.logs_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StartupError(
            f"cannot write to {layout.out_dir}: {error.strerror or error}"
        ) from error
    with RunLock(layout.lock_file, layout.name):
        yield


def guarded(work: Callable[[], ExitCode], layout: Callable[[], RowsLayout]) -> ExitCode:
    """Do the work of a command; an error becomes a line for the operator and an exit code.

    Args:
        work: The work.
        layout: Gives the output folder, as far as it is known when the work fails.

    Returns:
        The exit code.
    """
    try:
        return work()
    except (
        SettingsError,
        SimulatorStartError,
        ProfileFileError,
        StartupError,
        InputFileError,
        LimitExceededError,
        RequestError,
    ) as error:
        say(str(error))
        return ExitCode.USAGE
    except (KeyboardInterrupt, asyncio.CancelledError):
        say("Interrupted. What was written counts: the same command goes on from there.")
        return ExitCode.INTERRUPTED
    except (FolderLockedError, DamagedOutputError, CheckpointError) as error:
        say(str(error))
        return ExitCode.DAMAGED_STATE
    except Exception as error:  # noqa: BLE001 - the last resort: an operator gets a line, not a trace
        say(crashed(layout().crash_log, error))
        return ExitCode.INCOMPLETE
