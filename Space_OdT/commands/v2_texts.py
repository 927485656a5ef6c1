"""What an operator is asked and told about approvals, in Spanish and English."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from Space_OdT.settings.language import Language
from Space_OdT.softphones.stages import Stage

STAGE_TITLES: Mapping[Language, Mapping[Stage, str]] = MappingProxyType(
    {
        "en": {
            Stage.LICENCE: "calling licence, location, extension and number",
            Stage.NUMBERS: "alternate numbers",
            Stage.FORWARDING: "call forwarding",
            Stage.VOICEMAIL: "voicemail",
            Stage.INTERCEPT: "call intercept",
            Stage.PERMISSIONS: "incoming and outgoing permissions",
            Stage.QUEUES: "call queues",
        },
        "es": {
            Stage.LICENCE: "licencia de llamadas, ubicación, extensión y número",
            Stage.NUMBERS: "números alternativos",
            Stage.FORWARDING: "desvío de llamadas",
            Stage.VOICEMAIL: "buzón de voz",
            Stage.INTERCEPT: "interceptación de llamadas",
            Stage.PERMISSIONS: "permisos entrantes y salientes",
            Stage.QUEUES: "colas de llamadas",
        },
    }
)

_EN = {
    "intro": (
        "Approvals: {people} people in {organisation}. Nothing is changed until the last answer is "
        "given."
    ),
    "stage": "[{number}/{count}] {stage} - {title}",
    "rows": "  people         {rows}",
    "calls": "  calls          {least} to {most}",
    "looked": "  looked at      {sampled} of them, {unchanged} as wanted already",
    "first": "  first changes  (before -> after)",
    "obstacle": "      would fail: {text}",
    "more": "      and {more} more fields",
    "nothing": "nothing",
    "unread": "(not readable before calling is given)",
    "prompt": "  Run it? yes / no / yesbut FILE: ",
    "unknown": '  "{text}" is no answer. Say yes, no, or yesbut FILE.',
    "no_file": "  yesbut needs the name of a file (CSV or JSON with user_email): yesbut FILE",
    "file": "  The file cannot be used: {text}",
    "nobody": (
        "Nobody answers the approvals: give --decisions-file, or run it at a terminal. Nothing "
        "was changed."
    ),
    "too_many": "No usable answer after {tries} tries. Nothing was changed.",
    "taken": "  -> {answer}",
}
_ES = {
    "intro": (
        "Aprobaciones: {people} personas en {organisation}. No se cambia nada hasta la última "
        "respuesta."
    ),
    "stage": "[{number}/{count}] {stage} - {title}",
    "rows": "  personas           {rows}",
    "calls": "  llamadas API       de {least} a {most}",
    "looked": "  examinadas         {sampled}, de ellas {unchanged} ya están como se pide",
    "first": "  primeros cambios   (antes -> después)",
    "obstacle": "      fallaría: {text}",
    "more": "      y {more} campos más",
    "nothing": "nada",
    "unread": "(no se puede leer antes de dar la licencia)",
    "prompt": "  ¿Aplicar la etapa? yes / no / yesbut <archivo>: ",
    "unknown": '  "{text}" no es una respuesta. Escriba yes, no o yesbut <archivo>.',
    "no_file": "  yesbut necesita el nombre de un archivo (CSV o JSON con user_email): "
    "yesbut <archivo>",
    "file": "  No se puede usar el archivo: {text}",
    "nobody": (
        "Nadie responde a las aprobaciones: indique --decisions-file o ejecútelo en un terminal. "
        "No se ha cambiado nada."
    ),
    "too_many": "Ninguna respuesta válida en {tries} intentos. No se ha cambiado nada.",
    "taken": "  -> {answer}",
}
TEXTS: Mapping[Language, Mapping[str, str]] = MappingProxyType({"en": _EN, "es": _ES})
