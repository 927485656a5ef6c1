"""Runs a simulator as a child process for the lifetime of another command."""

from __future__ import annotations

import queue
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

# As a script, because that works from any current folder and from a plain checkout.
ENTRY = Path(__file__).resolve().parents[1] / "cli.py"
READY = "simulator listening on "
START_SECONDS = 120.0
STOP_SECONDS = 10.0
TALK_KEPT = 50


class SimulatorStartError(RuntimeError):
    """The simulator did not come up; the message holds the last lines it said."""


@contextmanager
def embedded_simulator(
    size: int = 50,
    seed: int = 1,
    extra_args: Sequence[str] = (),
    *,
    start_seconds: float = START_SECONDS,
) -> Iterator[str]:
    """Run a simulator while the block lasts.

    The child watches the pipe that is its standard input: when this process ends in whatever
    way, the pipe closes and the child leaves.

    Args:
        size: Number of people.
        seed: Seed of the organisation.
        extra_args: More options of the command `simulator`.
        start_seconds: How long it may take to be ready.

    Yields:
        Base URL, such as `http://127.0.0.1:40123/v1`.

    Raises:
        SimulatorStartError: It ended or was not ready in time.
    """
    command = [sys.executable, str(ENTRY), "simulator", "--port", "0"]
    command += ["--parent-watch", "--size", str(size), "--seed", str(seed), *extra_args]
    child = subprocess.Popen(  # noqa: S603 - our own command, no shell
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        # Ctrl-C goes to everybody at the terminal: the command decides what it means, and needs
        # the simulator until its calls in flight are answered.
        start_new_session=True,
    )
    try:
        yield _wait_until_ready(child, start_seconds)
    finally:
        _end(child)


def _wait_until_ready(child: subprocess.Popen[str], seconds: float) -> str:
    lines: queue.Queue[str | None] = queue.Queue()
    # The thread goes on reading to the end, so that the child never blocks on a full pipe.
    threading.Thread(
        target=_collect, args=(child.stdout, lines), name="simulator-output", daemon=True
    ).start()
    deadline = time.monotonic() + seconds
    said: list[str] = []
    while len(said) < TALK_KEPT:
        try:
            line = lines.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            break
        if line is None:
            break
        if line.startswith(READY):
            return line.removeprefix(READY).strip()
        said.append(line.rstrip())
    text = "\n".join(said) or f"no answer within {seconds:g} seconds"
    raise SimulatorStartError(f"the simulator did not start: {text}")


def _collect(stream: IO[str] | None, lines: queue.Queue[str | None]) -> None:
    ready = False
    if stream is not None:
        with suppress(ValueError, OSError):
            for line in stream:
                if not ready:
                    lines.put(line)
                ready = ready or line.startswith(READY)
    lines.put(None)


def _end(child: subprocess.Popen[str]) -> None:
    if child.stdin is not None:
        with suppress(OSError):
            child.stdin.close()
    try:
        child.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait(STOP_SECONDS)
    if child.stdout is not None:
        child.stdout.close()
