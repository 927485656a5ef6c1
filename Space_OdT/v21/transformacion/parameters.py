"""What an action may be told: typed parameters, their columns in spreadsheets, their one form."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from types import MappingProxyType

import orjson

from Space_OdT.engine import digits, normalise
from Space_OdT.engine.models import CellProblem
from Space_OdT.engine.phone_numbers import E164
from Space_OdT.engine.spreadsheet_damage import numeric_damage, strip_text_marker
from Space_OdT.engine.values import BadValueError

_LONGEST_ID = 400
_DIALLING = str.maketrans("", "", " \u00a0().-/")


class Kind(StrEnum):
    """What the text of a parameter is."""

    TEXT = "text"
    ID = "id"
    NAME = "name"
    EMAIL = "e-mail address"
    PHONE = "phone number"
    PHONES = "list of phone numbers"
    EXTENSION = "extension"
    DESTINATION = "destination"
    FLAG = "true or false"
    CHOICE = "choice"
    NAMES = "list of names or ids"
    CHOICES = "list of choices"
    TIME_ZONE = "time zone"
    LANGUAGE = "language"
    COUNTRY = "country"
    POSTAL_CODE = "postal code"
    JSON_LIST = "JSON list"
    NUMBER = "whole number"


def fold_header(header: str) -> str:
    """Bring a column header into the form in which headers are compared.

    Args:
        header: As it stands in the file: "Codi Seu", "codi_seu", "Numeració".

    Returns:
        Lower case, without accents, blanks, hyphens, underscores and punctuation.
    """
    if header.isascii():  # most are, and every cell of a file is compared with headers
        return "".join(filter(str.isalnum, header.lower()))
    plain = unicodedata.normalize("NFKD", normalise.clean_text(header)).casefold()
    return "".join(filter(str.isalnum, plain))


@cache
def _folded(headers: tuple[str, ...]) -> frozenset[str]:
    """Fold the headers of a parameter once: every cell of every row is compared with them."""
    return frozenset(map(fold_header, headers))


@dataclass(frozen=True, slots=True)
class Parameter:
    """One thing an action may be told.

    Attributes:
        name: Name on the command line, in plans and as the column of the candidates file.
        kind: What its text is.
        help: One sentence for `--help` and the reference page.
        aliases: Further column headers it is fed by, as in the documented workbooks.
        is_required: Whether the action cannot do without.
        default: Normalised value when nothing is given; "" for none.
        choices: The values of a CHOICE or CHOICES, in capitals.
        example: A value, for messages and docs.
        least: Least value of a NUMBER.
        most: Greatest value of a NUMBER.
    """

    name: str
    kind: Kind
    help: str
    aliases: tuple[str, ...] = ()
    is_required: bool = False
    default: str = ""
    choices: tuple[str, ...] = ()
    example: str = ""
    least: int = 0
    most: int = 1_000_000

    @property
    def headers(self) -> frozenset[str]:
        """Every header that feeds it, folded."""
        return _folded((self.name, *self.aliases))

    def normalise(self, text: str) -> str:
        """Bring a value into its one form; lists become JSON.

        Args:
            text: What was given; blank is no value.

        Returns:
            The one form; "" for blank.

        Raises:
            BadValueError: When it is not such a value.
        """
        cleaned = normalise.clean_text(text)
        return _NORMALISERS[self.kind](self, cleaned) if cleaned else ""

    def judge(self, text: str) -> str | CellProblem:
        """Normalise, with the problem as a value.

        A header in place of a value is one; free text may well be such a word.

        Args:
            text: What was given.

        Returns:
            The one form, or what is wrong.
        """
        if not text:
            return ""
        if self.kind is not Kind.TEXT and fold_header(text) in self.headers and text.strip():
            return CellProblem(
                self.name,
                text,
                f"a value ({self.kind})",
                "the name of a column stands in place of a value; write the value itself",
            )
        try:
            return self.normalise(text)
        except BadValueError as error:
            return CellProblem(self.name, text, error.expected, error.fix, error.damage)


def values_of(text: str) -> tuple[str, ...]:
    """Read a normalised list.

    Args:
        text: The one form of a PHONES, NAMES or CHOICES; "" for none.

    Returns:
        Its values.
    """
    return tuple(orjson.loads(text)) if text else ()


def is_true(text: str) -> bool:
    """Read a normalised FLAG.

    Args:
        text: `true`, `false` or "".

    Returns:
        True for `true` only.
    """
    return text == "true"


def _phone(_: Parameter, text: str) -> str:
    """Take a number with or without its plus: the workbooks often lose it."""
    plain = strip_text_marker(text)[0].translate(_DIALLING)
    plain = f"+{plain[2:]}" if plain.startswith("00") else plain
    candidate = plain if plain.startswith("+") else f"+{plain}"
    if not E164.fullmatch(candidate) or plain.startswith("0"):
        damage = numeric_damage(text)
        raise BadValueError(
            "an international number (E.164) as +34910000001",
            damage.fix if damage else "write + and the country code, then the digits",
            damage.what if damage else "",
        )
    return candidate


def _list(items: tuple[str, ...], one: Callable[[str], str]) -> str:
    """Normalise each item once, in the order given; none at all is blank."""
    found = list(dict.fromkeys(one(item) for item in items))
    return orjson.dumps(found).decode() if found else ""


def _choice(parameter: Parameter, text: str) -> str:
    return normalise.choice(parameter.choices)(text)


def _json_list(_: Parameter, text: str) -> str:
    try:
        value = orjson.loads(text)
    except ValueError as error:
        raise BadValueError("a JSON list of objects", f"it is not JSON: {error}") from None
    if not isinstance(value, list):
        raise BadValueError("a JSON list of objects", "put the objects in [ ]")
    return orjson.dumps(value).decode()


_NORMALISERS: Mapping[Kind, Callable[[Parameter, str], str]] = MappingProxyType(
    {
        Kind.TEXT: lambda _, text: normalise.text(text),
        Kind.ID: lambda _, text: normalise.text(text, _LONGEST_ID),
        Kind.NAME: lambda _, text: normalise.text(text),
        Kind.EMAIL: lambda _, text: normalise.email(text),
        Kind.PHONE: _phone,
        Kind.PHONES: lambda p, text: _list(normalise.text_list(text), lambda one: _phone(p, one)),
        Kind.EXTENSION: lambda _, text: digits.extension(text),
        Kind.DESTINATION: lambda _, text: digits.destination(text),
        Kind.FLAG: lambda _, text: normalise.boolean(text),
        Kind.CHOICE: _choice,
        Kind.NAMES: lambda _, text: _list(normalise.text_list(text), normalise.text),
        Kind.CHOICES: lambda p, text: _list(normalise.text_list(text), lambda one: _choice(p, one)),
        Kind.TIME_ZONE: lambda _, text: normalise.time_zone(text),
        Kind.LANGUAGE: lambda _, text: normalise.language(text),
        Kind.COUNTRY: lambda _, text: normalise.country(text),
        Kind.POSTAL_CODE: lambda _, text: normalise.text(text),
        Kind.JSON_LIST: _json_list,
        Kind.NUMBER: lambda p, text: digits.whole_number(p.least, p.most)(text),
    }
)
