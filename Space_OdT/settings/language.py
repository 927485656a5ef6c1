"""The language operators are asked in: Spanish or English, as the environment says."""

from __future__ import annotations

import os
from typing import Literal

Language = Literal["es", "en"]
_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")


def operator_language(given: str | None = None) -> Language:
    """Choose the language of questions.

    Args:
        given: Value of `--lang`; beats the environment.

    Returns:
        `es` when the first locale variable that is set says so, else `en`.

    Raises:
        ValueError: When another language is given.
    """
    if given is not None:
        word = given.strip().lower()[:2]
        if word not in {"es", "en"}:
            raise ValueError(f'--lang "{given}": expected es or en')
        return "es" if word == "es" else "en"
    locale = next((value for name in _VARIABLES if (value := os.environ.get(name))), "")
    return "es" if locale.lower().startswith("es") else "en"
