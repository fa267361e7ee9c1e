"""The wheel: it installs into an empty environment and works from any folder."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from conftest import ROOT

ENV = {k: v for k, v in os.environ.items() if k not in {"PYTHONPATH", "SUANTU_KB", "VIRTUAL_ENV"}}
ENV |= {"LC_ALL": "C", "PYTHONIOENCODING": "utf-8", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}


def run(*command: str | Path, cwd: Path) -> str:
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, env=ENV, capture_output=True, text=True, encoding="utf-8", timeout=600
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", folder, ROOT, cwd=folder)
    (found,) = folder.glob("suantu-*.whl")
    return found


@pytest.mark.slow
def test_the_wheel_holds_what_a_build_needs(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    assert "suantu/py.typed" in names
    assert "suantu/cli/messages.yaml" in names
    for name in ("viewer/viewer.js", "words.json", "assets/cytoscape.min.js", "assets/cytoscape.LICENSE"):
        assert f"suantu/export/{name}" in names
    for folder, packaged in ((ROOT / "ontology", "suantu/data/ontology"), (ROOT / "corpus", "suantu/data/corpus")):
        for path in folder.rglob("*"):
            if path.is_file():
                assert f"{packaged}/{path.relative_to(folder).as_posix()}" in names
    assert not [name for name in names if name.startswith("tests") or name.endswith(".pyc")]


@pytest.mark.slow
def test_it_works_in_an_empty_environment(wheel: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "env", with_pip=True)
    scripts = tmp_path / "env" / ("Scripts" if os.name == "nt" else "bin")
    run(scripts / "python", "-m", "pip", "install", "-q", wheel, cwd=tmp_path)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    summary = run(scripts / "suantu", "build", cwd=elsewhere)
    documents = len([p for p in (ROOT / "corpus").rglob("*.md") if p.name != "README.md"])
    assert summary.splitlines()[0] == f"documents\t{documents}"
    assert "Inspur" in run(scripts / "suantu", "show", "浪潮", cwd=elsewhere)
    assert run(scripts / "suantu", "--version", cwd=elsewhere).startswith("suantu ")
    assert not [p for p in elsewhere.iterdir() if p.name != "kb"]
