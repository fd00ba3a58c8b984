"""The shape of the code: layers, purity, sizes. A failure names the place and the limit."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
CORE = ROOT / "core" / "jackfield"

# Imports point downward only: a part may import the parts in the rows above its own, and itself.
LAYERS = [
    {"errors", "calls", "caller", "deprecation"},
    {"notices", "protocol", "processes"},
    {"conversation", "config", "tools"},
    {"hookspecs"},
    {"plugins"},
    {"dispatch", "mcp", "providers", "media", "telemetry"},
    {"session"},
    {"reloading", "scaffold", "phone"},
    {"runtime"},
    {"web", "testing"},
    {"mcp_server"},
    {"doctor"},
    {"cli"},
]
RANK = {part: rank for rank, row in enumerate(LAYERS) for part in row}

# Parts that decide must not be able to act.
PURE = {"errors", "calls", "caller", "notices", "protocol", "conversation"}
RIMS = {"asyncio", "anyio", "time", "socket", "threading", "httpx", "aiortc", "websockets", "starlette"}

MOST_FILE_LINES = 300
MOST_FUNCTION_LINES = 40
MOST_ATTRIBUTES = 12
MOST_PUBLIC_NAMES = 25


def sources() -> list[Path]:
    trees = [CORE, *(ROOT / "plugins").glob("*"), *(ROOT / "mcp_servers").glob("*")]
    return sorted(path for tree in trees for path in tree.rglob("*.py") if "tests" not in path.parts)


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def typing_only(path: Path) -> set[str]:
    """Modules imported under `if TYPE_CHECKING`: names for a reader, not dependencies at run time."""
    return {
        inner.module
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
        for inner in ast.walk(node)
        if isinstance(inner, ast.ImportFrom) and inner.module
    }


def part_of(path: Path) -> str:
    return path.relative_to(CORE).parts[0].removesuffix(".py")


def core_imports() -> Iterator[tuple[Path, str, str]]:
    for path in sorted(CORE.rglob("*.py")):
        if path == CORE / "__init__.py":
            continue
        for module in set(imports(path)) - typing_only(path):
            yield path, part_of(path), module


def test_imports_point_downward() -> None:
    faults = []
    for path, part, module in core_imports():
        if not module.startswith("jackfield."):
            continue
        other = module.split(".")[1]
        if other != part and RANK[other] >= RANK[part]:
            faults.append(f"{path.relative_to(ROOT)}: {part} imports {other}, which does not stand below it")
    assert not faults, "\n".join(faults)


def test_every_part_of_the_core_has_a_layer() -> None:
    parts = {part_of(path) for path in CORE.rglob("*.py")} - {"__init__"}
    assert parts <= RANK.keys(), f"without a layer: {sorted(parts - RANK.keys())}"


def test_pure_parts_can_neither_wait_nor_act() -> None:
    faults = [
        f"{path.relative_to(ROOT)} imports {module}"
        for path, part, module in core_imports()
        if part in PURE and module.split(".")[0] in RIMS
    ]
    assert not faults, "\n".join(faults)


def test_nothing_imports_the_core_folder_by_its_folder_name() -> None:
    assert not [str(p) for p in sources() for m in imports(p) if m.split(".")[0] == "core"]


def test_files_and_functions_stay_short() -> None:
    faults = []
    for path in sources():
        text = path.read_text()
        if (lines := text.count("\n")) > MOST_FILE_LINES:
            faults.append(f"{path.relative_to(ROOT)}: {lines} lines (at most {MOST_FILE_LINES})")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or 0) - node.lineno + 1
                if length > MOST_FUNCTION_LINES:
                    faults.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name}: {length} lines")
    assert not faults, "\n".join(faults)


def attributes(node: ast.ClassDef) -> set[str]:
    """Instance attributes: annotated in the class body, or assigned to `self` anywhere in it."""
    declared = {
        item.target.id
        for item in node.body
        if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name)
    }
    assigned = {
        inner.attr
        for inner in ast.walk(node)
        if isinstance(inner, ast.Attribute)
        and isinstance(inner.ctx, ast.Store)
        and isinstance(inner.value, ast.Name)
        and inner.value.id == "self"
    }
    return declared | assigned


def test_classes_with_state_stay_small() -> None:
    """Frozen records and configuration models are lists of facts, not state; they are exempt."""
    faults = []
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.ClassDef) or node.bases or frozen(node):
                continue
            if (count := len(attributes(node))) > MOST_ATTRIBUTES:
                faults.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name}: {count} attributes")
    assert not faults, "\n".join(faults)


def frozen(node: ast.ClassDef) -> bool:
    return any("frozen=True" in ast.unparse(decorator) for decorator in node.decorator_list)


def test_the_public_surface_is_small_and_sorted() -> None:
    tree = ast.parse((CORE / "__init__.py").read_text())
    names = next(
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
    )
    assert names == sorted(names)
    assert len(names) <= MOST_PUBLIC_NAMES
