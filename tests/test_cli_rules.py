"""``suantu rules``: check and try."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from suantu.cli import cli
from suantu.paths import ontology_dir

TEXT = "2023年上半年，英伟达以65%的份额位居第一，其A100支持NVLink。"


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C")


def call(*args: str, code: int = 0, text: str | None = None) -> Result:
    result = CliRunner().invoke(cli, ["rules", *args], input=text)
    assert result.exit_code == code, (result.exit_code, result.stdout, result.stderr)
    return result


def test_try_shows_what_is_recognised_and_by_which_rule() -> None:
    lines = call("try", TEXT).stdout.splitlines()
    assert lines[0] == TEXT
    assert "    英伟达  Vendor  英伟达" in lines
    assert "    65%  percent  65 percent" in lines
    assert "    2023年上半年  period  2023-H1" in lines
    at = lines.index("    A100 supportsInterconnect NVLink")
    assert lines[at + 1].startswith("      rule: link/active")


def test_try_as_json_and_from_standard_input() -> None:
    (sentence,) = json.loads(call("try", "--format", "json", text=TEXT).stdout)
    names = [part for part in sentence["parts"] if part["kind"] == "name"]
    assert {"英伟达", "A100", "NVLink"} <= {part["words"] for part in names}
    assert all(TEXT[part["start"] : part["end"]] == part["words"] for part in sentence["parts"])
    assert {"relation", "rank"} <= {fact["kind"] for fact in sentence["facts"]}


def test_what_a_sentence_supposes_is_shown_with_its_mood() -> None:
    (sentence,) = json.loads(call("try", "--format", "json", "传言称英伟达收购了寒武纪。").stdout)
    assert "rumour" in {part["label"] for part in sentence["parts"] if part["kind"] == "mood"}
    assert sentence["facts"] == []


def test_try_writes_a_page(tmp_path: Path) -> None:
    pytest.importorskip("spacy")
    page = tmp_path / "page.html"
    call("try", TEXT, "--html", str(page))
    text = page.read_text("utf-8")
    assert text.startswith("<!DOCTYPE html>")
    assert "英伟达" in text
    assert "Vendor" in text
    assert call("try", TEXT, "--html", str(tmp_path / "no" / "page.html"), code=3).stderr.startswith("suantu: ")


def test_try_without_text_is_wrong_use() -> None:
    assert "give a text" in call("try", code=2, text=" ").stderr


def test_check_names_file_rule_and_reason(tmp_path: Path) -> None:
    folder = tmp_path / "ontology"
    shutil.copytree(ontology_dir(), folder)
    rules = folder / "rules" / "relations.en.yaml"
    text = rules.read_text("utf-8")
    rules.write_text(text.replace("facts: [[NVIDIA, H100]]", "facts: [[NVIDIA, A100]]", 1), "utf-8")
    result = call("check", "--ontology", str(folder), code=1)
    file, _, reason = next(r for r in result.stdout.splitlines() if "relations.en" in r).split("\t")
    assert file == "rules/relations.en.yaml"
    assert "misses NVIDIA A100" in reason
    assert "examples were run" in result.stderr
    found = json.loads(call("check", "--ontology", str(folder), "--format", "json", code=1).stdout)
    assert found["examples"] > 200
    assert {"file", "rule", "reason"} == set(found["failures"][0])


def test_a_key_that_stands_twice_is_refused_with_its_place(tmp_path: Path) -> None:
    folder = tmp_path / "ontology"
    shutil.copytree(ontology_dir(), folder)
    rules = folder / "rules" / "layout.yaml"
    lines = rules.read_text("utf-8").splitlines()
    rules.write_text("\n".join([*lines, "issued: {}"]), "utf-8")
    told = call("check", "--ontology", str(folder), code=2).stderr
    assert "layout.yaml" in told
    assert f"'issued' stands twice in one mapping in \"<unicode string>\", line {len(lines) + 1}" in told


def test_check_of_what_is_no_ontology(tmp_path: Path) -> None:
    assert "not an ontology folder" in call("check", "--ontology", str(tmp_path), code=2).stderr


@pytest.mark.parametrize("args", [["--help"], ["check", "--help"], ["try", "--help"]])
def test_help_shows_an_example(args: list[str]) -> None:
    assert "Examples:" in call(*args).stdout
