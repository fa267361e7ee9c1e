"""Every example of the README is run, and prints what the README says.

``python tests/test_readme.py`` writes what is really printed into the README.
"""

from __future__ import annotations

import doctest
import os
import pty
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import yaml

from conftest import ROOT
from suantu.cli import cli
from suantu.cli.rules import command as rules
from suantu.ontology import load
from suantu.paths import ontology_dir
from suantu.pipeline import Pipeline
from suantu.stages.read import document_from_text
from suantu.workbench import problem, trials

README = ROOT / "README.md"
TEXT = README.read_text("utf-8")
_FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_ESCAPE = re.compile("\x1b\\[[0-9;?]*[A-Za-z]")
_COLUMNS = 110


def blocks(language: str) -> list[str]:
    """The fenced examples in a language."""
    return [body for name, body in _FENCE.findall(TEXT) if name == language]


def calls(block: str) -> Iterator[tuple[str, str]]:
    """The commands of a console example, each with what it prints. A here-document belongs to its command."""
    lines = block.splitlines(keepends=True)
    i = 0
    while i < len(lines):
        command = lines[i].removeprefix("$ ")
        i += 1
        if ending := re.search(r"<<'(\w+)'", command):
            while lines[i].strip() != ending[1]:
                command += lines[i]
                i += 1
            command += lines[i]
            i += 1
        start = i
        while i < len(lines) and not lines[i].startswith("$ "):
            i += 1
        yield command, "".join(lines[start:i])


def printed(command: str, folder: Path) -> str:
    """What a command prints to a terminal, without its colours."""
    main, side = pty.openpty()
    env = {k: v for k, v in os.environ.items() if not k.startswith("SUANTU")}
    path = f"{Path(sys.executable).parent}{os.pathsep}{env['PATH']}"
    env |= {
        "PATH": path,
        "COLUMNS": str(_COLUMNS),
        "TERM": "xterm",
        "LC_ALL": "C.UTF-8",
        "PYTHONPATH": str(ROOT / "src"),
    }
    with subprocess.Popen(
        ["bash", "-c", command], cwd=folder, stdout=side, stderr=side, stdin=subprocess.DEVNULL, env=env
    ) as process:
        os.close(side)
        out = b""
        while True:
            try:
                data = os.read(main, 65536)
            except OSError:
                break
            if not data:
                break
            out += data
    os.close(main)
    assert process.returncode == 0, out.decode()
    text = _ESCAPE.sub("", out.decode("utf-8").replace("\r\n", "\n"))
    return "".join(f"{line.rstrip()}\n" for line in text.splitlines())


def test_the_console_examples(tmp_path: Path) -> None:
    found = [call for block in blocks("console") for call in calls(block)]
    assert len(found) >= 6
    for command, said in found:
        assert printed(command, tmp_path) == said, command
    (example,) = blocks("pycon")
    test = doctest.DocTestParser().get_doctest(example, {}, "README", "README.md", 0)
    before = Path.cwd()
    os.chdir(tmp_path)
    try:
        assert doctest.DocTestRunner().run(test).failed == 0
    finally:
        os.chdir(before)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the ontology, to add the README's examples to."""
    copy = tmp_path / "ontology"
    shutil.copytree(ontology_dir(), copy)
    return copy


def test_the_vendor_example(folder: Path) -> None:
    (example,) = blocks("turtle")
    lexicon = folder / "lexicon" / "organizations.ttl"
    lexicon.write_text(lexicon.read_text("utf-8") + "\n" + example, "utf-8")
    pipeline = Pipeline(load(folder))
    document = document_from_text("艾克米计算与英伟达签署了合作协议。", pipeline.layout)
    iris = {thing.iri.rpartition("/")[2] for thing, _ in pipeline.extract(document).mentions}
    assert "Acme_Compute" in iris


def test_the_rule_example(folder: Path) -> None:
    (example,) = blocks("yaml")
    (rule,) = yaml.safe_load(example)
    rules_file = folder / "rules" / "relations.zh.yaml"
    text = rules_file.read_text("utf-8")
    rules_file.write_text(text.rstrip() + "\n" + "".join(f"  {line}\n" for line in example.splitlines()), "utf-8")
    pipeline = Pipeline(load(folder))
    own = [trial for trial in trials(pipeline.ontology) if trial.rule == rule["name"]]
    assert len(own) == 2
    assert [problem(pipeline, trial) for trial in own] == ["", ""]


def test_the_set_up_commands_are_there() -> None:
    shell = "".join(blocks("sh"))
    assert "bash .ci/run" in shell
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
    extras = (ROOT / "pyproject.toml").read_text("utf-8")
    for extra in re.search(r"pip install '\.\[(.*?)\]'", shell)[1].split(","):  # type: ignore[index]
        assert re.search(rf"^{extra} = ", extras, re.MULTILINE)


def test_every_kind_of_example_is_run() -> None:
    assert {language for language, _ in _FENCE.findall(TEXT)} == {"console", "pycon", "sh", "turtle", "yaml"}


def test_every_command_is_in_the_table() -> None:
    rows = " ".join(line for line in TEXT.splitlines() if line.startswith("| `"))
    context = cli.make_context("suantu", ["--help"], resilient_parsing=True)
    for name in cli.list_commands(context):
        assert re.search(rf"`(?:suantu )?{name}\b", rows), f"{name} is missing in the README's table"
    for name in rules.commands:
        assert f"rules {name}" in rows


def test_it_names_no_path_of_a_machine() -> None:
    assert not re.search(r"(?:/home/|/root/|/work/|/tmp/|[A-Z]:\\)", TEXT)


def _rewritten() -> str:
    """The README with what its commands really print."""
    with TemporaryDirectory() as folder:

        def block(match: re.Match[str]) -> str:
            if match[1] != "console":
                return match[0]
            out = "".join(f"$ {command}{printed(command, Path(folder))}" for command, _ in calls(match[2]))
            return f"```console\n{out}```"

        return _FENCE.sub(block, TEXT)


if __name__ == "__main__":
    README.write_text(_rewritten(), "utf-8")
