"""The packaged ontology and documents, as a user builds them: the same bytes whatever the process, and RDF that others read."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib

from conftest import ROOT
from export_samples import missing
from suantu.build import export_trig
from suantu.stores.kb import KnowledgeBase

SOURCES = [
    ROOT / "corpus" / name for name in ("2020-2021/01-overview.md", "2021-2022/02-global-index.md", "2024/brief-en.md")
]


def suantu(*arguments: object, seed: int, cache: Path) -> None:
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "PYTHONHASHSEED": str(seed), "XDG_CACHE_HOME": str(cache)}
    done = subprocess.run(
        [sys.executable, "-m", "suantu", *map(str, arguments), "--quiet"], env=env, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def exported(kb: Path) -> bytes:
    with KnowledgeBase.open(kb) as base:
        return export_trig(base)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the knowledge base ``one``: nothing was kept from an earlier run, one job, the sources in order."""
    folder = tmp_path_factory.mktemp("same")
    suantu("build", *SOURCES, "--kb", folder / "one", "--jobs", 1, seed=1, cache=folder / "cache")
    return folder


def test_another_process_order_and_number_of_jobs_give_the_same_bytes(root: Path) -> None:
    suantu("build", *SOURCES[::-1], "--kb", root / "two", "--jobs", 2, seed=2, cache=root / "cache")
    assert exported(root / "two") == exported(root / "one")


def test_what_is_added_and_removed_again_leaves_no_trace(root: Path) -> None:
    kb = root / "three"
    suantu("build", *SOURCES[:2], "--kb", kb, seed=3, cache=root / "cache")
    before = exported(kb)
    suantu("add", SOURCES[2], "--kb", kb, seed=4, cache=root / "cache")
    assert exported(kb) == exported(root / "one")
    suantu("remove", SOURCES[2].name, "--kb", kb, seed=5, cache=root / "cache")
    assert exported(kb) == before


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # rdflib's own TriG parser uses what it deprecates
def test_three_parsers_read_the_same_number_of_triples(root: Path, tmp_path: Path) -> None:
    data = exported(root / "one")
    quads = set(ox.parse(data, format=ox.RdfFormat.TRIG))
    theirs = rdflib.Dataset()
    theirs.parse(data=data, format="trig")
    assert sum(1 for _ in theirs.quads()) == len(quads)
    if not (program := shutil.which("rapper")):
        missing("rapper (raptor2-utils)")
    (tmp_path / "kb.nq").write_bytes(ox.serialize(sorted(quads, key=str), format=ox.RdfFormat.N_QUADS) or b"")
    done = subprocess.run(
        [program, "--count", "--input", "nquads", str(tmp_path / "kb.nq")], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert re.findall(r"returned (\d+) ", done.stderr) == [str(len(quads))]
