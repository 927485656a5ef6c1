"""The command line as all commands read it: optional values, plain flags."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from typer.core import TyperCommand

# Options whose value may be left out, and the value that then counts.
OPTIONAL_VALUES = {"--simulator": "50"}
# Parameters of actions that are documented as flags: they count as true without a value.
FLAGS_OF_ACTIONS = frozenset({"--inactive"})


class PlainFlagsCommand(TyperCommand):
    """A command whose help shows flags without a type: nothing follows a flag."""

    def get_params(self, ctx: Any) -> list[Any]:
        """List the parameters, those of the help screen too."""
        params = super().get_params(ctx)
        for param in params:
            if getattr(param, "is_flag", False):
                param.metavar = ""
        return params


def fill_optional_values(arguments: Sequence[str]) -> list[str]:
    """Give options that may stand without a value the value that then counts.

    Args:
        arguments: The command line without the program name.

    Returns:
        The same arguments; `--simulator` not followed by a number gets one, a flag of an action
        that no value follows gets true.
    """
    filled: list[str] = []
    for position, argument in enumerate(arguments):
        filled.append(argument)
        following = arguments[position + 1] if position + 1 < len(arguments) else ""
        if argument in OPTIONAL_VALUES and not following.isdecimal():
            filled.append(OPTIONAL_VALUES[argument])
        if argument in FLAGS_OF_ACTIONS and (not following or following.startswith("-")):
            filled.append("true")
    return filled
