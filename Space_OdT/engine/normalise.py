"""Turn what people type into the one form the API takes; pure, deterministic, never a guess."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from functools import cache
from zoneinfo import available_timezones

import orjson
import phonenumbers

from Space_OdT.engine.phone_numbers import E164, international_number
from Space_OdT.engine.spreadsheet_damage import error_value, numeric_damage, strip_text_marker
from Space_OdT.engine.suggestions import closest, did_you_mean
from Space_OdT.engine.values import BadValueError

EXTENSION_DIGITS = (2, 8)
EXTENSION = re.compile(r"[0-9]{2,8}")
EMAIL = re.compile(
    r"(?!.{255})[a-z0-9_%+'&=~!#$^*/{}|-]+(?:\.[a-z0-9_%+'&=~!#$^*/{}|-]+)*"
    r"@(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,63}"
)
_DESTINATION = re.compile(r"\+?[0-9*#]{2,30}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:_[a-z0-9]{2,4})+")
_INVISIBLE = re.compile(
    "[\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\u00ad\x00-\x08\x0e-\x1f]"
)
_SEPARATORS_OF_LISTS = re.compile(r"[,;|]")

# Spellings seen in the field, in the languages spreadsheets are kept in.
_TRUE = frozenset(
    {"true", "1", "x", "si", "sí", "s", "yes", "y", "on", "verdadero", "cert", "wahr"}
)
_FALSE = frozenset({"false", "0", "no", "n", "off", "falso", "fals", "falsch"})

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


def clean_text(value: str) -> str:
    """Trim, drop invisible characters, make every run of white space (NBSP too) one space.

    Args:
        value: A cell.

    Returns:
        Printable text on one line.
    """
    return " ".join(_INVISIBLE.sub("", value).split())


def text(value: str, limit: int = 256) -> str:
    """Normalise free text.

    Args:
        value: A cell that is not blank.
        limit: Most characters allowed.

    Returns:
        The text as `clean_text` makes it.

    Raises:
        BadValueError: When it is too long or a spreadsheet's error value.
    """
    cleaned = clean_text(value)
    if damage := error_value(cleaned):
        raise BadValueError("text", damage.fix, damage.what)
    if len(cleaned) > limit:
        raise BadValueError(f"at most {limit} characters", f"shorten it; it has {len(cleaned)}")
    return cleaned


def email(value: str) -> str:
    """Normalise an e-mail address: trimmed, lower case.

    Args:
        value: A cell that is not blank.

    Returns:
        The address.

    Raises:
        BadValueError: When it is not one address with an ASCII domain.
    """
    cleaned = clean_text(value).lower().removeprefix("mailto:")
    if EMAIL.fullmatch(cleaned):
        return cleaned
    expected = "one e-mail address as ana.lopez@example.com"
    if damage := error_value(cleaned):
        raise BadValueError(expected, damage.fix, damage.what)
    if cleaned.count("@") > 1 or _SEPARATORS_OF_LISTS.search(cleaned):
        raise BadValueError(expected, "keep one address; a comma is not a dot")
    raise BadValueError(expected, "write the address the person signs in to Webex with")


def boolean(value: str) -> str:
    """Normalise a yes/no answer.

    Args:
        value: A cell that is not blank; `TRUE`, `1`, `x`, `sí`, `yes`, `no`, `0`, … in any case.

    Returns:
        "true" or "false".

    Raises:
        BadValueError: When it is neither.
    """
    word = clean_text(value).casefold()
    if word in _TRUE:
        return "true"
    if word in _FALSE:
        return "false"
    raise BadValueError("true or false", "write true or false, or leave the cell blank")


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


def country(value: str) -> str:
    """Normalise a country to its ISO 3166 code.

    Args:
        value: A cell that is not blank.

    Returns:
        Two capital letters.

    Raises:
        BadValueError: When no country has this code.
    """
    code = clean_text(value).upper()
    if code in phonenumbers.SUPPORTED_REGIONS:
        return code
    raise BadValueError("a country code of two letters as ES", "write the ISO 3166 code")


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


def time_zone(value: str) -> str:
    """Normalise a time zone to its IANA name; blanks around the slash go, case is repaired.

    Args:
        value: A cell that is not blank.

    Returns:
        The IANA name.

    Raises:
        BadValueError: When IANA has no such zone.
    """
    zones = _time_zones()
    name = re.sub(r"\s*/\s*", "/", clean_text(value)).replace(" ", "_")
    if known := zones.get(name.casefold()):
        return known
    meant = did_you_mean(name, zones.values(), whole=True)
    raise BadValueError("an IANA time zone as Europe/Madrid", f"{meant}write the IANA name")


@cache
def _time_zones() -> dict[str, str]:
    return {name.casefold(): name for name in sorted(available_timezones())}


def language(value: str) -> str:
    """Normalise a language code to lower case with underscores, the form the API insists on.

    Args:
        value: A cell that is not blank, as `es_ES` or `es-Es`.

    Returns:
        The code as `es_es`.

    Raises:
        BadValueError: When the country part is missing or the shape is another.
    """
    code = clean_text(value).lower().replace("-", "_").replace(" ", "")
    if _LANGUAGE.fullmatch(code):
        return code
    raise BadValueError("a language and a country as es_es or ca_es", "write both parts")


def choice(values: Collection[str]) -> Callable[[str], str]:
    """Make a normaliser for a closed list of values.

    Args:
        values: The values of the API, in capitals with underscores.

    Returns:
        A function that finds the value whatever its case, blanks and dashes.
    """
    known = {value.casefold(): value for value in values}

    def normalise(value: str) -> str:
        word = re.sub(r"[\s_-]+", "_", clean_text(value).casefold())
        if word in known:
            return known[word]
        meant = closest(word, known)
        hint = f'did you mean "{known[meant]}"? ' if meant else ""
        raise BadValueError(f"one of {', '.join(values)}", f"{hint}write one of these values")

    return normalise


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


def json_object(value: str) -> str:
    """Normalise a cell that holds a JSON object.

    Args:
        value: A cell that is not blank.

    Returns:
        Compact JSON with sorted keys.

    Raises:
        BadValueError: When it is not valid JSON, or not an object.
    """
    expected = 'a JSON object as {"callWaiting":{"enabled":true}}'
    try:
        parsed = orjson.loads(value)
    except ValueError as error:
        typographic = any(mark in value for mark in "“”„«»")
        damage = 'An office program replaced the straight quotes (")' if typographic else ""
        raise BadValueError(expected, f"repair the JSON ({error})", damage) from None
    if not isinstance(parsed, dict):
        raise BadValueError(expected, "put the value in braces, under the name of its feature")
    return orjson.dumps(parsed, option=orjson.OPT_SORT_KEYS).decode()


def text_list(value: str) -> tuple[str, ...]:
    """Split a cell that holds several values.

    Args:
        value: A JSON array, or values separated by `,`, `;` or `|`; may be blank.

    Returns:
        The values, trimmed, without blanks and repetitions, in their order.

    Raises:
        BadValueError: When it looks like a JSON array and is none.
    """
    stripped = value.strip()
    if stripped.startswith("["):
        try:
            items = [str(item) for item in orjson.loads(stripped)]
        except ValueError as error:
            raise BadValueError('a list as a;b or ["a","b"]', f"repair it ({error})") from None
    else:
        items = _SEPARATORS_OF_LISTS.split(stripped)
    return tuple(dict.fromkeys(cleaned for item in items if (cleaned := clean_text(item))))
