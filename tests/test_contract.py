"""The house rules: rooms import the machine, nothing imports a room, training sees no test, torch stays away."""

import ast
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = {"tasks", "scenarios", "graders", "training"}
SOURCES = [f for room in (*sorted(ROOMS), "msm_eval") for f in sorted((ROOT / room).rglob("*.py"))]
HEAVY = ["torch", "transformers", "inspect_evals"]


def imported(node: ast.AST) -> list[str]:
    """The dotted names an import statement reaches; one leading dot stays in its own room."""
    if isinstance(node, ast.Import):
        return [a.name for a in node.names]
    if isinstance(node, ast.ImportFrom) and node.level != 1:
        return [f"{node.module or ''}.{a.name}".lstrip(".") for a in node.names]
    return []


def rooms_imported(source: str) -> set[str]:
    names = [n for node in ast.walk(ast.parse(source)) for n in imported(node)]
    return {n.removeprefix("msm_eval.").split(".")[0] for n in names} & ROOMS


@pytest.mark.parametrize("file", SOURCES, ids=lambda f: str(f.relative_to(ROOT)))
def test_no_file_imports_a_room(file: Path) -> None:
    assert not rooms_imported(file.read_text("utf-8"))


@pytest.mark.parametrize(
    "planted",
    ["import tasks", "from tasks import x", "import msm_eval.graders", "from msm_eval.scenarios import y",
     "from msm_eval import training", "from ..tasks import z"],
)  # fmt: skip
def test_the_rule_would_catch_an_import(planted: str) -> None:
    assert rooms_imported(planted)


@pytest.mark.parametrize("file", [f for f in SOURCES if "training" in f.parts], ids=lambda f: str(f.relative_to(ROOT)))
def test_training_reads_no_scenario_and_no_grader(file: Path) -> None:
    code = ast.parse(file.read_text("utf-8"))
    docstrings = {id(n.body[0].value) for n in ast.walk(code) if isinstance(n, (ast.Module, ast.FunctionDef, ast.ClassDef))
                  and n.body and isinstance(n.body[0], ast.Expr)}  # fmt: skip
    strings = [n.value for n in ast.walk(code) if isinstance(n, ast.Constant) and id(n) not in docstrings]
    assert not [s for s in strings if isinstance(s, str) and ("scenarios" in s or "graders" in s)]


@pytest.mark.parametrize("module", ["msm_eval", "msm_eval._registry", "msm_eval.cli"])
def test_importing_the_machine_imports_nothing_heavy(module: str) -> None:
    code = f"import {module}, sys; sys.exit(', '.join(m for m in {HEAVY} if m in sys.modules) or 0)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("file", [f for f in SOURCES if f.name != "__init__.py"], ids=lambda f: str(f.relative_to(ROOT)))
def test_no_prompt_stands_in_python(file: Path) -> None:
    """Words in Markdown: outside docstrings, no string of a .py file holds a paragraph (messages to a reader are shorter)."""
    code = ast.parse(file.read_text("utf-8"))
    docstrings = {id(n.value) for n in ast.walk(code) if isinstance(n, ast.Expr)}
    strings = [n for n in ast.walk(code) if isinstance(n, ast.Constant) and id(n) not in docstrings]
    long = [n.value for n in strings if isinstance(n.value, str) and len(n.value.split()) > 60]
    assert not long


@pytest.mark.parametrize("file", SOURCES, ids=lambda f: str(f.relative_to(ROOT)))
def test_files_are_small(file: Path) -> None:
    assert len(file.read_text("utf-8").splitlines()) <= 400


def test_inspect_finds_the_task_the_scores_and_the_providers() -> None:
    """Inspect turns an error in the registry into a warning, so it is imported here directly."""
    from inspect_ai._util.registry import registry_find  # pyright: ignore[reportPrivateUsage]

    import_module("msm_eval._registry")
    names = {(info.type, info.name) for info in map(_info, registry_find(lambda i: i.name.startswith("msm_eval/")))}
    assert {("task", "msm_eval/agentic_misalignment"), ("scorer", "msm_eval/decided"), ("scorer", "msm_eval/executed"),
            ("scorer", "msm_eval/acted"), ("metric", "msm_eval/grid_rate"), ("modelapi", "msm_eval/organism"),
            ("modelapi", "msm_eval/embedded")} <= names  # fmt: skip


def _info(found: object):
    from inspect_ai._util.registry import registry_info  # pyright: ignore[reportPrivateUsage]

    return registry_info(found)
