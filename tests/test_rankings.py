"""Rankings out of prose, lists and labels: real text in, exact places out."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from suantu.errors import RuleError
from suantu.ontology import load
from suantu.paths import ontology_dir
from suantu.pipeline import LANGUAGES, Pipeline
from suantu.records import Document, RankingEntry
from suantu.rules import Compiler, Example, Rule, read_rules
from suantu.stages.rankings import compile_ranking
from suantu.stages.read import document_from_text

PRACTICE = {
    "算力行业观察（2025年6月）": Path(__file__).with_name("rankings-zh.txt"),
    "Compute Watch, June 2025": Path(__file__).with_name("rankings-en.txt"),
}


@cache
def pipeline() -> Pipeline:
    return Pipeline(load(ontology_dir()))


def ranked(text: str, title: str = "", issued: str = "") -> tuple[RankingEntry, ...]:
    return pipeline().extract(Document(text, "0" * 64, title=title, issued=issued)).rankings


def places(text: str, title: str = "", issued: str = "") -> set[tuple[int, str, str]]:
    return {(e.rank, e.item.label, e.period) for e in ranked(text, title, issued)}


def label(name: str) -> str:
    return next((n.thing.label for n in pipeline().ontology.names if n.text == name), name)


def examples() -> list[tuple[str, Example]]:
    settings = [(code, pipeline().ontology.setting(f"rankings.{code}")) for code in LANGUAGES]
    return [(r.name, e) for code, s in settings for r in read_rules(s, code) for e in r.examples]


@pytest.mark.parametrize(("rule", "example"), examples())
def test_every_rule_finds_what_its_examples_say(rule: str, example: Example) -> None:
    found = ranked(example.text)
    assert {(str(e.rank), e.item.label) for e in found} == {(f[0], label(f[1])) for f in example.facts}, rule
    for rank, name, *more in example.facts:
        entries = [e for e in found if str(e.rank) == rank and e.item.label == label(name)]
        given = [[e.period, str(e.tier)][: len(more)] for e in entries]
        assert more in given, rule


def practice() -> list[tuple[str, str]]:
    out: list[tuple[str, str]] = []
    for title, file in PRACTICE.items():
        chunks = re.sub(r"^#.*\n", "", file.read_text("utf-8"), flags=re.MULTILINE).split("\n\n")
        out += [(title, chunk.strip()) for chunk in chunks if chunk.strip()]
    return out


@pytest.mark.parametrize(("title", "case"), practice())
def test_practice_gives_the_places_that_it_states_and_no_other(title: str, case: str) -> None:
    lines = case.splitlines()
    stated = {tuple(line.split("|")[1:]) for line in lines if line.startswith("K|")}
    text = "\n".join(line for line in lines if not line.startswith("K|")).replace("¶", "\n\n")
    document = document_from_text(f"{title}\n\n{text}\n", pipeline().layout, "practice.txt")
    tiered = {row[:2] for row in stated if len(row) > 3}
    found = {
        (str(e.rank), e.item.label, e.period, *([str(e.tier)] if (str(e.rank), e.item.label) in tiered else []))
        for e in pipeline().extract(document).rankings
    }
    assert found == {(rank, label(name), *rest) for rank, name, *rest in stated}


def test_movement_between_two_editions() -> None:
    text = (
        "2022年城市算力榜公布。\n\n大连从第六退到第八，无锡由2021年的第十二位升至第十位，上年排在第三的青岛跌出前十。"
    )
    found = places(text, title="2022年城市算力榜公布")
    assert found == {
        (8, "大连", "2022"), (6, "大连", "2021"), (10, "无锡", "2022"), (12, "无锡", "2021"), (3, "青岛", "2021"),
    }  # fmt: skip


def test_a_year_at_the_head_of_a_paragraph_holds_for_it() -> None:
    text = "2019年：宁波、厦门、青岛位列前三。大连排名第四。\n\n2020年：青岛、宁波、大连位列前三。"
    assert places(text) == {
        (1, "宁波", "2019"), (2, "厦门", "2019"), (3, "青岛", "2019"), (4, "大连", "2019"),
        (1, "青岛", "2020"), (2, "宁波", "2020"), (3, "大连", "2020"),
    }  # fmt: skip


def test_a_list_of_another_length_is_not_guessed() -> None:
    assert places("2023年排名前五的城市依次为宁波、厦门、青岛、大连。") == set()
    assert places("宁波、厦门、青岛跻身前十。") == set()


def test_what_is_denied_supposed_expected_or_asked_is_no_place() -> None:
    for text in (
        "宁波并未排名第一。",
        "如果宁波位居第一，也不意外。",
        "宁波能否升至第一？",
        "预计宁波明年将升至第三。",
    ):
        assert places(text) == set(), text


def test_labels_of_tiers_join_the_ranking() -> None:
    text = "# 2022年算力城市排行\n\n前三的城市依次为宁波、厦门、青岛。\n\nTIER 1\n\n①宁波\n\n②厦门\n\nTIER 2\n\n青岛  大连\n"
    tiers = {e.item.label: e.tier for e in ranked(text)}
    assert tiers == {"宁波": 1, "厦门": 1, "青岛": 2}


def test_a_numbered_list_below_its_title() -> None:
    text = "# 年度观察\n\n2023年厂商TOP3：\n\n1. 戴尔\n2. 联想\n3. HPE\n"
    found = ranked(text)
    assert {(e.rank, e.item.label, e.period) for e in found} == {
        (1, "戴尔", "2023"),
        (2, "联想", "2023"),
        (3, "HPE", "2023"),
    }
    assert len({e.ranking for e in found}) == 1


def test_the_same_place_told_twice_is_one_entry_with_both_passages() -> None:
    entry, *others = ranked(
        "2023年城市智算排行榜中，宁波位居第五。\n\n2023年城市智算排行榜中，宁波排名第五，较为稳定。"
    )
    assert not others
    assert len(entry.evidence.spans) == 2
    assert (entry.ranking, entry.place) == ("城市智算排行榜", None)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("# 2022年边缘服务器市场\n\n## 厂商格局\n\n按销售额，戴尔排名第一。", "边缘服务器市场（销售额）"),
        ("# 2022年数字城市指数\n\n2022年，城市榜的榜首是宁波。", "数字城市指数"),
        ("# 观察\n\n2022年12月\n\n2022年边缘服务器市场增长。戴尔位居第一。", "边缘服务器"),
        ("# 观察\n\n智源研究院的算力城市排行榜上，2022年宁波居首。", "算力城市排行榜"),
        ("# 观察\n\n## 整体情况\n\n2022年的《数字城市活力指数报告》已经公布。宁波居首。", "数字城市活力指数"),
        ("# 观察\n\n## 群雄并起\n\n2022年国内训练芯片市场里，戴尔居首。", "国内训练芯片"),
        ("# 观察\n\n## 总体\n\n2022年应用渗透率排在前两位的行业依次为金融、电信。", "应用渗透率"),
        ("# 观察\n\n## 各地进展\n\n2022年，全国智能算力规模为90EFLOPS。广东居首。", "全国智能算力规模"),
    ],
)
def test_a_ranking_is_called_after_what_it_ranks(text: str, name: str) -> None:
    assert {e.ranking for e in ranked(text)} == {name}


def test_quotes_are_the_sources_own_words() -> None:
    text = "２０２３年，戴尔（12%）与HPE（8%）分列\n二、三位。"
    for entry in ranked(text):
        span = entry.evidence.spans[0]
        assert "分列" in text[span.start : span.end]


def test_a_rule_without_ranks_is_refused() -> None:
    compiler = Compiler(pipeline().alphabet, "zh", {}, "f.yaml")
    with pytest.raises(RuleError, match=r"no group r"):
        compile_ranking(Rule("bad", "f.yaml", {"makes": "ranks", "pattern": "第一"}), compiler)
    with pytest.raises(RuleError, match=r"makes"):
        compile_ranking(Rule("bad", "f.yaml", {"makes": "places", "pattern": "(?P<r>{ordinal})"}), compiler)
