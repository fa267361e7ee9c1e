"""Tables, in Markdown and as they fall out of a PDF: real text in, exact figures, places and relations out."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from suantu.ontology import load
from suantu.paths import ontology_dir
from suantu.pipeline import Pipeline
from suantu.records import Document, Extraction


@cache
def pipeline() -> Pipeline:
    return Pipeline(load(ontology_dir()))


def read(text: str, title: str = "", issued: str = "") -> Extraction:
    return pipeline().extract(Document(text, "0" * 64, title=title, issued=issued))


def label(name: str) -> str:
    return next((n.thing.label for n in pipeline().ontology.names if n.text == name), name)


def facts(found: Extraction) -> set[tuple[Any, ...]]:
    out: set[tuple[Any, ...]] = {
        (o.metric, o.about.label, o.period, float(o.value), o.unit) for o in found.observations
    }
    out |= {(r.rank, r.item.label, r.period) for r in found.rankings}
    return out | {(c.predicate, c.subject.label, c.object.label) for c in found.claims}


def wanted(fact: list[Any]) -> tuple[Any, ...]:
    if len(fact) == 5:
        return fact[0], label(fact[1]), fact[2], float(fact[3]), fact[4]
    return (fact[0], label(fact[1]), fact[2] if isinstance(fact[0], int) else label(fact[2]))


def examples() -> list[Any]:
    listed = pipeline().ontology.setting("tables")["examples"]
    return [pytest.param(e["text"], e["facts"], id=e["name"]) for e in listed]


@pytest.mark.parametrize(("text", "expected"), examples())
def test_the_settings_examples(text: str, expected: list[list[Any]]) -> None:
    assert facts(read(text)) == {wanted(f) for f in expected}


SHARES = """
表2 2023年上半年中国AI服务器厂商份额

| 排名 | 厂商 | 总部 | 市场份额 | 2022年排名 | 备注 |
|---|---|---|---|---|---|
| 1 | 新华三 | 杭州 | 24.5% | 2 | 含代工 |
| 2 | 瀚川智算 | 厦门 | 9.9% | — | |
| - | 其他 | - | 65.6% | - | |
"""


def test_shares_ranks_and_seats() -> None:
    found = read(SHARES)
    assert facts(found) == {
        ("marketShare", "新华三", "2023-H1", 24.5, "percent"), ("marketShare", "瀚川智算", "2023-H1", 9.9, "percent"),
        ("marketShare", "其他", "2023-H1", 65.6, "percent"),
        (1, "新华三", "2023-H1"), (2, "新华三", "2022"), (2, "瀚川智算", "2023-H1"),
        ("locatedIn", "新华三", "杭州"), ("locatedIn", "瀚川智算", "厦门"),
    }  # fmt: skip
    share = found.observations[0]
    assert (share.place and share.place.label, share.within and share.within.label) == ("中国", "人工智能服务器")
    assert {e.ranking for e in found.rankings} == {"中国AI服务器厂商份额"}


def test_an_unknown_name_takes_the_class_of_its_column() -> None:
    named = {t.label: t.classes for t, _ in read(SHARES).mentions}
    assert named["瀚川智算"] in {("Vendor",), ("Organization",)}  # found in the text too, its evidence there decides


def test_the_quote_is_the_cell_and_the_heads_are_evidence_too() -> None:
    found = read(SHARES).observations[0]
    quotes = [SHARES[s.start : s.end] for s in found.evidence.spans]
    assert quotes == ["24.5%", "市场份额", "新华三"]
    assert (found.value_text, found.found_by) == ("24.5%", "table.cell")


def test_devices_with_bounds_and_a_maker() -> None:
    text = """
| 厂商 | 加速卡 | FP16算力(TFLOPS) | 显存带宽 | 功耗(W) |
|---|---|---|---|---|
| 瀚川智算 | 瀚川H7 | 约210 | 1.2TB/s | 300-350 |
| | 瀚川H9 | >400 | 2.4TB/s | N/A |
"""
    found = read(text)
    by_name = {(o.metric, o.about.label): o for o in found.observations}
    assert by_name["compute", "瀚川H7"].bound == "~"
    assert by_name["compute", "瀚川H9"].bound == ">"
    assert float(by_name["bandwidth", "瀚川H9"].value) == 2400
    power = by_name["power", "瀚川H7"]
    assert (power.lower, power.value, power.upper) == (300, 325, 350)
    assert ("power", "瀚川H9") not in by_name
    assert ("makes", "瀚川智算", "瀚川H7") in facts(found)


def test_forecasts_by_mark_and_by_date() -> None:
    text = """
表1 中国加速服务器市场规模（单位：亿美元）

| 2022 | 2024 | 2027E |
|---|---|---|
| 60 | 102 | 150 |
"""
    status = {o.period: o.status for o in read(text, issued="2023-03").observations}
    assert status == {"2022": "Actual", "2024": "Forecast", "2027": "Forecast"}


def test_names_over_figures_below_a_label() -> None:
    text = "2021版得分\n巴西 印度 法国\n 41   38   50\n"
    assert facts(read(text)) == {
        ("score", "巴西", "2021", 41, "score"), ("score", "印度", "2021", 38, "score"), ("score", "法国", "2021", 50, "score"),
    }  # fmt: skip


def test_a_table_whose_rules_are_lost() -> None:
    text = "表1 2022年城市智算规模\n城市    规模（EFLOPS）    名次\n宁波    12.3    1\n厦门    11.8    2\n青岛    9.5    3\n"
    assert facts(read(text)) == {
        ("computeScale", "宁波", "2022", 12.3, "EFLOPS"), ("computeScale", "厦门", "2022", 11.8, "EFLOPS"),
        ("computeScale", "青岛", "2022", 9.5, "EFLOPS"), (1, "宁波", "2022"), (2, "厦门", "2022"), (3, "青岛", "2022"),
    }  # fmt: skip


def test_declines_and_brackets_are_negative() -> None:
    text = "| 企业 | 2023年营收（亿元） | 同比 |\n|---|---|---|\n| 联想 | 7.1 | (2.7%) |\n| 戴尔 | 8.2 | -3.5% |\n"
    found = {o.about.label: float(o.value) for o in read(text).observations if o.metric == "growthRate"}
    assert found == {"联想": -2.7, "戴尔": -3.5}


def test_english() -> None:
    text = """
Table 1: Worldwide AI server revenue by vendor (US$ bn)

| Vendor | 2023 | 2024 | YoY growth | Rank 2024 |
|---|---|---|---|---|
| Dell | 8.5 | 11.4 | 34% | 1 |
| Others | 30 | 44 | 47% | - |
"""
    assert facts(read(text)) == {
        ("revenue", "戴尔", "2023", 8.5e9, "USD"), ("revenue", "戴尔", "2024", 11.4e9, "USD"),
        ("revenue", "Others", "2023", 30e9, "USD"), ("revenue", "Others", "2024", 44e9, "USD"),
        ("growthRate", "Others", "2024", 47, "percent"),
        ("growthRate", "戴尔", "2024", 34, "percent"), (1, "戴尔", "2024"),
    }  # fmt: skip


def test_a_figure_that_no_head_explains_is_loose() -> None:
    found = read("| 厂商 | 甲 |\n|---|---|\n| 联想 | 12.5 |\n")
    assert not found.observations
    assert [(x.quantity, x.reason) for x in found.loose] == [("12.5", "no head says what this figure measures")]


def test_a_table_without_words_says_nothing() -> None:
    assert facts(read("| a | b |\n|---|---|\n| | |\n")) == set()
