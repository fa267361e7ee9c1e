"""How many of the relations that report sentences state are found, and how many found are stated.

The sentences were written before the rules that read them, one phrasing each; what the rules cannot read yet stays in.
"""

from __future__ import annotations

import pytest

from conftest import ROOT
from suantu.pipeline import Pipeline
from suantu.records import Claim
from suantu.stages.read import document_from_text
from suantu.workbench import _is_named

RECALL, PRECISION = 0.92, 0.97  # may only rise
Fact = tuple[str, str, str]


def _read(path: str) -> list[tuple[str, list[Fact]]]:
    lines = [line for line in (ROOT / "tests" / path).read_text("utf-8").splitlines() if line and line[0] != "#"]
    split = [line.partition("\t") for line in lines]
    return [(text, [tuple(f.split("|")) for f in facts.split(";") if f]) for text, _, facts in split]  # type: ignore[misc]


def _says(claim: Claim, fact: Fact) -> bool:
    if claim.predicate != fact[1]:
        return False
    forth = _is_named(claim.subject, fact[0]) and _is_named(claim.object, fact[2])
    back = fact[1] == "partnersWith" and _is_named(claim.subject, fact[2]) and _is_named(claim.object, fact[0])
    return forth or back


@pytest.mark.parametrize("path", ["relation-sentences-zh.txt", "relation-sentences-en.txt"])
def test_sentences_are_read(pipeline: Pipeline, path: str) -> None:
    missed: list[str] = []
    beyond: list[str] = []
    stated = found = 0
    for text, facts in _read(path):
        made = pipeline.extract(document_from_text(text, pipeline.layout, "sentence.txt")).claims
        claims = [c for c in made if not c.found_by.startswith("named.")]  # those that a name shows by itself
        stated, found = stated + len(facts), found + len(claims)
        missed += [f"{text} {f}" for f in facts if not any(_says(c, f) for c in made)]
        beyond += [
            f"{text} {c.subject.label} {c.predicate} {c.object.label} ({c.found_by})"
            for c in claims
            if not any(_says(c, f) for f in facts)
        ]
    assert 1 - len(missed) / stated >= RECALL, "\n".join(missed)
    assert 1 - len(beyond) / found >= PRECISION, "\n".join(beyond)
