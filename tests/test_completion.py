"""What the shell offers after a Tab."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.shell_completion import BashComplete
from click.testing import CliRunner

from cli_kb import ROOT, kb
from suantu.cli import cli


@pytest.fixture(autouse=True)
def _there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUANTU_KB", str(kb()))


def offered(*words: str) -> list[str]:
    complete = BashComplete(cli, {}, "suantu", "_SUANTU_COMPLETE")
    return [item.value for item in complete.get_completions(list(words[:-1]), words[-1])]


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (("s",), ["serve", "show"]),
        (("list", "Chi"), ["Chip", "ChipType"]),
        (("list", "city"), ["City"]),
        (("query", "rank-m"), ["rank-movers"]),
        (("query", "rank-movers", ""), ["from=", "to="]),
        (("query", "products-of", "maker=NVI"), ["maker=NVIDIA"]),
        (("query", "makers", "class=Chi"), ["class=Chip", "class=ChipType"]),
        (("show", "Insp"), ["Inspur"]),
        (("show", "浪潮"), ["浪潮", "浪潮云"]),
        (("path", "Inspur", "NVI"), ["NVIDIA"]),
        (("facts", "--about", "A1"), ["A100"]),
        (("query", "--format", "js"), ["json", "jsonld"]),
        (("show", "nothing begins so"), []),
        (("query", "no-such-question", "x"), []),
        (("show", "--kb", "/nowhere", "A"), []),
        (("show", "--endpoint", "http://127.0.0.1:9/", "A"), []),
    ],
)
def test_what_is_offered(words: tuple[str, ...], wanted: list[str]) -> None:
    assert sorted(offered(*words)) == wanted


def test_everything_may_be_offered_before_a_letter_is_typed() -> None:
    assert {"A100", "浪潮"} <= set(offered("show", ""))
    assert len(offered("query", "")) >= 30


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_is_one_that_the_shell_takes(shell: str, tmp_path: Path) -> None:
    result = CliRunner().invoke(cli, ["completion", shell])
    assert result.exit_code == 0
    assert f"_SUANTU_COMPLETE={shell}_complete" in result.stdout
    if shutil.which(shell):
        script = tmp_path / "script"
        script.write_text(result.stdout, "utf-8")
        subprocess.run([shell, "-n", str(script)], check=True)
    assert CliRunner().invoke(cli, ["completion", "tcsh"]).exit_code == 2


def test_a_process_completes() -> None:
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "SUANTU_KB": str(kb())}
    env |= {"_SUANTU_COMPLETE": "bash_complete", "COMP_WORDS": "suantu show Ins", "COMP_CWORD": "2"}
    code = "from suantu.cli import main; main()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=env, check=False)
    assert (done.stdout.split(), done.stderr) == (["plain,Inspur"], "")
