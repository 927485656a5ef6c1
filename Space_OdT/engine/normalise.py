"""Turn what people type into the one form the API takes; pure, deterministic, never a guess."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from functools import cache
from zoneinfo import available_timezones

import orjson
import phonenumbers

from Space_OdT.engine.spreadsheet_damage import error_value
from Space_OdT.engine.suggestions import closest, did_you_mean
from Space_OdT.engine.values import BadValueError

EMAIL = re.compile(
    r"(?!.{255})[a-z0-9_%+'&=~!#$^*/{}|-]+(?:\.[a-z0-9_%+'&=~!#$^*/{}|-]+)*"
    r"@(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,63}"
)
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
