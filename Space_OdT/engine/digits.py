"""Bring digits into one form: extensions, numbers, destinations, postal codes; never a guess."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

from Space_OdT.engine.normalise import clean_text, text
from Space_OdT.engine.phone_numbers import E164, international_number
from Space_OdT.engine.spreadsheet_damage import numeric_damage, strip_text_marker
from Space_OdT.engine.values import BadValueError

EXTENSION_DIGITS = (2, 8)
EXTENSION = re.compile(r"[0-9]{2,8}")
_DESTINATION = re.compile(r"\+?[0-9*#]{2,30}")

OFF = "off"
_OFF_WORDS = frozenset({OFF, "none", "no", "false", "disabled", "desactivado"})

# Digits of national postal codes that may begin with 0, where a spreadsheet loses it.
_POSTAL_DIGITS = {
    **dict.fromkeys(("DE", "ES", "FI", "FR", "IT", "MX", "MY", "PE", "TR", "UA", "US", "KR"), 5),
    **dict.fromkeys(("AU", "NO"), 4),
    **dict.fromkeys(("CO", "RO"), 6),
    "JP": 7,
    "BR": 8,
}


def extension(value: str, *, usual_digits: int = 0) -> str:
    """Normalise an extension; always text, so that leading zeros stay.

    Args:
        value: A cell that is not blank.
        usual_digits: Length the neighbours have, when that makes a shorter one suspicious; else 0.

    Returns:
        2 to 8 digits.

    Raises:
        BadValueError: When it is not, or when its leading zeros seem lost. A value marked as text
            (`'123`) is taken as it stands.
    """
    cleaned, is_marked = strip_text_marker(clean_text(value))
    expected = "2 to 8 digits as 80000001"
    if not EXTENSION.fullmatch(cleaned):
        damage = numeric_damage(cleaned)
        fix = damage.fix if damage else _extension_fix(cleaned)
        raise BadValueError(expected, fix, damage.what if damage else "")
    if usual_digits > len(cleaned) and not is_marked:
        raise BadValueError(
            f"{usual_digits} digits, as its neighbours have",
            f"write {cleaned.zfill(usual_digits)} in a column formatted as Text; if {cleaned} is "
            f"right, write '{cleaned}",
            "A spreadsheet seems to have dropped leading zeros",
        )
    return cleaned


def _extension_fix(cleaned: str) -> str:
    if cleaned.isascii() and cleaned.isdigit():
        return f"it has {len(cleaned)} digits; the limit is {EXTENSION_DIGITS[1]}, the least is 2"
    if E164.fullmatch(cleaned):
        return "a whole number belongs in phone_number"
    return "keep the digits only"


def phone_number(value: str, *, calling_codes: Collection[int] = ()) -> str:
    """Normalise a telephone number to E.164.

    Args:
        value: A cell that is not blank; blanks, dots, dashes and brackets inside are dropped.
        calling_codes: Country codes the surroundings prove (country of the location, neighbours);
            only then a lost `+`, or `00` in its place, is put back.

    Returns:
        `+` and 7 to 15 digits, of a length the country has.

    Raises:
        BadValueError: Naming what is missing or what a spreadsheet did to the number.
    """
    cleaned, _ = strip_text_marker(clean_text(value))
    return international_number(cleaned, calling_codes)


def destination(value: str) -> str:
    """Normalise where calls are forwarded to; a short number is dialled as it is, never completed.

    Args:
        value: A cell that is not blank.

    Returns:
        Digits, `*`, `#`, an optional leading `+`; or `off`.

    Raises:
        BadValueError: When it cannot be dialled.
    """
    cleaned, _ = strip_text_marker(clean_text(value))
    if cleaned.casefold() in _OFF_WORDS:
        return OFF
    dialled = re.sub(r"[\s()\-]", "", cleaned)
    damage = numeric_damage(cleaned)
    if damage is None and _DESTINATION.fullmatch(dialled):
        return dialled
    raise BadValueError(
        "a number to dial as +34910000001 or 530000001, or off",
        damage.fix if damage else "keep the digits, with + only before a country code",
        damage.what if damage else "",
    )


def postal_code(value: str, *, country_code: str = "") -> str:
    """Normalise a postal code; always text, so that leading zeros stay.

    Args:
        value: A cell that is not blank.
        country_code: ISO code of the country, "" when unknown.

    Returns:
        The code.

    Raises:
        BadValueError: When leading zeros are lost, or a spreadsheet damaged it otherwise.
    """
    cleaned, is_marked = strip_text_marker(clean_text(value))
    digits = _POSTAL_DIGITS.get(country_code, 0)
    damage = numeric_damage(cleaned)
    # a Japanese 100-0001 or a Polish 00-950 has the shape of nothing but itself
    if damage and not re.fullmatch(r"\d{2,5}-\d{2,4}", cleaned):
        raise BadValueError("a postal code as 08001", damage.fix, damage.what)
    if cleaned.isdigit() and len(cleaned) < digits and not is_marked:
        raise BadValueError(
            f"{digits} digits in {country_code} as {cleaned.zfill(digits)}",
            f"write {cleaned.zfill(digits)} in a column formatted as Text",
            "A spreadsheet dropped the leading zeros",
        )
    return text(cleaned, 40)


def whole_number(least: int, most: int) -> Callable[[str], str]:
    """Make a normaliser for a bounded whole number.

    Args:
        least: Smallest value.
        most: Largest value.

    Returns:
        A function from a cell to plain digits.
    """

    def normalise(value: str) -> str:
        cleaned = clean_text(value).removesuffix(".0").removesuffix(",0")
        if cleaned.isascii() and cleaned.isdigit() and least <= int(cleaned[:9]) <= most:
            return str(int(cleaned))
        raise BadValueError(
            f"a whole number from {least} to {most}", "write a number inside the range"
        )

    return normalise
