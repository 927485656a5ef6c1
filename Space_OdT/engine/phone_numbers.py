"""International telephone numbers: their shape, their possible lengths, and a lost plus sign."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cache

import phonenumbers

from Space_OdT.engine.spreadsheet_damage import numeric_damage
from Space_OdT.engine.values import BadValueError

E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_DIALLING = re.compile(r"\+?[0-9][0-9\s().·/-]*")
_NOT_A_DIGIT = re.compile(r"[^0-9]")
_EXPECTED = "an international number (E.164) as +34910000001"
# Country codes have up to three digits; the fourth tells whether a trunk 0 follows.
_TELLING_PREFIX = 5


def is_possible(number: str) -> bool:
    """Tell whether a number can exist, by country code and length; costs a dictionary look-up.

    Args:
        number: Any text.

    Returns:
        True when it is E.164 and its country has numbers of this length.
    """
    return bool(E164.fullmatch(number)) and _verdict(number[:_TELLING_PREFIX], len(number)) > 0


def calling_code_of(number: str) -> int:
    """Find the country code of a number.

    Args:
        number: A number in E.164.

    Returns:
        The country code, 0 when the number cannot exist.
    """
    return max(0, _verdict(number[:_TELLING_PREFIX], len(number)))


def calling_code_of_country(country: str) -> int:
    """Find the country code of a country.

    Args:
        country: ISO 3166 code in capitals.

    Returns:
        The country code, 0 for an unknown country.
    """
    return int(phonenumbers.country_code_for_region(country))


@cache
def _verdict(prefix: str, length: int) -> int:
    """Judge all numbers of one prefix and length at once: only these two decide.

    Returns:
        The country code; minus it when the length is wrong; 0 when no country has this code.
    """
    sample = prefix.ljust(length, "5")
    try:
        parsed = phonenumbers.parse(sample, None)
    except phonenumbers.NumberParseException:
        return 0
    code = int(parsed.country_code or 0)
    canonical = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    reason = phonenumbers.is_possible_number_with_reason(parsed)
    possible = reason == phonenumbers.ValidationResult.IS_POSSIBLE and canonical == sample
    return code if possible else -code


def international_number(value: str, calling_codes: Collection[int]) -> str:
    """Bring a number into E.164.

    Args:
        value: A trimmed cell.
        calling_codes: Country codes that surroundings prove; see `digits.phone_number`.

    Returns:
        The number in E.164.

    Raises:
        BadValueError: When it is none, or when completing it would be a guess.
    """
    has_plus = value.startswith("+")
    damage = numeric_damage(value)
    if not _DIALLING.fullmatch(value) or (damage and not has_plus):
        raise BadValueError(
            _EXPECTED,
            damage.fix if damage else "keep + and the digits; extensions have their own column",
            damage.what if damage else "",
        )
    digits = _NOT_A_DIGIT.sub("", value)
    if has_plus:
        return _checked(f"+{digits}")
    candidate = f"+{digits.removeprefix('00')}"
    if is_possible(candidate) and calling_code_of(candidate) in calling_codes:
        return candidate
    raise _lost_plus(digits, candidate, calling_codes)


def _checked(number: str) -> str:
    if is_possible(number):
        return number
    verdict = _verdict(number[:_TELLING_PREFIX], len(number)) if E164.fullmatch(number) else 0
    if verdict == 0:
        raise BadValueError(_EXPECTED, "begin with + and a country code that exists, then digits")
    raise BadValueError(
        _EXPECTED,
        f"check the digits: +{-verdict} has no numbers like this one ({len(number) - 1} digits "
        "with the country code, no 0 after it)",
    )


def _lost_plus(digits: str, candidate: str, calling_codes: Collection[int]) -> BadValueError:
    national = [f"+{code}{digits.lstrip('0')}" for code in sorted(calling_codes)]
    likely = [number for number in national if is_possible(number)]
    if likely:
        return BadValueError(_EXPECTED, f"put the country code in front: {likely[0]}")
    if digits.startswith("0") or not is_possible(candidate):
        return BadValueError(_EXPECTED, "write the number with + and its country code")
    return BadValueError(
        _EXPECTED,
        f"write {candidate} in a column formatted as Text if {calling_code_of(candidate)} is its "
        "country code, else put the country code in front",
        "The + is missing, as when a spreadsheet takes the number for a quantity, and nothing "
        "else in the file says which country is meant",
    )
