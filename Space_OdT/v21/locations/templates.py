"""What the first run puts down to be filled in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import orjson

from Space_OdT.engine.atomic import write_atomic
from Space_OdT.engine.csv_lines import line_maker
from Space_OdT.engine.input_encoding import InputFileError
from Space_OdT.v21.locations.columns import COLUMNS
from Space_OdT.v21.locations.layout import LocationsLayout

_WHERE = ("location_id", "location_name")
_WANTED = (
    "extension",
    "legacy_secondary_number",
    "legacy_forward_target",
    "outgoing_profile",
)
USER_COLUMNS = ("user_email", "user_id", *_WHERE, *_WANTED)
WORKSPACE_COLUMNS = ("workspace_name", "workspace_id", *_WHERE, *_WANTED)
LOCATION_COLUMNS = tuple(one.name for one in COLUMNS)

# Tasks of Control Hub's own bulk tool, in the words of the operators, and what is done instead.
MANUAL_TASKS: tuple[tuple[str, str], ...] = (
    ("Alta/Modificación/Supresión usuarios", "the directory (LDAP) creates and removes people"),
    ("Asignar permisos de llamadas", "usuarios_configurar_perfil_saliente_custom"),
    ("Traslado de usuarios a otro CUV", "usuarios_asignar_location_desde_csv"),
    ("Crear Grupos de usuarios", "Control Hub"),
    ("Añadir/Editar Ubicaciones", "this command does it"),
    ("Eliminar Ubicaciones", "Control Hub"),
    ("Añadir Espacios de trabajo (Workspace)", "workspaces_alta"),
    ("Modificar/Eliminar Espacios de trabajo", "Control Hub"),
    ("Alta/Modificación contactos Webex", "Control Hub"),
    ("Alta/Modificar los grupos de recepción de llamadas", "Control Hub"),
    ("Agregar locuciones", "Control Hub"),
    ("Alta/Modificar el asistente automático", "Control Hub"),
    ("Alta/modificar las extensiones de detención de llamada", "Control Hub"),
    ("Alta/modificar los grupos de llamadas en espera", "Control Hub"),
    ("Alta/Modificación de Grupo de búsqueda", "Control Hub"),
    ("Alta de Colas", "Control Hub; members of a queue: v2_bulk_run"),
    ("Modificación de Colas", "Control Hub; members of a queue: v2_bulk_run"),
    ("Agregar DDIs", "ubicacion_alta_numeraciones_desactivadas, bulk_run"),
    ("Asignar DDIs", "usuarios_modificar_licencias, bulk_run"),
)


@dataclass(frozen=True, slots=True)
class Policy:
    """What holds for all rows.

    Attributes:
        default_outgoing_profile: Profile of locations that name none, "" for none.
        legacy_forward_prefix: Before the last digits of an extension, to reach the old system.
        manual_tasks_enabled: Whether the tasks that stay manual are listed after a run.
    """

    default_outgoing_profile: str = ""
    legacy_forward_prefix: str = "53"
    manual_tasks_enabled: bool = True


def missing_templates(layout: LocationsLayout) -> list[Path]:
    """Put down every template that is not there.

    Args:
        layout: The files.

    Returns:
        The templates that were made now; with any of them there is nothing to run yet.

    Raises:
        OSError: When the folder cannot be written.
    """
    layout.folder.mkdir(parents=True, exist_ok=True)
    templates: dict[Path, Callable[[], bytes]] = {
        layout.locations_csv: lambda: _header(LOCATION_COLUMNS),
        layout.users_csv: lambda: _header(USER_COLUMNS),
        layout.workspaces_csv: lambda: _header(WORKSPACE_COLUMNS),
        layout.policy_json: _policy,
        layout.out_of_scope_md: out_of_scope,
    }
    made = [path for path in templates if not path.exists()]
    for path in made:
        write_atomic(path, templates[path]())
    return made


def _header(columns: tuple[str, ...]) -> bytes:
    return line_maker()(columns).encode()


def _policy() -> bytes:
    policy = Policy()
    return orjson.dumps(
        {
            "default_outgoing_profile": policy.default_outgoing_profile,
            "legacy_forward_prefix": policy.legacy_forward_prefix,
            "manual_tasks_enabled": policy.manual_tasks_enabled,
        },
        option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE,
    )


def out_of_scope() -> bytes:
    """Write the list of tasks of Control Hub, and what is done instead.

    Returns:
        A Markdown page.
    """
    lines = [
        "# Fuera de alcance / Out of scope",
        "",
        "Tareas de la carga masiva de Control Hub, y qué se hace en su lugar.",
        "Tasks of Control Hub's bulk tool, and what is done instead.",
        "",
        "| Control Hub | Space_OdT |",
        "| --- | --- |",
        *(f"| {task} | {instead} |" for task, instead in MANUAL_TASKS),
        "",
    ]
    return "\n".join(lines).encode()


def read_policy(path: Path) -> Policy:
    """Read what holds for all rows.

    Args:
        path: `static_policy.json`.

    Returns:
        The policy; a key that is left out has its default.

    Raises:
        InputFileError: When it is not a JSON object of the known keys.
    """
    keys = {name: type(getattr(Policy(), name)) for name in Policy.__dataclass_fields__}
    try:
        data = orjson.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise InputFileError(path, f"it cannot be read ({error})", "repair the JSON") from None
    if not isinstance(data, dict):
        raise InputFileError(path, "it is no JSON object", f"write {_policy().decode()}")
    for name, value in data.items():
        kind = keys.get(name)
        if kind is None:
            known = ", ".join(keys)
            raise InputFileError(path, f"the key {name} is unknown", f"the keys are {known}")
        if not isinstance(value, kind):
            expected = "true or false" if kind is bool else "text"
            raise InputFileError(path, f"{name} is {value!r}", f"write {expected}")
    return Policy(**data)
