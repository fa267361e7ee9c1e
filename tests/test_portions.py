"""Large documents are read a portion after the other: the same facts, in memory that does not grow with the length."""

from __future__ import annotations

import json
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli_kb import ROOT
from suantu import workers
from suantu.border.ontograph import ontology_graph
from suantu.build import Summary, add, build
from suantu.cli import cli
from suantu.errors import StoreError
from suantu.pipeline import Pipeline
from suantu.records import Document, Extraction
from suantu.stages import portions as module
from suantu.stages.portions import portions
from suantu.stages.read import document_from_text, read
from suantu.stores.kb import KnowledgeBase
from suantu.workers import Worker, in_portions

CHAPTER = (
    "第{n}章 市场\n\n浪潮推出的NF{n}服务器支持NVLink互联，NF{n}采用A100芯片。2020年，浪潮占中国人工智能服务器市场的{share}%。\n\n"
    "| 厂商 | 2020年份额 |\n|---|---|\n| 华为 | {other}% |\n\nIDC预计，2024年中国人工智能服务器市场规模将达到{n}.5亿美元。\n\n"
)


def report(chapters: int) -> str:
    return "".join(CHAPTER.format(n=100 + n, share=40 + n % 9, other=10 + n % 7) for n in range(chapters))


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    for place in (module, workers):
        monkeypatch.setattr(place, "LARGEST", 700)


def facts(found: list[Extraction]) -> set[tuple[object, ...]]:
    claims = {(c.subject.iri, c.predicate, c.object.iri) for e in found for c in e.claims}
    return claims | {
        (o.metric, o.about.iri, o.period, o.value, o.unit, o.status) for e in found for o in e.observations
    }


def test_portions_are_cut_at_chapters_and_lose_nothing(pipeline: Pipeline) -> None:
    document = document_from_text(report(24), pipeline.layout, pages=(0, 500, 900))
    cut = list(portions(document, pipeline.layout, 700))
    assert len(cut) > 3
    assert "".join(portion.text for portion in cut) == document.text
    assert all(portion.text.startswith("第") and len(portion.text) <= 700 for portion in cut)
    assert [page + portion.start for portion in cut for page in portion.pages] == [0, 500, 900]
    assert list(portions(document, pipeline.layout)) == [document]


@pytest.mark.parametrize(
    "text", ["甲" * 3000, "甲乙。" * 1000, "甲乙\n" * 1000, "# 甲\n\n" * 600, "\f" * 3000, "1" * 2999]
)
def test_any_text_is_cut(pipeline: Pipeline, text: str) -> None:
    cut = list(portions(document_from_text(text, pipeline.layout), pipeline.layout, 700))
    assert "".join(portion.text for portion in cut) == text
    assert max(len(portion.text) for portion in cut) <= 700


def test_portions_say_what_the_whole_says_with_its_offsets(pipeline: Pipeline) -> None:
    document = document_from_text(report(12), pipeline.layout)
    cut = [pipeline.extract(portion) for portion in portions(document, pipeline.layout, 700)]
    assert facts(cut) == facts([pipeline.extract(document)])
    spans = [s for e in cut for o in (*e.claims, *e.observations) for s in o.evidence.spans]
    assert len({s.start for s in spans}) > 24
    for found in cut:
        for claim in (c for c in found.claims if c.predicate == "makes"):
            assert claim.object.label in document.text[claim.evidence.spans[0].start : claim.evidence.spans[0].end]


@pytest.mark.usefixtures("small")
def test_a_knowledge_base_of_portions_passes_all_checks(tmp_path: Path) -> None:
    source, kb = tmp_path / "large.md", str(tmp_path / "kb")
    text = report(9) + report(9)  # what a portion before has said is said again
    source.write_text(text, "utf-8")
    (tmp_path / "small.md").write_text("华为推出了昇腾910芯片。", "utf-8")

    def call(*args: str) -> str:
        result = CliRunner().invoke(cli, [*args, "--kb", kb])
        assert result.exit_code == 0, result.output
        return result.stdout

    built = json.loads(call("build", str(tmp_path), "--jobs", "2", "--format", "json"))
    assert (built["documents"], built["failed"]) == (2, [])
    found = json.loads(call("check", "--format", "json"))
    assert [f for f in found["findings"] if f["level"] == "error"] == []
    with KnowledgeBase.open(tmp_path / "kb") as base:
        counts = base.find("large.md").counts
        assert base.source_text("large.md") == text
    assert counts["observations"] == built["observations"] > 9
    call("remove", "small.md")
    again = json.loads(call("add", str(tmp_path / "small.md"), str(source), "--format", "json"))
    assert (again["documents"], again["observations"]) == (2, built["observations"])


@pytest.mark.usefixtures("small")
def test_processes_that_read_portions_give_the_same_bytes(tmp_path: Path, pipeline: Pipeline) -> None:
    source = tmp_path / "large.md"
    source.write_text(report(24), "utf-8")
    graph, reader = ontology_graph(pipeline.ontology), in_portions(pipeline.extract, pipeline.layout)
    worker = Worker(lambda p: read(p, pipeline.layout), reader, graph, tmp_path)
    streams = [worker(source, jobs=jobs).stream for jobs in (1, 3)]
    alone, together = (list(stream or ()) for stream in streams)
    assert together == alone
    assert len(alone) > 3


def test_what_breaks_in_another_process_is_named(tmp_path: Path, pipeline: Pipeline, small: None) -> None:
    def extract(document: Document) -> Extraction:
        if document.start > 1000:
            raise ValueError("no such thing")
        return pipeline.extract(document)

    source = tmp_path / "large.md"
    source.write_text(report(24), "utf-8")
    reader = in_portions(extract, pipeline.layout)
    worker = Worker(lambda p: read(p, pipeline.layout), reader, ontology_graph(pipeline.ontology), tmp_path)
    stream = worker(source, jobs=2).stream
    assert stream is not None
    assert list(stream)
    assert stream.problem.startswith("large.md: an error of Suantu")
    assert "ValueError: no such thing (test_portions.py:" in stream.problem


def test_memory_does_not_grow_with_the_length(tmp_path: Path, pipeline: Pipeline, small: None) -> None:
    graph = ontology_graph(pipeline.ontology)

    def peak(chapters: int) -> int:
        source = tmp_path / "large.md"
        source.write_text(report(chapters), "utf-8")
        worker = Worker(
            lambda p: read(p, pipeline.layout), in_portions(pipeline.extract, pipeline.layout), graph, tmp_path
        )
        tracemalloc.start()
        done = worker(source)
        assert done.stream is not None
        assert sum(len(data) for data in done.stream) > chapters * 1000
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    peak(8)  # what is worked out once
    few, many = peak(8), peak(64)
    assert many - few < 500_000, (few, many)  # its quads are megabytes


def test_what_cannot_be_read_to_its_end_is_named_and_leaves_nothing(tmp_path: Path, pipeline: Pipeline) -> None:
    def extract(document: Document) -> Extraction | Iterator[Extraction]:
        if "浪潮" not in document.text:
            return pipeline.extract(document)
        return broken(document)

    def broken(document: Document) -> Iterator[Extraction]:
        yield pipeline.extract(document)
        raise RuntimeError("half of it")

    for name, text in (("a.txt", "浪潮推出了NF5488服务器。"), ("b.txt", "华为推出了昇腾910芯片。")):
        (tmp_path / name).write_text(text, "utf-8")
    given = ([tmp_path / "a.txt", tmp_path / "b.txt"], tmp_path / "kb", pipeline.ontology, extract)
    summary: Summary = build(*given, lambda p: read(p, pipeline.layout), jobs=2)
    ((name, reason),) = summary.failed
    assert (name, summary.documents) == ("a.txt", 1)
    assert "half of it" in reason
    with KnowledgeBase.open(tmp_path / "kb") as base:
        assert not base.endpoint().ask(
            "ASK { ?d a st:Document FILTER(CONTAINS(STR(?d), 'x')) { ?c rdf:subject sti:Inspur } }"
        )
        before = base.manifest
    with pytest.raises(StoreError, match="half of it"):
        add(*given, lambda p: read(p, pipeline.layout))
    assert KnowledgeBase.open(tmp_path / "kb").manifest == before


REPEATED = {
    "names": lambda n: "".join(f"云岭{chr(0x4E00 + n * 7)}{chr(0x5E00 + n * 13)}科技推出了X{n}芯片。\n" for n in range(n)),
    "policies": lambda n: "".join(f"2020年{n % 12 + 1}月，杭州市政府发布《第{n}号管理办法》。\n" for n in range(n)),
    "aliases": lambda n: "".join(f"云岭{chr(0x4E00 + n * 7)}科技（以下简称“岭{chr(0x4E00 + n * 7)}”）。" for n in range(n)),
}  # fmt: skip


@pytest.mark.parametrize("kind", sorted(REPEATED))
def test_many_names_take_linear_time(pipeline: Pipeline, kind: str) -> None:
    def seconds(n: int) -> float:
        document = document_from_text(REPEATED[kind](n), pipeline.layout)
        began = time.process_time()
        pipeline.extract(document)
        return time.process_time() - began

    seconds(50)
    few = seconds(400)
    assert seconds(1600) < 8 * few  # 4 where it is linear, 16 where it is quadratic


def test_the_limit_is_far_above_a_report() -> None:
    longest = max(len(path.read_text("utf-8")) for path in (ROOT / "corpus").rglob("*.md"))
    assert longest * 10 < module.LARGEST
