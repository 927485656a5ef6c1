"""Ask before anything is changed: in Spanish and English, and never without a terminal."""

from __future__ import annotations

import sys

from Space_OdT.commands.rows_front import RequestError
from Space_OdT.commands.telling import say

YES = frozenset({"y", "yes", "s", "si", "sí"})
QUESTION = "¿Aplicar estos cambios? / Apply these changes? [y/N] "


def refuse_unasked(*, is_free_to_go: bool) -> None:
    """Refuse a run that would have to ask, where nobody can answer.

    Args:
        is_free_to_go: Whether nobody has to be asked: a dry run, `--auto-confirm`, only reads.

    Raises:
        RequestError: When standard input is no terminal.
    """
    if not is_free_to_go and not sys.stdin.isatty():
        raise RequestError(
            "Nobody can be asked here (standard input is no terminal), so nothing was changed. "
            "Look with --dry-run, then give --auto-confirm. / No hay terminal para confirmar: "
            "revise con --dry-run y use --auto-confirm."
        )


def is_confirmed() -> bool:
    """Ask the operator.

    Returns:
        True for y, yes, s, si and sí, in any case.
    """
    print(QUESTION, end="", file=sys.stderr, flush=True)
    answer = sys.stdin.readline().strip().casefold()
    if answer in YES:
        return True
    say("Nothing was changed. / No se ha cambiado nada.")
    return False
