"""Keep a token given on the command line out of the list of processes."""

from __future__ import annotations

from collections.abc import Sequence

from setproctitle import setproctitle

PROGRAM = "space-odt"
SECRET_OPTIONS = frozenset({"--token"})
MASK = "***"


def masked(arguments: Sequence[str]) -> list[str]:
    """Replace the values of secret options.

    Args:
        arguments: The command line without the program name.

    Returns:
        The same arguments, as they may be shown.
    """
    shown: list[str] = []
    hide_next = False
    for argument in arguments:
        name, equals, _ = argument.partition("=")
        if hide_next:
            shown.append(MASK)
        elif equals and name in SECRET_OPTIONS:
            shown.append(f"{name}={MASK}")
        else:
            shown.append(argument)
        hide_next = not hide_next and argument in SECRET_OPTIONS
    return shown


def hide_secrets(arguments: Sequence[str]) -> None:
    """Give this process a title without secrets.

    Whoever lists processes sees the title in place of the arguments from here on; a token is safest
    in a `.env` file, where it is never an argument at all.

    Args:
        arguments: The command line without the program name.
    """
    shown = masked(arguments)
    if shown != list(arguments):
        setproctitle(" ".join([PROGRAM, *shown]))
