"""Runs commands in processes of their own that find the third-party libraries loaded already.

Loading them is two thirds of what a short command costs, and the suite runs hundreds. One waiting
process has them loaded and nothing of the project; it forks for every command, whose modules are
loaded anew and run as by `python -m`. Tests that signal, kill or talk to a command start it from
nothing, as do all tests of how it starts.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import importlib
import json
import os
import runpy
import socket
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

import coverage

LIBRARIES = (
    "aiohttp",
    "asyncio",
    "charset_normalizer",
    "dotenv",
    "harfile",
    "orjson",
    "phonenumbers",
    "pydantic",
    "pydantic.fields",
    "pydantic.types",
    "pydantic_settings",
    "python_calamine",
    "rapidfuzz",
    "rapidfuzz.distance",
    "rapidfuzz.process",
    "rich.console",
    "structlog",
    "tenacity",
    "typer",
    "typer.main",
)
# What the interpreter or a library looks at only once, when it is loaded.
READ_AT_THE_START = ("PYTHON", "LC_", "SSL_", "TZ", "TYPER_", "AIOHTTP_")
# Those of them that are given to a forked process, or mean nothing to one that is waited for.
UNDERSTOOD = {"PYTHONPATH", "PYTHONWARNINGS", "PYTHONUNBUFFERED"}
MESSAGE_BYTES = 150_000


def run(
    module: str,
    arguments: Sequence[str],
    *,
    folder: Path,
    environment: Mapping[str, str],
    seconds: float,
    typed: str = "",
) -> subprocess.CompletedProcess[str]:
    """Run a module as a program, and wait for its end.

    Args:
        module: Dotted name.
        arguments: The command line without the program name.
        folder: Current folder of the process.
        environment: All its environment variables.
        seconds: After how long it is killed.
        typed: What it reads from its standard input, which is no terminal.

    Returns:
        How it ended, with what it wrote.

    Raises:
        subprocess.TimeoutExpired: It was killed.
    """
    words = [sys.executable, "-m", module, *arguments]
    if not _can_fork(environment):
        return subprocess.run(
            words,
            cwd=folder,
            env=environment,
            input=typed,
            capture_output=True,
            encoding="utf-8",
            timeout=seconds,
            check=False,
        )
    request = {
        "module": module,
        "arguments": list(arguments),
        "folder": str(folder),
        "environment": dict(environment),
    }
    with contextlib.ExitStack() as files:
        streams = [files.enter_context(tempfile.TemporaryFile()) for _ in range(3)]
        streams[0].write(typed.encode())
        streams[0].seek(0)
        code = _forked(request, streams, words, seconds)
        out, err = (_text(one) for one in streams[1:])
    return subprocess.CompletedProcess(words, code, out, err)


def _can_fork(environment: Mapping[str, str]) -> bool:
    others = {name for name, value in environment.items() if value != os.environ.get(name)}
    return sys.platform == "linux" and not any(
        one.startswith(READ_AT_THE_START) for one in others - UNDERSTOOD
    )


def _text(stream: IO[bytes]) -> str:
    stream.seek(0)
    return stream.read().decode().replace("\r\n", "\n")


def _forked(
    request: Mapping[str, Any], streams: Sequence[IO[bytes]], words: Sequence[str], seconds: float
) -> int:
    channel = _channel()
    channel.settimeout(60.0)
    descriptors = [one.fileno() for one in streams]
    socket.send_fds(channel, [json.dumps(request).encode()], descriptors)
    process = int(channel.recv(MESSAGE_BYTES))
    channel.settimeout(seconds)
    try:
        return int(channel.recv(MESSAGE_BYTES))
    except TimeoutError:
        os.kill(process, 9)
        channel.settimeout(60.0)
        channel.recv(MESSAGE_BYTES)
        raise subprocess.TimeoutExpired(list(words), seconds) from None


@functools.cache
def _channel() -> socket.socket:
    """Start the process that waits; it ends with this one."""
    here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    waiting = subprocess.Popen(
        [sys.executable, __file__, str(there.fileno())],
        env={
            "LANG": "C.UTF-8",
            **{
                name: value
                for name, value in os.environ.items()
                if name == "PATH" or (name.startswith(READ_AT_THE_START) and name not in UNDERSTOOD)
            },
        },
        stdin=subprocess.DEVNULL,
        pass_fds=[there.fileno()],
        start_new_session=True,
    )
    there.close()

    def end() -> None:
        here.close()
        waiting.wait(30)

    atexit.register(end)
    return here


def _next_command(channel: socket.socket) -> dict[str, Any]:
    """Wait for commands; every one is returned in a process of its own."""
    while True:
        message, descriptors, _, _ = socket.recv_fds(channel, MESSAGE_BYTES, 3)
        if not message:
            sys.exit(0)
        process = os.fork()
        if process == 0:
            channel.close()
            for number, descriptor in enumerate(descriptors):
                os.dup2(descriptor, number)
                os.close(descriptor)
            request: dict[str, Any] = json.loads(message)
            return request
        for descriptor in descriptors:
            os.close(descriptor)
        channel.send(str(process).encode())
        _, status = os.waitpid(process, 0)
        channel.send(str(os.waitstatus_to_exitcode(status)).encode())


def _serve(descriptor: int) -> None:
    for name in LIBRARIES:
        importlib.import_module(name)
    request = _next_command(socket.socket(fileno=descriptor))
    os.chdir(request["folder"])
    os.environ.clear()
    os.environ.update(request["environment"])
    beside = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    sys.path[:1] = [request["folder"], *filter(None, beside)]
    sys.argv = [request["module"], *request["arguments"]]
    for action in filter(None, os.environ.get("PYTHONWARNINGS", "").split(",")):
        warnings.simplefilter(action)  # type: ignore[arg-type]  # wrong ones are refused
    if "COVERAGE_PROCESS_CONFIG" in os.environ:
        coverage.process_startup()
    runpy.run_module(request["module"], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    _serve(int(sys.argv[1]))
