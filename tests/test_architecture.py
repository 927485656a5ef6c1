"""The shape of the house, read from the source: who may import, open, print and ask what."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

pytestmark = pytest.mark.xdist_group("architecture")  # one worker reads the source

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "Space_OdT"

# Imports point downwards only: a floor may import itself (its own package) and any lower floor.
FLOORS = {
    "settings": 0,
    "webex": 1,
    "sdk_client": 2,
    "engine": 2,
    "inventory": 3,
    "softphones": 3,
    "v21": 3,
    "console": 4,
    "commands": 5,
    "cli": 6,
    "__main__": 7,
}
WORKLOADS = {"inventory", "softphones", "v21"}

# The one way to Webex. `sdk_client` adapts the SDK's session to it and opens none of its own.
# `transport_errors` knows the library's exceptions only.
CONNECTION_MODULES = {"Space_OdT.webex.connection_client", "Space_OdT.webex.transport_errors"}
HTTP_LIBRARIES = {"aiohttp", "httpx", "requests", "urllib3", "http.client", "socket"}


# Whoever opens a file to write answers for torn tails, full disks and atomic replacement.
FILE_WRITERS = {
    "Space_OdT.webex.evidence",
    "Space_OdT.webex.har",
    "Space_OdT.engine.atomic",
    "Space_OdT.engine.run_lock",
    "Space_OdT.engine.writers",
    "Space_OdT.engine.history",
    "Space_OdT.engine.bulk.location_book",
    "Space_OdT.softphones.json_lines",
    "Space_OdT.inventory.exports",
    "Space_OdT.commands.common",
}
WRITING_CALLS = ("write_text", "write_bytes", "NamedTemporaryFile", "mkstemp")
OPENING_CALLS = ("open", "fdopen")


def source_files() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def is_main_block(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) == "__name__ == '__main__'"


def is_type_checking(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)


def imports(path: Path, *, include_typing: bool = True, include_main: bool = True) -> Iterator[str]:
    """Every absolute name imported by a module, in functions too."""
    pending: list[ast.AST] = [tree(path)]
    while pending:
        node = pending.pop()
        if is_type_checking(node) and not include_typing:
            continue
        if is_main_block(node) and not include_main:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path}: relative import"
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        pending.extend(ast.iter_child_nodes(node))


def floor_name(module: str) -> str:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else ""


def our_imports(path: Path, *, include_main: bool = True) -> set[str]:
    names = imports(path, include_main=include_main)
    return {name for name in names if name.split(".")[0] == "Space_OdT"}


def test_every_part_of_the_package_has_a_floor() -> None:
    parts = {floor_name(module_name(path)) for path in source_files()} - {""}
    assert parts <= FLOORS.keys() | {"simulator"}


@pytest.mark.parametrize("path", source_files(), ids=module_name)
def test_imports_point_downwards(path: Path) -> None:
    here = floor_name(module_name(path))
    if here in {"", "simulator"}:
        return
    # a documented module that is started as a command hands over to its command line
    is_command = here == "v21"
    for name in our_imports(path, include_main=not is_command):
        there = floor_name(name)
        if there in {"", "__version__"} or there == here:
            continue
        if there == "simulator":
            assert module_name(path) == "Space_OdT.commands.simulator", "only its command serves it"
            continue
        assert FLOORS[there] < FLOORS[here], f"{module_name(path)} imports upwards: {name}"
        assert not {here, there} <= WORKLOADS, f"{module_name(path)} imports another workload"


def test_a_module_started_as_a_command_only_hands_over() -> None:
    for path in source_files():
        if floor_name(module_name(path)) != "v21":
            continue
        for node in tree(path).body:
            if is_main_block(node):
                (handed, called) = node.body  # type: ignore[attr-defined]
                assert isinstance(handed, ast.ImportFrom), module_name(path)
                assert str(handed.module).startswith("Space_OdT.commands."), module_name(path)
                assert ast.unparse(called).startswith("main("), module_name(path)


def test_the_simulator_imports_nothing_of_the_product() -> None:
    for path in source_files():
        if floor_name(module_name(path)) == "simulator":
            foreign = {
                name for name in our_imports(path) if floor_name(name) not in {"simulator", ""}
            }
            assert not foreign, f"{module_name(path)}: {foreign}"


def test_there_is_no_import_cycle() -> None:
    known = {module_name(path) for path in source_files()}
    graph = {
        module_name(path): {
            name
            for name in imports(path, include_typing=False, include_main=False)
            if name in known and name != module_name(path)
        }
        for path in source_files()
    }
    done: set[str] = set()

    def walk(module: str, trail: tuple[str, ...]) -> None:
        assert module not in trail, " -> ".join((*trail[trail.index(module) :], module))
        if module in done:
            return
        for target in sorted(graph[module]):
            # a package's __init__ that gathers its own modules is not a cycle of ideas
            if not module.startswith(f"{target}."):
                walk(target, (*trail, module))
        done.add(module)

    for module in sorted(graph):
        walk(module, ())


def test_only_the_client_opens_connections() -> None:
    for path in source_files():
        module = module_name(path)
        if module in CONNECTION_MODULES or floor_name(module) == "simulator":
            continue
        opened = {
            name
            for name in imports(path, include_typing=False)
            if name in HTTP_LIBRARIES or name.split(".")[0] in HTTP_LIBRARIES
        }
        assert not opened, f"{module} imports {opened}"


def calls(path: Path) -> Iterator[str]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func)


def test_only_commands_print() -> None:
    for path in source_files():
        module = module_name(path)
        if floor_name(module) in {"commands", "cli"}:
            continue
        printed = [
            name for name in calls(path) if name in {"print", "typer.echo", "sys.stdout.write"}
        ]
        assert not printed, module


def opens_to_write(call: ast.Call) -> bool:
    """Whether a call opens a file in a mode that is not plain reading."""
    name = ast.unparse(call.func).rsplit(".", 1)[-1]
    if name in WRITING_CALLS:
        return True
    if name not in OPENING_CALLS:
        return False
    arguments = [*call.args[:2], *(one.value for one in call.keywords if one.arg == "mode")]
    modes = {one.value for one in arguments if isinstance(one, ast.Constant)}
    return any(
        isinstance(mode, str) and len(mode) <= 3 and set(mode) & set("wax+") for mode in modes
    )


def test_only_a_few_modules_open_files_to_write() -> None:
    for path in source_files():
        module = module_name(path)
        if module in FILE_WRITERS or floor_name(module) == "simulator":
            continue
        opened = [
            ast.unparse(node)
            for node in ast.walk(tree(path))
            if isinstance(node, ast.Call) and opens_to_write(node)
        ]
        assert not opened, f"{module}: {opened}"


def test_only_settings_touch_the_environment() -> None:
    for path in source_files():
        module = module_name(path)
        if floor_name(module) == "settings":
            continue
        text = ast.unparse(tree(path))
        assert "os.environ" not in text, module
        assert "os.getenv" not in text, module
        assert "dotenv" not in {name.split(".")[0] for name in imports(path)}, module


def test_every_module_says_its_role_in_its_first_line() -> None:
    for path in source_files():
        doc = ast.get_docstring(tree(path))
        assert doc, module_name(path)
        assert doc.splitlines()[0].rstrip().endswith((".", ";", ":")), module_name(path)


def test_no_dynamic_execution() -> None:
    for path in source_files():
        used = {name for name in calls(path) if name in {"eval", "exec", "compile", "__import__"}}
        assert not used, f"{module_name(path)}: {used}"


def test_no_name_of_the_package_shadows_the_standard_library() -> None:
    import sys

    names = {path.stem for path in PACKAGE.iterdir()} - {"__init__", "__main__", "__pycache__"}
    assert not names & sys.stdlib_module_names
