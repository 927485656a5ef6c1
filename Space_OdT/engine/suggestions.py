"""Guess which known word somebody meant by an unknown one."""

from __future__ import annotations

from collections.abc import Collection

from rapidfuzz import fuzz, process

# Of 100. Measured on column names: 70 still finds "mail" -> "email" and "phone" -> "phone_number",
# and finds nothing for words that have no counterpart.
_LEAST_SCORE = 70
_LEAST_SCORE_OF_WHOLE = 80


def closest(word: str, known: Collection[str], *, whole: bool = False) -> str | None:
    """Find the known word that resembles an unknown one.

    Args:
        word: What was written.
        known: The words that exist; earlier ones win a tie.
        whole: Whether the words must resemble each other as a whole, not in a part.

    Returns:
        The most similar known word, or None when nothing resembles it.
    """
    folded = {name: name.casefold() for name in known}
    # a short name inside a long word ("email" in "voicemail") must not beat a long one
    found = process.extractOne(
        word.casefold(), folded, scorer=fuzz.ratio, score_cutoff=_LEAST_SCORE_OF_WHOLE
    )
    if found is None and not whole:
        found = process.extractOne(
            word.casefold(), folded, scorer=fuzz.WRatio, score_cutoff=_LEAST_SCORE
        )
    return None if found is None else str(found[2])


def did_you_mean(word: str, known: Collection[str], *, whole: bool = False) -> str:
    """Phrase the guess as the start of a sentence.

    Args:
        word: What was written.
        known: The words that exist.
        whole: Whether the words must resemble each other as a whole, not in a part.

    Returns:
        `did you mean "x"? `, or "" when nothing resembles the word.
    """
    match = closest(word, known, whole=whole)
    return "" if match is None else f'did you mean "{match}"? '
