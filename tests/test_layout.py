"""Who may import whom, and where things are: read from the source text, nothing is run."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from theory.index import DOCUMENTS

ROOT = Path(__file__).parent.parent
SOURCES = sorted(
    path for package in ("theory", "simulate", "verify") for path in (ROOT / package).rglob("*.py")
)
HEAVY = {"torch", "sympy", "scipy", "mpmath", "numpy", "matplotlib", "rich", "jinja2", "hypothesis"}
OURS = {"theory", "simulate", "verify", "tests"}
THIRD_PARTY = {
    "theory": {"sympy", "mpmath", "numpy", "scipy"},
    "simulate": {"numpy", "torch"},
}
LIGHT = ("theory/__init__", "theory/index", "verify/__main__", "verify/cli", "verify/pytest_plugin")
MAY_PRINT = ("verify/cli.py", "verify/progress.py")
DATA_ONLY = ("__init__.py", "__main__.py", "items.py")


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def imports(tree: ast.AST) -> Iterator[str]:
    """Dotted names of everything imported, `from a import b` as a.b."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"relative import in line {node.lineno}"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def is_under(name: str, package: str) -> bool:
    return name == package or name.startswith(package + ".")


def sources(*where: str, exclude: tuple[str, ...] = ()) -> pytest.MarkDecorator:
    """Parametrise a test over the source files under some folders."""
    chosen = [
        path
        for path in SOURCES
        if any(path.is_relative_to(ROOT / folder) for folder in where)
        and not name_of(path).endswith(exclude)
    ]
    assert chosen, f"no sources under {where}"
    return pytest.mark.parametrize("source", chosen, ids=name_of)


@sources("theory", "simulate")
def test_imports_stay_on_their_side(source: Path) -> None:
    package = source.relative_to(ROOT).parts[0]
    allowed = THIRD_PARTY[package] | {package} | sys.stdlib_module_names
    found = {n for n in imports(ast.parse(source.read_text())) if n.split(".")[0] not in allowed}
    assert not found, f"{name_of(source)} must not import {sorted(found)}"


@sources("verify")
def test_only_tests_import_tests(source: Path) -> None:
    assert not [n for n in imports(ast.parse(source.read_text())) if is_under(n, "tests")]


@sources("theory/maths", *(f"theory/{document}" for document in DOCUMENTS))
def test_documents_do_not_know_each_other(source: Path) -> None:
    others = [d for d in DOCUMENTS if d != source.relative_to(ROOT).parts[1]]
    for name in imports(ast.parse(source.read_text())):
        assert not any(is_under(name, f"theory.{d}") for d in others), (
            f"{name_of(source)} imports {name}; what two documents share moves to theory/maths"
        )


@sources("simulate/quantities")
def test_quantities_know_no_experiment(source: Path) -> None:
    for name in imports(ast.parse(source.read_text())):
        assert not is_under(name, "simulate.experiments"), f"{name_of(source)} imports {name}"


@sources("simulate", exclude=("simulate/seeds.py",))
def test_only_streams_draw(source: Path) -> None:
    """A number drawn outside simulate/seeds.py is keyed by nothing and cannot be drawn again."""
    forbidden = {
        "rand", "randn", "randint", "randperm", "normal_", "uniform_", "bernoulli", "multinomial",
        "manual_seed", "default_rng", "random", "orthogonal_", "kaiming_normal_", "xavier_normal_",
    }  # fmt: skip
    for node in ast.walk(ast.parse(source.read_text())):
        if isinstance(node, ast.Attribute) and node.attr in forbidden:
            pytest.fail(f"{name_of(source)}:{node.lineno} calls {ast.unparse(node)}")


@sources("theory", "simulate", "verify", exclude=MAY_PRINT)
def test_no_print(source: Path) -> None:
    for node in ast.walk(ast.parse(source.read_text())):
        is_print = isinstance(node, ast.Call) and getattr(node.func, "id", "") == "print"
        assert not is_print, f"{name_of(source)}:{node.lineno} prints"


@sources("theory", "simulate", "verify", exclude=DATA_ONLY)
def test_every_source_has_a_test(source: Path) -> None:
    relative = source.relative_to(ROOT)
    wanted = f"test_{source.stem}.py"
    mirror = ROOT / "tests" / relative.parent
    # experiments and quantities share tests/simulate; a folder may be tested as one thing
    places = [
        mirror / wanted,
        ROOT / "tests" / relative.parts[0] / wanted,
        mirror.with_name(f"test_{mirror.name}.py"),
    ]
    assert any(p.exists() for p in places), f"no {name_of(places[0])}"


def test_no_packages_under_tests() -> None:
    """`tests/theory/__init__.py` would make pytest import our tests as `theory`."""
    assert not [name_of(p) for p in (ROOT / "tests").rglob("__init__.py")]


@pytest.mark.parametrize("name", LIGHT)
def test_light_modules_import_nothing_heavy(name: str) -> None:
    """At module level; what a function imports waits until it is called."""
    tree = ast.parse((ROOT / f"{name}.py").read_text())
    waiting: list[ast.AST] = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]
    ifs = [n for n in ast.walk(tree) if isinstance(n, ast.If)]
    waiting += [n for n in ifs if "TYPE_CHECKING" in ast.unparse(n.test)]
    inside = {id(inner) for node in waiting for inner in ast.walk(node)}
    for node in ast.walk(tree):
        if id(node) not in inside and isinstance(node, ast.Import | ast.ImportFrom):
            for imported in imports(node):
                assert imported.split(".")[0] not in HEAVY | OURS - {"theory"}


def loaded_by(statement: str) -> set[str]:
    """Top-level modules in memory after a statement, in a fresh interpreter."""
    code = f"{statement}; import sys; sys.stdout.write(' '.join(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return {name.split(".")[0] for name in done.stdout.split()}


@pytest.mark.parametrize(
    "statement",
    [
        "import theory.index; theory.index.index()",
        "import verify.cli",
        "import verify.pytest_plugin",
    ],
)
def test_starting_up_loads_nothing_heavy(statement: str) -> None:
    assert not loaded_by(statement) & HEAVY


def test_theory_loads_no_torch() -> None:
    assert not loaded_by("from theory import claims; list(claims)") & {
        "torch",
        "simulate",
        "verify",
    }


def test_simulate_loads_no_theory() -> None:
    found = loaded_by("import simulate; simulate.all_experiments()")
    assert not found & {"theory", "verify", "sympy"} - preloaded_by_torch()


def preloaded_by_torch() -> set[str]:
    """torch itself may import sympy; that is no knowledge of ours."""
    return loaded_by("import torch") & {"sympy", "mpmath"}
