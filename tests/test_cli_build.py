"""The commands that read: build, add, remove; with the packaged ontology and texts of our own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli_kb import ROOT
from suantu.cli import cli

FIRST = "英伟达芯片概览\n\n英伟达推出了A100芯片，A100采用NVLink互联，显存为40GB。\n"
SECOND = "Market note\n\nHuawei is located in Shenzhen. In 2023 the AI server market reached US$3.1 billion.\n"


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C")


def call(*args: str, code: int = 0) -> Result:
    result = CliRunner().invoke(cli, args)
    assert result.exit_code == code, (result.exit_code, result.stdout, result.stderr)
    return result


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("texts")
    (folder / "first.txt").write_text(FIRST, "utf-8")
    (folder / "second.md").write_text(SECOND, "utf-8")
    (folder / "broken.pdf").write_bytes(b"%PDF-1.4 nothing behind it")
    return folder


def test_build_add_remove(texts: Path, tmp_path: Path) -> None:
    kb = str(tmp_path / "kb")
    summary = call("build", str(texts / "first.txt"), "--kb", kb).stdout
    assert summary.startswith("documents\t1\n")
    assert f"knowledge base\t{kb}\n" in summary
    assert "figures not captured\t" in summary
    assert "A100" in call("list", "Chip", "--kb", kb).stdout
    assert (tmp_path / "kb" / "documents" / "names.tsv").is_file()

    added = json.loads(call("add", str(texts / "second.md"), "--kb", kb, "--format", "json").stdout)
    assert (added["documents"], added["failed"]) == (2, [])
    again = json.loads(call("add", str(texts / "second.md"), "--kb", kb, "--format", "json").stdout)
    assert (again["documents"], again["unchanged"]) == (2, 1)
    assert len(call("documents", "--kb", kb).stdout.splitlines()) == 3

    left = call("remove", "second.md", "--kb", kb)
    assert (left.stdout, left.stderr) == ("", "Removed; 1 documents are left.\n")
    assert len(call("documents", "--kb", kb).stdout.splitlines()) == 2


def test_what_cannot_be_read_is_named_and_the_rest_built(texts: Path, tmp_path: Path) -> None:
    kb = str(tmp_path / "kb")
    result = call("build", str(texts), "--kb", kb, "--jobs", "1", code=3)
    assert "broken.pdf" in result.stderr
    assert result.stderr.startswith("suantu: not read: ")
    assert result.stdout.startswith("documents\t2\n")
    assert len(call("documents", "--kb", kb).stdout.splitlines()) == 3
    quiet = call("build", str(texts), "--kb", kb, "--quiet", code=3)
    assert quiet.stdout == ""


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (["build", "/nowhere/x.txt"], 3, "no such file"),
        (["build", "--ontology", "/nowhere"], 2, "not an ontology folder"),
        (["build", "--jobs", "0"], 2, "--jobs"),
        (["add", "x.txt"], 3, "no knowledge base"),
        (["add"], 2, "Missing argument"),
        (["remove", "x.txt"], 3, "no knowledge base"),
        (["remove"], 2, "Missing argument"),
        (["build", "--endpoint", "http://127.0.0.1:9/"], 2, "No such option"),
    ],
)
def test_what_is_refused(tmp_path: Path, args: list[str], code: int, words: str) -> None:
    result = call(*args, "--kb", str(tmp_path / "kb"), code=code)
    assert words in result.stderr
    assert result.stderr.startswith("suantu: ")
    assert not (tmp_path / "kb").exists()


def test_a_build_never_replaces_what_is_no_knowledge_base(texts: Path, tmp_path: Path) -> None:
    (tmp_path / "kb").mkdir()
    (tmp_path / "kb" / "letter.txt").write_text("dear", "utf-8")
    call("build", str(texts / "first.txt"), "--kb", str(tmp_path / "kb"), code=3)
    assert (tmp_path / "kb" / "letter.txt").read_text("utf-8") == "dear"


def test_an_unknown_document_removes_nothing(texts: Path, tmp_path: Path) -> None:
    kb = str(tmp_path / "kb")
    call("build", str(texts / "first.txt"), "--kb", kb)
    assert "no such document" in call("remove", "first.txt", "none.txt", "--kb", kb, code=2).stderr
    assert len(call("documents", "--kb", kb).stdout.splitlines()) == 2


def test_a_build_as_a_process_with_two_jobs(texts: Path, tmp_path: Path) -> None:
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "LC_ALL": "zh_CN.UTF-8", "PYTHONIOENCODING": "utf-8"}
    command = [
        sys.executable,
        "-m",
        "suantu",
        "build",
        str(texts / "first.txt"),
        str(texts / "second.md"),
        "--kb",
        str(tmp_path / "kb"),
        "-j",
        "2",
    ]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", env=env)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("文档\t2\n")
