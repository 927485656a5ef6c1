"""What each exit code of the command line means, once, for code and docs."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """Exit codes of every command; `meaning` is the sentence the docs print."""

    OK = 0
    INCOMPLETE = 1
    USAGE = 2
    CIRCUIT_BREAKER = 3
    DAMAGED_STATE = 4
    INTERRUPTED = 130

    @property
    def meaning(self) -> str:
        """One sentence for the reference page and `--help`."""
        return _MEANINGS[self]


_MEANINGS = {
    ExitCode.OK: "Everything that was asked for was done.",
    ExitCode.INCOMPLETE: "Finished, but some rows or reads failed; the outputs say which.",
    ExitCode.USAGE: "Usage, configuration or preflight failure; nothing was processed.",
    ExitCode.CIRCUIT_BREAKER: (
        "Stopped by the circuit breaker: one cause failed most of a batch, or the token was "
        "rejected."
    ),
    ExitCode.DAMAGED_STATE: "State on disk is damaged, or belongs to another run or input.",
    ExitCode.INTERRUPTED: "Interrupted by Ctrl-C or SIGTERM; the same command goes on.",
}
