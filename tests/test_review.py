"""`suantu review`: what was discovered, accepted into a lexicon of one's own or rejected, and what the next build makes of it."""

from __future__ import annotations

import json
import os
import pty
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli_kb import ROOT, kb, workspace
from suantu.cli import cli

TEXT = """澜谷科技股份有限公司发布了新款加速卡。
澜谷科技股份有限公司与霜桥智能科技有限公司签署了合作协议。
《算力先行方案》由工业和信息化部发布。
墨汀芯片有限公司参展。
"""
LANGU, SHUANG, PLAN, OTHER = "澜谷科技股份有限公司", "霜桥智能科技有限公司", "算力先行方案", "墨汀芯片有限公司"


def run(*arguments: str, code: int = 0) -> Result:
    done = CliRunner().invoke(cli, list(arguments))
    assert done.exit_code == code, done.output
    return done


def review(where: Path, *arguments: str) -> list[dict[str, object]]:
    return json.loads(run("review", "--kb", str(where), "--format", "json", "-q", *arguments).stdout)


def build(folder: Path, *more: str) -> Path:
    text = folder / "text.txt"
    text.write_text(TEXT, "utf-8")
    run("build", str(text), "--kb", str(folder / "kb"), "-q", *more)
    return folder / "kb"


@pytest.fixture(scope="module")
def read_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built into a folder that had words already: one name that is none."""
    folder = tmp_path_factory.mktemp("review")
    (folder / "kb" / "lexicon").mkdir(parents=True)
    (folder / "kb" / "lexicon" / "rejected.txt").write_text(f"# none\n{OTHER}\n", "utf-8")
    return build(folder)


def test_a_list_with_evidence_the_most_frequent_first(read_once: Path) -> None:
    found = review(read_once)
    assert [(f["name"], f["class"], f["passages"]) for f in found] == [
        (LANGU, "Vendor", 2),
        (SHUANG, "Vendor", 1),
        (PLAN, "Policy", 1),
    ]
    assert found[0]["source"]["words"] == f"⟦{LANGU}⟧发布了新款加速卡。"
    assert found[0]["rule"] == "suffix.company"
    assert found[0]["confidence"] >= 0.9
    assert len(review(read_once, "--limit", "1")) == 1


def test_the_list_in_a_pipe_has_tabs() -> None:
    header, line = run("review", "--kb", str(kb()), "--lang", "en").stdout.splitlines()
    assert header.split("\t")[:3] == ["name", "class", "sure"]
    name, cls, sure, *_, thing = line.split("\t")
    assert (name, cls, sure) == ("云岭芯科技", "Vendor", "0.6")
    assert thing.startswith("sti:")


def test_nothing_discovered() -> None:
    done = run("review", "--kb", str(workspace() / "empty"), "--lang", "en")
    assert "Nothing found." in done.stderr
    assert len(done.stdout.splitlines()) == 1


def test_decisions_from_files_and_the_next_build(read_once: Path, tmp_path: Path) -> None:
    where, own = tmp_path / "kb", ("--lexicon", str(tmp_path / "words"))
    shutil.copytree(read_once, where)
    before = json.loads((where / "manifest.json").read_text("utf-8"))["ontology"]
    (tmp_path / "yes").write_text(f"# firms\n\n{LANGU}\tresearchinstitution\n", "utf-8")
    (tmp_path / "no").write_text(f"{SHUANG}\n", "utf-8")
    files = ("--accept-file", str(tmp_path / "yes"), "--reject-file", str(tmp_path / "no"))
    run("review", "--kb", str(where), *own, *files)
    assert [f["name"] for f in review(where, *own)] == [PLAN]  # also before the next build

    build(tmp_path, *own)
    assert json.loads((where / "manifest.json").read_text("utf-8"))["ontology"] != before
    assert {f["name"] for f in review(where, *own)} == {OTHER, PLAN}  # the other folder's words no longer count
    (known,) = json.loads(run("list", "ResearchInstitution", "--kb", str(where), "--format", "json").stdout)
    assert (known["label"], known["passages"]) == (LANGU, 2)
    assert "unknown thing" in run("show", SHUANG, "--kb", str(where), code=2).stderr
    run("query", "ASK { ?a st:partnersWith ?b }", "--kb", str(where), code=1)


def test_a_changed_class_of_another_kind_has_another_identity(read_once: Path, tmp_path: Path) -> None:
    (tmp_path / "yes").write_text(f"{PLAN}\tst:Report\nsti:organization/{SHUANG}\tVendor\n", "utf-8")
    run("review", "--kb", str(read_once), "--lexicon", str(tmp_path / "own"), "--accept-file", str(tmp_path / "yes"))
    written = (tmp_path / "own" / "accepted.ttl").read_text("utf-8")
    assert "/id/report/" in written
    assert "/id/policy/" not in written
    assert "/id/organization/" in written
    assert {f["name"] for f in review(read_once, "--lexicon", str(tmp_path / "own"))} == {LANGU}


@pytest.mark.parametrize(
    ("accepted", "rejected", "said"),
    [
        ("澜谷科技股份\n", "", f"did you mean {LANGU}"),
        (f"{LANGU}\tVender\n", "", "unknown class 'Vender'"),
        (f"{LANGU}\tPassage\n", "", "Passage: not a class of things"),
        (f"{LANGU}\n", f"{LANGU}\n", "both accepted and rejected"),
    ],
)
def test_a_wrong_line_is_named_and_nothing_written(
    read_once: Path, tmp_path: Path, accepted: str, rejected: str, said: str
) -> None:
    for name, text in (("yes", accepted), ("no", rejected)):
        (tmp_path / name).write_text(f"{PLAN}\n{text}" if name == "yes" else text, "utf-8")
    files = ("--accept-file", str(tmp_path / "yes"), "--reject-file", str(tmp_path / "no"))
    done = run("review", "--kb", str(read_once), "--lexicon", str(tmp_path / "own"), *files, code=2)
    assert said in done.stderr
    assert not (tmp_path / "own").exists()


def test_wrong_use(tmp_path: Path) -> None:
    assert "no knowledge base there" in run("review", "--kb", str(tmp_path / "none"), code=3).stderr
    assert "--lexicon" in run("review", "--endpoint", "http://127.0.0.1:9/", code=2).stderr
    (tmp_path / "accepted.ttl").write_text("no Turtle", "utf-8")
    assert "accepted.ttl" in run("review", "--kb", str(kb()), "--lexicon", str(tmp_path), code=2).stderr


def test_on_a_terminal_it_asks(read_once: Path, tmp_path: Path) -> None:
    main, side = pty.openpty()
    command = [
        sys.executable,
        "-m",
        "suantu",
        "review",
        "--kb",
        str(read_once),
        "--lexicon",
        str(tmp_path),
        "--lang",
        "en",
    ]
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "TERM": "xterm"}
    with subprocess.Popen(command, stdin=side, stdout=side, stderr=side, env=env) as process:
        os.close(side)
        os.write(main, b"c\nPassage\nc\nVendor\na\nr\ns\n")
        said = b""
        while True:
            try:
                if not (data := os.read(main, 65536)):
                    break
            except OSError:
                break
            said += data
    os.close(main)
    assert process.returncode == 0, said.decode()
    assert "not a class of things" in said.decode()
    assert "Accepted 1, rejected 1" in said.decode()
    assert "a st:Vendor" in (tmp_path / "accepted.ttl").read_text("utf-8")
    assert (tmp_path / "rejected.txt").read_text("utf-8").splitlines()[1:] == [SHUANG]
