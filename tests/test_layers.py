"""The structure of the sources: layers, sizes, and no data in the code."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from conftest import ROOT

SRC = ROOT / "src" / "suantu"
FILES = sorted(SRC.rglob("*.py"))
NAMES = [path.relative_to(SRC).as_posix() for path in FILES]

# From the bottom up; an import goes down or stays in its layer.
LAYERS = ("leaf", "support", "stages", "border", "stores", "use cases", "edge")
LEAF = {"records", "errors", "version", "table", "child", "kept", "expressions", "yamls"}
SUPPORT = {
    "ontology",
    "rules",
    "frames",
    "scene",
    "inflection",
    "phrases",
    "thread",
    "pronouns",
    "identity",
    "paths",
    "rejecting",
}
EDGE = {"cli", "server", "__main__"}

# What several stages need: how text is folded and laid out, and how figures and times are spelled.
SHARED_STAGES = {"fold", "layout", "lengths", "numerals", "figures", "parts", "measures", "worded", "years", "ordinals"}
# A stage that is built on another one, each with its reason.
STAGE_EXCEPTIONS = {
    ("figures", "surroundings"): "what stands around a figure",
    ("evidence", "names"): "chooses among the matches that names gives",
    ("discovery", "names"): "looks for the new names as for the known ones",
    ("read", "readers"): "the readers by file type",
    ("antecedents", "discourse"): "what pronouns there are",
    ("antecedents", "twos"): "which two things the former and the latter are",
    ("topics", "discourse"): "what a sentence adds to what the text talks about",
    ("topics", "twos"): "what classes do not tell things apart",
}

MAX_FUNCTION, MAX_MODULE = 60, 400
LONG_FUNCTIONS: dict[str, int] = {}

# Where Han characters stand in code; the list may only shrink.
WORDS_IN_CODE = {
    "stages/fold.py",  # not words: single characters that the folding leaves alone
}

_HAN = re.compile("[\u3400-\u9fff]{2}")


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def _module(path: Path) -> str:
    return ".".join(["suantu", *path.relative_to(SRC).with_suffix("").parts]).removesuffix(".__init__")


MODULES = {_module(path) for path in FILES}


def _imports(path: Path) -> Iterator[str]:
    """The modules of suantu that a file imports, also inside functions and for types."""
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.split(".")[0] == "suantu")
        elif isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "suantu":
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in MODULES else node.module


def _layer(module: str) -> int:
    parts = module.split(".")[1:]
    if not parts or parts[0] in LEAF:
        return 0
    if parts[0] in EDGE:
        return LAYERS.index("edge")
    if parts[0] in SUPPORT:
        return LAYERS.index("support")
    if parts[0] in LAYERS:
        return LAYERS.index(parts[0])
    return LAYERS.index("use cases")


@pytest.mark.parametrize("name", NAMES)
def test_an_import_goes_down_only(name: str) -> None:
    path = SRC / name
    module = _module(path)
    if module == "suantu":
        return  # the package gives `open` from above, when it is asked for
    wrong = [used for used in _imports(path) if _layer(used) > _layer(module)]
    assert not wrong, f"{module} ({LAYERS[_layer(module)]}) imports {wrong}"


@pytest.mark.parametrize("name", [n for n in NAMES if n.startswith("stages/")])
def test_stages_meet_in_the_pipeline_only(name: str) -> None:
    path = SRC / name
    own = _module(path).split(".")[2:3]
    for used in _imports(path):
        stage = used.split(".")[2:3] if used.startswith("suantu.stages.") else []
        if not stage or stage == own or stage[0] in SHARED_STAGES:
            continue
        assert own and (own[0], stage[0]) in STAGE_EXCEPTIONS, f"stage {own} imports stage {stage}"


def test_the_exceptions_are_needed() -> None:
    used = {
        (_module(path).split(".")[2], used.split(".")[2])
        for path in FILES
        if _module(path).startswith("suantu.stages.")
        for used in _imports(path)
        if used.startswith("suantu.stages.")
    }
    assert set(STAGE_EXCEPTIONS) <= used
    stages = {m.split(".")[2] for m in MODULES if m.startswith("suantu.stages.")}
    assert stages >= SHARED_STAGES


def test_every_layer_has_modules() -> None:
    assert {_layer(module) for module in MODULES} == set(range(len(LAYERS)))


def _docstrings(tree: ast.Module) -> set[int]:
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    bodies = [node.body for node in ast.walk(tree) if isinstance(node, kinds)]
    # a string that stands alone documents what is above it, attributes too
    found = [one.value for body in bodies for one in body if isinstance(one, ast.Expr)]
    return {id(value) for value in found if isinstance(value, ast.Constant)}


@pytest.mark.parametrize("name", NAMES)
def test_words_of_a_language_are_data(name: str) -> None:
    if name in WORDS_IN_CODE:
        pytest.skip("listed above")
    tree = _tree(SRC / name)
    told = _docstrings(tree)
    words = [
        (node.lineno, node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in told
        and _HAN.search(node.value)
    ]
    assert not words, "move them to ontology/rules or messages.yaml"


def test_names_hold_no_han_characters() -> None:
    named = [
        path for path in FILES for node in ast.walk(_tree(path)) if isinstance(node, ast.Name) and not node.id.isascii()
    ]
    assert not named


@pytest.mark.parametrize("name", NAMES)
def test_functions_are_short(name: str) -> None:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    for node in ast.walk(_tree(SRC / name)):
        if isinstance(node, kinds):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            key = f"{name}:{node.name}"
            assert lines <= LONG_FUNCTIONS.get(key, MAX_FUNCTION), f"{key} has {lines} lines"


@pytest.mark.parametrize("name", NAMES)
def test_modules_are_short(name: str) -> None:
    lines = len((SRC / name).read_text("utf-8").splitlines())
    assert lines <= MAX_MODULE, f"{name} has {lines} lines"
