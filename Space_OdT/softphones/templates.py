"""The files a run needs: written with remarks on how to fill them when they are missing."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from Space_OdT.engine.atomic import write_atomic
from Space_OdT.engine.csv_lines import line_maker
from Space_OdT.softphones.columns import COLUMNS, TEMPLATE_COLUMNS
from Space_OdT.softphones.layout import SoftphoneLayout
from Space_OdT.softphones.policy import POLICY_KEYS
from Space_OdT.softphones.stages import Stage

_CSV_REMARKS = (
    "# One row per person, below the header. Rows that begin with # are remarks: delete or keep.",
    "# Una fila por persona, bajo la cabecera. Las filas que empiezan por # son comentarios.",
    "# Required: user_email, calling_license_id, a location (id or name), extension or number.",
    "# A blank cell means: leave it as it is. Una celda en blanco significa: dejar sin cambios.",
    "# cf_*, voicemail_* and intercept_* name a field of the API, as cf_always_destination.",
    "# More columns: alternate_numbers, cf_busy_enabled, cf_noanswer_enabled,",
    "# incoming_permissions_mode, outgoing_permissions_mode.",
    *(
        f"# {name}: {COLUMNS[name].meaning}"
        + (f" Example: {COLUMNS[name].example}" if COLUMNS[name].example else "")
        for name in TEMPLATE_COLUMNS
    ),
)
_POLICY_REMARKS = [
    "Defaults for people whose row runs the feature's stage; a filled cell of the row wins.",
    "Each object is a body of the API; leave it empty to change only what the row says.",
    "forwarding_defaults: {callForwarding: {always|busy|noAnswer: {...}}, businessContinuity}",
    "voicemail_defaults, intercept_defaults: bodies of the features voicemail and intercept",
    "incoming_permissions_defaults, outgoing_permissions_defaults: used where a row has no JSON",
    "Valores por defecto; lo que dice la fila gana. Un objeto vacío no cambia nada.",
]
_DECISION_REMARKS = [
    "Copy this file, change the answers, and give the copy with --decisions-file.",
    "yes: run the stage. no: skip it. yesbut FILE: run it, with the columns of FILE (CSV or JSON,",
    "keyed by user_email, beside this file) over those of the input. A missing stage means yes.",
    "Copia este fichero, cambia las respuestas y pásalo con --decisions-file.",
]


def missing_templates(layout: SoftphoneLayout) -> tuple[Path, ...]:
    """Write the files a run needs that are not there.

    Args:
        layout: The folder of the run; it must exist.

    Returns:
        The files that were written; none when the run can begin.

    Raises:
        OSError: When they cannot be written.
    """
    templates: tuple[tuple[Path, Callable[[], str]], ...] = (
        (layout.input_csv, _input_template),
        (layout.policy_json, _policy_template),
        (layout.sample_decisions_json, _decisions_template),
    )
    written = []
    for path, content in templates:
        if not path.exists():
            write_atomic(path, content().encode(), durable=True)
            written.append(path)
    return tuple(written)


def _input_template() -> str:
    line = line_maker()
    blanks = [""] * (len(TEMPLATE_COLUMNS) - 1)
    return "".join(
        line(cells) for cells in (TEMPLATE_COLUMNS, *([r, *blanks] for r in _CSV_REMARKS))
    )


def _policy_template() -> str:
    return _json({"_how_to_fill": _POLICY_REMARKS, **{key: {} for key in POLICY_KEYS}})


def _decisions_template() -> str:
    return _json({"_how_to_use": _DECISION_REMARKS, **{stage.value: "yes" for stage in Stage}})


def _json(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"
