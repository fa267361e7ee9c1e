"""The whole way from files to the graph: the same bytes whatever the process, what fails is named, nothing crashes."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import ROOT
from suantu.build import build, export_trig
from suantu.errors import InputError
from suantu.ontology import Ontology, load
from suantu.paths import ontology_dir
from suantu.pipeline import Pipeline
from suantu.records import Evidence, Extraction
from suantu.stages.read import document_from_text, read
from suantu.stores.kb import KnowledgeBase

CORPUS = sorted((ROOT / "corpus").rglob("*.md"))
SOURCES = [path for path in CORPUS if path.name != "README.md"][:5]
PIPELINE = Pipeline(load(ontology_dir()))

_EXPORT = """
import sys
from pathlib import Path
from suantu.build import export_trig
from suantu.stores.kb import KnowledgeBase
with KnowledgeBase.open(Path(sys.argv[1])) as base:
    Path(sys.argv[2]).write_bytes(export_trig(base))
"""


def _as_process(folder: Path, seed: str, *args: str) -> bytes:
    """Build in one process and export in another, with this seed for the hashes of strings."""
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "PYTHONHASHSEED": seed}
    folder.mkdir()
    commands = (
        ["-m", "suantu", "build", *args, "--kb", str(folder / "kb"), "-q"],
        ["-c", _EXPORT, str(folder / "kb"), str(folder / "graph.trig")],
    )
    for command in commands:
        done = subprocess.run([sys.executable, *command], capture_output=True, text=True, env=env, timeout=300)
        assert (done.returncode, done.stderr) == (0, "")
    return (folder / "graph.trig").read_bytes()


def test_the_same_bytes_in_every_process_and_order(tmp_path: Path) -> None:
    names = [str(path) for path in SOURCES]
    first = _as_process(tmp_path / "a", "0", *names, "--jobs", "1")
    assert b"st:Claim" in first
    shuffled = random.Random(7).sample(names, len(names))
    assert _as_process(tmp_path / "b", "4242", *shuffled, "--jobs", "2") == first


def test_a_document_is_read_alike_alone_and_among_others(pipeline: Pipeline) -> None:
    alone = pipeline.extract(read(SOURCES[0], pipeline.layout))
    for path in SOURCES[1:]:
        pipeline.extract(read(path, pipeline.layout))
    assert pipeline.extract(read(SOURCES[0], pipeline.layout)) == alone


# ---- what cannot be read ----


@pytest.fixture
def bad(tmp_path: Path) -> dict[str, Path]:
    """Files that cannot be read, one of each kind."""
    contents = {
        "empty.txt": b"",
        "blank.txt": b" \n\n\t\n",
        "binary.txt": bytes(range(256)) * 8,
        "broken-utf8.txt": "人工智能服务器".encode() * 40 + b"\xff\xfe\xfa\x00" + b"\x81",
        "wrong.pdf": b"%PDF-1.7\nnothing behind it",
        "wrong.docx": b"PK\x03\x04 nothing behind it",
        "unknown.xyz": b"text",
    }
    folder = tmp_path / "bad"
    folder.mkdir()
    for name, data in contents.items():
        (folder / name).write_bytes(data)
    return {name: folder / name for name in (*contents, "missing.txt")}


def test_what_cannot_be_read_is_named_and_the_others_built(
    bad: dict[str, Path], tmp_path: Path, pipeline: Pipeline, ontology: Ontology
) -> None:
    reader = partial(read, layout=pipeline.layout)
    kb = tmp_path / "kb"
    summary = build([*bad.values(), SOURCES[0]], kb, ontology, pipeline.extract, reader)
    assert summary.documents == 1
    assert summary.claims > 0
    assert {name for name, _ in summary.failed} == set(bad)
    assert all("\n" not in reason and reason for _, reason in summary.failed)
    before = (kb / "manifest.json").read_bytes()
    with pytest.raises(InputError):
        build(list(bad.values()), kb, ontology, pipeline.extract, reader)
    assert (kb / "manifest.json").read_bytes() == before


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gb18030"])
def test_other_encodings_give_the_same_facts(encoding: str, tmp_path: Path, pipeline: Pipeline) -> None:
    text = SOURCES[0].read_text("utf-8")
    other = tmp_path / SOURCES[0].name
    other.write_bytes(text.encode(encoding))
    found = pipeline.extract(read(other, pipeline.layout))
    plain = pipeline.extract(read(SOURCES[0], pipeline.layout))
    assert (found.claims, found.observations, found.rankings) == (plain.claims, plain.observations, plain.rankings)


def test_the_same_knowledge_base_from_the_library(tmp_path: Path, pipeline: Pipeline, ontology: Ontology) -> None:
    reader = partial(read, layout=pipeline.layout)
    exports = []
    for jobs in (1, 2):
        build(SOURCES[:3], tmp_path / str(jobs), ontology, pipeline.extract, reader, jobs=jobs)
        with KnowledgeBase.open(tmp_path / str(jobs)) as base:
            exports.append(export_trig(base))
    assert exports[0] == exports[1]


# ---- any text ----


def _evidence(extraction: Extraction) -> list[Evidence]:
    facts = (*extraction.claims, *extraction.observations, *extraction.rankings)
    return [*(fact.evidence for fact in facts), *(evidence for _, evidence in extraction.mentions)]


def _check(text: str) -> None:
    document = document_from_text(text, PIPELINE.layout)
    assert document.text == text
    extraction = PIPELINE.extract(document)
    for evidence in _evidence(extraction):
        assert evidence.spans
        for span in evidence.spans:
            assert 0 <= span.start < span.end <= len(text)
    for observation in extraction.observations:
        assert observation.value.is_finite()
    for loose in extraction.loose:
        assert loose.sentence.start <= loose.span.start < loose.span.end <= loose.sentence.end


_WORDS = """浪潮 英伟达 A100 NVLink 推出 支持 采用 2020年 上半年 2019-2024年 亿美元 52% 第一 第二名 分别 为 和 、 ， 。 ； （ ） “ ” 《 》
占 市场 份额 增长 超过 预计 将 达到 北京 深圳 位于 与 合作 其 该公司 从 由 升至 倍 翻番 三分之一 GPU 等 厂商 科技 | - # 1. 第三章 % １２ 萬
NVIDIA's launched US$6.7 billion in 2023 grew by respectively market share"""
_PIECES = st.sampled_from([*_WORDS.split(), " ", "\n", "\n\n", "\u3000", "\x00", "\ufeff", "\U0001f600", "\ue000"])


@given(st.lists(_PIECES, max_size=60).map("".join))
@settings(max_examples=80, deadline=None)
def test_any_mixture_of_words_is_read(text: str) -> None:
    _check(text)


@given(st.text(max_size=200))
@settings(max_examples=60, deadline=None)
def test_any_text_is_read(text: str) -> None:
    _check(text)


@given(st.data())
@settings(max_examples=25, deadline=None)
def test_a_torn_report_is_read(data: st.DataObject) -> None:
    text = SOURCES[0].read_text("utf-8")
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start, min(len(text), start + 1500)))
    _check(text[start:end])


def test_what_a_firm_reports_of_itself_is_of_whom_the_text_is_about() -> None:
    text = (
        "# 岑岭半导体：追赶者的底牌\n\n岑岭半导体总部在长沙。\n\n## 账本\n\n晶圆制造交给外部代工。\n\n"
        "收入曲线相当陡峭：2022年营收6.8亿元，2023年15.2亿元。\n"
    )
    told = PIPELINE.extract(document_from_text(text, PIPELINE.layout, "firm.md")).observations
    assert [(o.metric, o.about.label, o.period, str(o.value)) for o in told] == [
        ("revenue", "岑岭半导体", "2022", "680000000"),
        ("revenue", "岑岭半导体", "2023", "1520000000"),
    ]


def _extract(text: str) -> Extraction:
    return PIPELINE.extract(document_from_text(text, PIPELINE.layout))


def test_a_bare_company_is_whom_the_text_is_about() -> None:
    told = "寒武纪：一年的账本\n\n2024年，腾讯采购了一批推理卡。\n\n生态上，公司与百川智能签有合作协议。\n"
    said = {(c.subject.label, c.predicate, c.object.label) for c in _extract(told).claims}
    assert ("寒武纪", "partnersWith", "百川智能") in said
    assert not any("腾讯" in claim for claim in said)


def test_a_whole_province_is_that_of_the_office_which_writes() -> None:
    told = "《强算行动计划》解读\n来源：湖北省经济和信息化厅\n\n一、目标\n到2027年，全省智能算力规模达到60EFLOPS。\n"
    (figure,) = _extract(told).observations
    assert (figure.place.label if figure.place else "", figure.period) == ("湖北", "2027")


def test_a_dateline_begins_no_sentence() -> None:
    told = "（合肥，2025年6月3日）总部位于芜湖的服务器厂商岳芯科技今天开业。\n"
    (claim,) = _extract(told).claims
    assert (claim.subject.label, claim.predicate, claim.object.label) == ("岳芯科技", "locatedIn", "芜湖")


def test_a_paragraph_that_only_compares_dates_nothing_that_follows() -> None:
    told = (
        "2024年中国推理卡市场回顾\n\n2024年国内推理卡出货130万张。\n\n"
        "从形态看，PCIe卡与2023年的79.5%相比明显回落。\n\n全年共售出模组48万片。\n"
    )
    periods = {o.value_text: o.period for o in _extract(told).observations}
    assert periods["48万片"] == "2024"
