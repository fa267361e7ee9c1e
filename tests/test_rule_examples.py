"""Every example of every rule file is a test: the text, and the facts that the rule must find in it, or must not."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from suantu.ontology import load
from suantu.paths import ontology_dir
from suantu.pipeline import Pipeline
from suantu.workbench import Trial, check, problem, trials

# Rules that do not yet do what their example says: (file stem, rule) and why.
KNOWN: dict[tuple[str, str], str] = {}
TRIALS = trials(load(ontology_dir()))


def _param(trial: Trial, number: int) -> object:
    reason = KNOWN.get((trial.stem, trial.rule))
    marks = [pytest.mark.xfail(strict=False, reason=reason)] if reason else []
    return pytest.param(trial, id=f"{trial.stem}-{trial.rule}-{number}", marks=marks)


@pytest.mark.parametrize("trial", [_param(trial, i) for i, trial in enumerate(TRIALS)])
def test_an_example_holds(trial: Trial, pipeline: Pipeline) -> None:
    assert problem(pipeline, trial) == ""


def test_every_rule_file_with_rules_has_examples() -> None:
    stems = {trial.stem for trial in TRIALS}
    for kind in ("relations", "observations", "rankings", "discovery"):
        assert {f"{kind}.zh", f"{kind}.en"} <= stems
    assert "tables" in stems


def test_a_wrong_example_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "ontology"
    shutil.copytree(ontology_dir(), folder)
    rules = folder / "rules" / "relations.en.yaml"
    text = rules.read_text("utf-8")
    old = "facts: [[NVIDIA, H100]]"
    assert old in text
    rules.write_text(text.replace(old, "facts: [[NVIDIA, A100]]", 1), "utf-8")
    number, failures = check(folder)
    assert number == len(TRIALS)
    told = [f.reason for f in failures if f.file == "rules/relations.en.yaml"]
    assert any("misses NVIDIA A100" in reason and "finds" in reason for reason in told)


def test_a_rule_that_cannot_be_loaded_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "ontology"
    shutil.copytree(ontology_dir(), folder)
    rules = folder / "rules" / "relations.en.yaml"
    text = rules.read_text("utf-8")
    rules.write_text(text.replace("{s:Organization}", "{s:Organisation}", 1), "utf-8")
    number, (failure,) = check(folder)
    assert (number, failure.file) == (0, "rules/relations.en.yaml")
    assert "Organisation" in failure.reason
