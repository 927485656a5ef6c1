"""The mode of an action that can also be taken back: set on the way in, unset at the cut-over."""

from __future__ import annotations

from dataclasses import dataclass

from Space_OdT.engine import normalise
from Space_OdT.engine.values import BadValueError
from Space_OdT.v21.transformacion.parameters import Kind, Parameter

SET, UNSET = "SET", "UNSET"
_MODES = (SET, UNSET)
# What people write in the columns that feed it: `enabled`, and the kind of diversion in Catalan
# and Spanish. Diversions on busy or no answer are other settings, and are refused.
_WORDS = {
    **dict.fromkeys(
        (
            "always",
            "sempre",
            "siempre",
            "tot",
            "tots",
            "todo",
            "todas",
            "totes",
            "incondicional",
            "unconditional",
            "activat",
            "activado",
        ),
        SET,
    ),
    **dict.fromkeys(
        ("cap", "ninguno", "ningun", "sense", "sin", "none", "desactivat", "desactivado"), UNSET
    ),
}
_OF_FLAG = {"true": SET, "false": UNSET}


@dataclass(frozen=True, slots=True)
class SwitchParameter(Parameter):
    """A choice between set and unset that is also fed by columns of yes and no."""

    def normalise(self, text: str) -> str:
        """Bring a mode into its one form.

        Args:
            text: `set`, `unset`, a truth value, or a word of the documented columns; may be blank.

        Returns:
            `SET`, `UNSET`, or "" for blank.

        Raises:
            BadValueError: When it is none of them.
        """
        word = normalise.clean_text(text).casefold()
        if not word or word.upper() in _MODES:
            return word.upper()
        if found := _WORDS.get(word):
            return found
        try:
            return _OF_FLAG[normalise.boolean(word)]
        except BadValueError:
            raise BadValueError(
                "set or unset (or true or false)",
                "write set to switch it on, unset to take it back",
            ) from None


def mode_parameter(help_text: str, *aliases: str) -> SwitchParameter:
    """Make the parameter `mode` of an action.

    Args:
        help_text: One sentence for `--help` and the reference page.
        *aliases: Further column headers it is fed by.

    Returns:
        The parameter; set unless told otherwise.
    """
    return SwitchParameter(
        "mode",
        Kind.CHOICE,
        help_text,
        aliases=aliases,
        default=SET,
        choices=_MODES,
        example="set",
    )
