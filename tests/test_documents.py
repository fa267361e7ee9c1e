"""Whole documents: how much of the hand-made facts is found, and every quote in its place.

The floors may only rise (``python tests/test_documents.py`` writes down what is reached today). A page of
``tests/pages/unread`` shows here as counts only: its misses are not to be looked at (see ``tests/pages/README.md``).
"""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from conftest import ROOT
from suantu.build import build
from suantu.evaluate import Score, evaluate, read_gold
from suantu.ontology import load
from suantu.paths import ontology_dir
from suantu.pipeline import Pipeline
from suantu.stages.read import read
from suantu.stores.kb import KnowledgeBase

PAGES = ROOT / "tests" / "pages"
CORPUS = ROOT / "corpus"
CORPUS_GOLD = ROOT / "tests" / "corpus-gold"
KINDS = ("entities", "relations", "value+unit", "full", "rankings")

FLOORS_FILE = ROOT / "tests" / "document-floors.json"
# By document: per cent of the gold by kind (100 where the gold has none), and how many facts are stated and false.
FLOORS: dict[str, dict[str, int]] = json.loads(FLOORS_FILE.read_text("utf-8"))


@dataclass(frozen=True, slots=True)
class Built:
    """A knowledge base of one document, and its score."""

    kb: Path
    score: Score

    @property
    def counts(self) -> dict[str, tuple[int, int]]:
        """What was found and what there is, by kind."""
        s = self.score
        found = (
            (s.entities, "lenient"),
            (s.relations, "found"),
            (s.observations, "value_unit"),
            (s.observations, "full"),
            (s.rankings, "found"),
        )
        return {kind: (part.counts[name], part.counts["gold"]) for kind, (part, name) in zip(KINDS, found, strict=True)}


def _documents() -> dict[str, Path]:
    """The gold files by name."""
    found = {f"read/{p.stem}": p for p in sorted((PAGES / "read").glob("*.gold"))}
    found |= {f"unread/{p.stem}": p for p in sorted((PAGES / "unread").glob("*.gold"))}
    found |= {f"passages/{p.stem}": p for p in sorted((PAGES / "passages").glob("*.gold"))}
    for path in sorted(CORPUS_GOLD.rglob("*.gold")):
        found[f"corpus/{path.relative_to(CORPUS_GOLD).with_suffix('').as_posix()}"] = path
    return found


OWN = _documents()
REAL = ("report-2020", "press-release-2021", "chips-2024", "messy-scan-2022", "english-2024")


def _source(name: str, gold: Path) -> Path:
    stem = CORPUS / name.removeprefix("corpus/") if name.startswith("corpus/") else gold.with_suffix("")
    return next(p for p in (stem.with_name(stem.name + end) for end in (".txt", ".md")) if p.is_file())


@cache
def _pipeline() -> Pipeline:
    return Pipeline(load(ontology_dir()))


def _build(source: Path, gold: Path, kb: Path) -> Built:
    pipeline = _pipeline()  # made once: making it takes longer than reading a page
    build([source], kb, pipeline.ontology, pipeline.extract, partial(read, layout=pipeline.layout))
    with KnowledgeBase.open(kb) as base, closing(base.endpoint()) as endpoint:
        return Built(kb, evaluate(endpoint, read_gold(gold)))


def _percent(found: int, gold: int) -> float:
    return 100 * found / gold if gold else 100.0


def _misplaced(kb: Path) -> list[str]:
    """The quotes that do not stand where they are said to."""
    query = """SELECT DISTINCT ?start ?end ?quote WHERE {
      VALUES ?k { st:Claim st:Observation st:RankingEntry } ?f a ?k ; prov:wasDerivedFrom ?p .
      ?p oa:start ?start ; oa:end ?end ; oa:exact ?quote }"""
    with KnowledgeBase.open(kb) as base, closing(base.endpoint()) as endpoint:
        (entry,) = base.documents
        text = base.source_text(entry.sha256)
        rows = list(endpoint.select(query))
        assert rows
        return [
            row["quote"].value
            for row in rows
            if text[int(row["start"].value) : int(row["end"].value)] != row["quote"].value
        ]


@pytest.mark.parametrize("name", [*REAL, *OWN])
def test_a_document_reaches_its_floors(name: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    gold = OWN[name] if name in OWN else request.getfixturevalue("shared_documents") / f"{name}.gold"
    built = _build(_source(name, gold), gold, tmp_path / "kb")
    reached = {kind: _percent(*pair) for kind, pair in built.counts.items()}
    floors = FLOORS[name]
    below = {k: f"{reached[k]:.1f} < {floors[k]}" for k in KINDS if reached[k] < floors[k]}
    assert not below
    assert built.score.ungrounded == 0
    assert len(built.score.errors) <= floors["errors"], "" if "unread" in name else built.score.errors
    assert not _misplaced(built.kb)


def test_every_document_has_floors() -> None:
    assert set(FLOORS) == {*REAL, *OWN}


def main() -> None:
    """Print what each document reaches, and write it down as the floors."""
    golds = {name: OWN.get(name, ROOT.parent / "shared" / "documents" / f"{name}.gold") for name in (*REAL, *OWN)}
    floors: dict[str, dict[str, int]] = {}
    sums: dict[str, dict[str, list[int]]] = {}
    for name, gold in golds.items():
        with TemporaryDirectory() as folder:
            built = _build(_source(name, gold), gold, Path(folder) / "kb")
        counts, errors = built.counts, len(built.score.errors)
        floors[name] = {kind: int(_percent(*pair)) for kind, pair in counts.items()} | {"errors": errors}
        print(name, *(f"{found}/{of}" for found, of in counts.values()), f"errors {errors}", flush=True)
        total = sums.setdefault(name.split("/")[0] if "/" in name else "real", {k: [0, 0] for k in KINDS})
        for kind, pair in counts.items():
            total[kind] = [a + b for a, b in zip(total[kind], pair, strict=True)]
    for folder, total in sums.items():
        print("together", folder, *(f"{kind} {_percent(*pair):.1f}" for kind, pair in total.items()))
    rows = (f"  {json.dumps(name)}: {json.dumps(reached)}" for name, reached in floors.items())
    FLOORS_FILE.write_text("{\n" + ",\n".join(rows) + "\n}\n", "utf-8")


if __name__ == "__main__":
    main()
