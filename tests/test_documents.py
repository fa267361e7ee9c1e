"""Whole documents through the command line: how much of the hand-made facts is found, and every quote in its place.

The floors may only rise (``python tests/test_documents.py`` prints what would hold today). A page of ``tests/pages/unread`` shows here as counts only: its misses are not to be looked at
(see ``tests/pages/README.md``).
"""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from conftest import ROOT
from suantu.evaluate import Score, evaluate, read_gold
from suantu.stores.kb import KnowledgeBase

PAGES = ROOT / "tests" / "pages"
CORPUS = ROOT / "corpus"
CORPUS_GOLD = ROOT / "tests" / "corpus-gold"
KINDS = ("entities", "relations", "value+unit", "full", "rankings")

# Per cent of the gold: entities (lenient), relations, observations by value and unit, in full, rankings.
# Where a kind has no facts in the gold the floor is 100.
FLOORS: dict[str, tuple[int, ...]] = {
    "report-2020": (100, 95, 100, 88, 100),
    "press-release-2021": (100, 100, 100, 77, 100),
    "chips-2024": (98, 100, 100, 94, 100),
    "messy-scan-2022": (100, 100, 88, 80, 100),
    "english-2024": (100, 100, 100, 93, 100),
    "read/a1-market-outlook": (93, 72, 100, 82, 72),
    "read/a2-city-policy": (95, 94, 100, 39, 66),
    "read/a3-press-release": (97, 41, 95, 47, 96),
    "read/a4-chip-survey": (91, 70, 100, 86, 100),
    "read/a5-industry-use-cases": (95, 92, 100, 75, 100),
    "read/b1-digest": (96, 90, 100, 64, 100),
    "read/b2-analyst-chapter": (0, 0, 0, 0, 0),
    "read/c1-brief-en": (90, 72, 100, 82, 76),
    "read/c2-chips-en": (96, 85, 97, 97, 100),
    "read/c5-digest-zh": (0, 0, 0, 0, 0),
    "read/c6-outlook-zh": (0, 0, 0, 0, 0),
    "read/chip-survey-zh": (0, 0, 0, 0, 0),
    "read/chips-en": (95, 93, 100, 95, 66),
    "read/city-policy-zh": (0, 0, 0, 0, 0),
    "read/d5-ranking-zh": (0, 0, 0, 0, 0),
    "read/digest-names-2-zh": (0, 0, 0, 0, 0),
    "read/digest-names-zh": (0, 0, 0, 0, 0),
    "read/industry-usecases-zh": (0, 0, 0, 0, 0),
    "read/market-outlook-zh": (0, 0, 0, 0, 0),
    "read/outlook-2-zh": (0, 0, 0, 0, 0),
    "read/outlook-en": (100, 100, 100, 84, 100),
    "read/press-2-en": (100, 81, 100, 70, 100),
    "read/scan-zh": (0, 0, 0, 0, 0),
    "read/tables-md-zh": (0, 0, 0, 0, 0),
    "corpus/2020-2021/01-overview": (100, 100, 100, 67, 100),
    "corpus/2020-2021/02-compute-market": (98, 100, 100, 76, 80),
    "corpus/2020-2021/03-industries": (98, 93, 100, 71, 100),
    "corpus/2020-2021/04-cities": (100, 96, 100, 83, 100),
    "corpus/2020-2021/05-global": (100, 100, 100, 81, 100),
    "corpus/2020-2021/06-advice-vendors": (100, 87, 100, 75, 100),
    "corpus/2021-2022/01-cities-2021": (100, 100, 100, 77, 100),
    "corpus/2021-2022/02-global-index": (100, 100, 100, 86, 92),
    "corpus/2024/brief-en": (100, 87, 97, 88, 100),
    "corpus/2024/chips": (98, 98, 100, 88, 100),
}

# Facts that are stated and false: documents not listed have none.
ALLOWED_ERRORS: dict[str, int] = {
    "read/b2-analyst-chapter": 9,
    "read/c5-digest-zh": 9,
    "read/c6-outlook-zh": 9,
    "read/chip-survey-zh": 9,
    "read/city-policy-zh": 9,
    "read/d5-ranking-zh": 9,
    "read/digest-names-2-zh": 9,
    "read/digest-names-zh": 9,
    "read/industry-usecases-zh": 9,
    "read/market-outlook-zh": 9,
    "read/outlook-2-zh": 9,
    "read/scan-zh": 9,
    "read/tables-md-zh": 9,
}


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
    for path in sorted(CORPUS_GOLD.rglob("*.gold")):
        found[f"corpus/{path.relative_to(CORPUS_GOLD).with_suffix('').as_posix()}"] = path
    return found


OWN = _documents()
REAL = ("report-2020", "press-release-2021", "chips-2024", "messy-scan-2022", "english-2024")


def _source(name: str, gold: Path) -> Path:
    stem = CORPUS / name.removeprefix("corpus/") if name.startswith("corpus/") else gold.with_suffix("")
    return next(p for p in (stem.with_name(stem.name + end) for end in (".txt", ".md")) if p.is_file())


def _build(source: Path, gold: Path, kb: Path) -> Built:
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    command = [sys.executable, "-m", "suantu", "build", str(source), "--kb", str(kb), "--quiet"]
    done = subprocess.run(command, capture_output=True, text=True, env=env, timeout=300)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
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
    floors = dict(zip(KINDS, FLOORS[name], strict=True))
    below = {k: f"{reached[k]:.1f} < {floor}" for k, floor in floors.items() if reached[k] < floor}
    assert not below
    assert built.score.ungrounded == 0
    assert len(built.score.errors) <= ALLOWED_ERRORS.get(name, 0), "" if "unread" in name else built.score.errors
    assert not _misplaced(built.kb)


def test_every_document_has_floors() -> None:
    assert set(FLOORS) == {*REAL, *OWN}
    assert set(ALLOWED_ERRORS) <= set(FLOORS)


def main() -> None:
    """Print what each document reaches, and the floors that this would allow."""
    floors: dict[str, tuple[int, ...]] = {}
    sums: dict[str, dict[str, list[int]]] = {}
    real = ROOT.parent / "shared" / "documents"
    for name in (*REAL, *OWN):
        gold = OWN.get(name, real / f"{name}.gold")
        if not gold.is_file():
            continue
        with TemporaryDirectory() as folder:
            built = _build(_source(name, gold), gold, Path(folder) / "kb")
        counts = built.counts
        floors[name] = tuple(int(_percent(*pair)) for pair in counts.values())
        print(name, *(f"{found}/{of}" for found, of in counts.values()), f"errors {len(built.score.errors)}")
        total = sums.setdefault(name.split("/")[0] if "/" in name else "real", {k: [0, 0] for k in KINDS})
        for kind, pair in counts.items():
            total[kind] = [a + b for a, b in zip(total[kind], pair, strict=True)]
    for folder, total in sums.items():
        print("together", folder, *(f"{kind} {_percent(*pair):.1f}" for kind, pair in total.items()))
    for name, reached in floors.items():
        print(f'    "{name}": {reached},')


if __name__ == "__main__":
    main()
