"""Source text in, blocks out: whole paragraphs, their kinds, their sections, and the place of every character."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from suantu.records import Block, BlockKind
from suantu.stages.clean import clean
from suantu.stages.fold import fold
from suantu.stages.layout import Layout
from suantu.stages.lengths import PARAGRAPH, pieces
from suantu.stages.read import document_from_text

ROOT = Path(__file__).parents[1]
LAYOUT = Layout.from_settings(
    yaml.load((ROOT / "ontology" / "rules" / "layout.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader)
)
DOCUMENTS = sorted((ROOT.parent / "shared" / "documents").glob("*.txt"))


def blocks(text: str) -> list[Block]:
    found = clean(document_from_text(text, LAYOUT), LAYOUT)
    check_nothing_lost(text, found)
    return found


def shown(text: str) -> list[tuple[str, str]]:
    return [(block.kind.value, block.text) for block in blocks(text) if block.kind is not BlockKind.FURNITURE]


def check_nothing_lost(text: str, found: list[Block]) -> None:
    """Each visible character stands in one block, copies counted, and each offset points to its character."""
    folded = fold(text)
    seen: Counter[int] = Counter()
    for block in found:
        for offsets in (block.offsets, *block.copies):
            assert len(offsets) == len(block.text)
            for char, offset in zip(block.text, offsets, strict=True):
                if not char.isspace():
                    assert folded[offset] == char
                    seen[offset] += 1
    assert [i for i, char in enumerate(text) if not char.isspace() and seen[i] != 1] == []


# --- folding -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("２０２１年Ａ１００占４５％（约），１，２００台", "2021年A100占45%（约），1,200台"),
        ("３．３‰　＋～", "3.3‰ +~"),
        ("計算力與經濟增長", "计算力与经济增长"),
        ("昇騰與昇腾", "昇腾与昇腾"),
        ("⼈⼯智能", "人工智能"),
        ("2O23年增长l2.5%，共1OO家，占2l.3％", "2023年增长l2.5%，共100家，占21.3%"),
        ("H2O、B2O平台与O2O模式，每瓶5l装", "H2O、B2O平台与O2O模式，每瓶5l装"),
        ("“甲”——乙⸺丙", "“甲”——乙⸺丙"),
        ("a\ud800b", "a\ufffdb"),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text(st.characters(exclude_categories=()), max_size=60))
def test_fold_keeps_the_length(text: str) -> None:
    assert len(fold(text)) == len(text)


# --- joining -------------------------------------------------------------------------------------------------------

WRAPPED = """近几年来，各地的智算中心建设明显加快，服务器采购的规模也跟着水
涨船高。据丁机构统计，二〇二三年前三个季度里，丙市采购的加速卡接近
2,
400张，其中GPU占八成以上。
业内人士认为，后续几年仍将保持这样的势头。
"""
WRAPPED_TEXT = (
    "近几年来，各地的智算中心建设明显加快，服务器采购的规模也跟着水涨船高。据丁机构统计，"
    "二〇二三年前三个季度里，丙市采购的加速卡接近2,400张，其中GPU占八成以上。"
)


def test_wrapped_lines_join_and_short_ones_end_the_paragraph() -> None:
    assert shown(WRAPPED) == [
        ("paragraph", WRAPPED_TEXT),
        ("paragraph", "业内人士认为，后续几年仍将保持这样的势头。"),
    ]


def test_an_empty_line_after_every_line_does_not_matter() -> None:
    spread = WRAPPED.replace("\n", "\n\n")
    assert shown(spread) == shown(WRAPPED)
    assert shown(WRAPPED.replace("\n", "\r\n")) == shown(WRAPPED)


def test_full_width_lines_join_inside_numbers() -> None:
    text = (
        "此前公布的名单沿用旧的口径，另有一份对照材料叫作《２０\n２０年各省算力摸底调查汇总》，两者的口径并不相同。\n"
    )
    assert "《2020年各省算力摸底调查汇总》" in shown(text)[0][1]


def test_english_lines_join_with_a_space() -> None:
    text = (
        "Sales of accelerated servers rose sharply in the second quarter, and the\n"
        "vendor said that orders for the rest of the year already exceed what its\n"
        "plants can build. An interconnect shortage remains, since each inter-\n"
        "connect card is made by hand.\n"
    )
    ((kind, joined),) = shown(text)
    assert kind == "paragraph"
    assert "and the vendor said that orders" in joined
    assert "what its plants can build." in joined
    assert "since each interconnect card" in joined


def test_indented_paragraphs_begin_anew() -> None:
    text = (
        "　　丙市的两座智算中心已经并网，合计可以提供三百个标准机柜，全部采用液\n冷方案。\n"
        "　　丁市的项目预计明年开工，届时规模将与丙市相当，并同样采用液冷的方案\n建设。\n"
    )
    assert [kind for kind, _ in shown(text)] == ["paragraph", "paragraph"]


def test_wrapped_items_join_and_are_no_headings() -> None:
    text = (
        "二、支持措施\n（一）对新建的机房，按照设备投资额给予补助，同一个项目累计最多补\n助三年。到2028年，全市机柜的总数力争达到\n"
        "3.5万个。\n（二）鼓励企业租用算力，年内发放的总额不少于一千万元，先到先得，用\n完为止。\n"
    )
    assert shown(text) == [
        ("heading", "二、支持措施"),
        (
            "item",
            "（一）对新建的机房，按照设备投资额给予补助，同一个项目累计最多补助三年。到2028年，全市机柜的总数力争达到3.5万个。",
        ),
        ("item", "（二）鼓励企业租用算力，年内发放的总额不少于一千万元，先到先得，用完为止。"),
    ]


def test_spaced_out_letters_close_up() -> None:
    assert shown("智 算 中 心 ， 共 有 3 座 。\n") == [("paragraph", "智算中心，共有3座。")]
    assert shown("其中制 造 业的份额最高。\n") == [("paragraph", "其中制造业的份额最高。")]
    assert shown("甲 乙 丙\n") == [("label", "甲 乙 丙")]


def test_two_headers_with_the_numbers_of_neighbouring_pages() -> None:
    header = "第二章　机柜与电力　·　{}\n\n"
    prose = "甲市去年新增了一批机柜。\n\n乙市也新增了一批。\n\n丙市的机柜大半由两家运\n\n"
    text = header.format(17) + prose + header.format(18) + "营商出资。\n"
    furniture = [block.text for block in blocks(text) if block.kind is BlockKind.FURNITURE]
    assert furniture == ["第二章 机柜与电力 · 17", "第二章 机柜与电力 · 18"]


def test_running_headers_are_lifted_out_of_sentences() -> None:
    header = "算力设施年度调查报告\n            第 {} 页\n"
    text = (
        header.format(1)
        + "调查涉及一百二十家企业，它们分布在制造、金融、交通等九个行业，多数企\n业已有三年以上的使用经历，其中规模在千人以上的占到四\n\n"
        + header.format(2)
        + "\n成，规模较小的企业则以租用为主。\n\n"
        + header.format(3)
        + "结论见下一章。\n"
    )
    found = shown(text)
    assert ("heading", "算力设施年度调查报告") in found
    assert any("占到四成，规模较小的企业则以租用为主。" in words for _, words in found)
    furniture = [block.text for block in blocks(text) if block.kind is BlockKind.FURNITURE]
    assert furniture == ["第 1 页", "算力设施年度调查报告", "第 2 页", "算力设施年度调查报告", "第 3 页"]


def test_a_figure_may_interrupt_a_sentence() -> None:
    text = (
        "丙市去年新增的算力大部分来自三家运营商，它们合计投入的资金超过了二十\n亿元，折合机柜约有四千个，分布在三个区之内，预计今年还会再新增\n\n"
        "图 2 丙市机柜数\n甲区\n乙区\n数据来源：某院, 2022\n\n一千个左右，主要分布在城北的园区之内，年底前陆续交付使用。\n"
    )
    assert any("预计今年还会再新增一千个左右" in words for _, words in shown(text))


def test_text_without_wrapping_stays_as_it_is() -> None:
    lines = ["丙市发布算力新政", "新政自下月起施行，面向全部企业。", "企业可以在线申领算力券。"]
    assert shown("\n".join(lines)) == [("heading", lines[0]), ("paragraph", lines[1]), ("paragraph", lines[2])]


# --- kinds and sections --------------------------------------------------------------------------------------------

POLICY = """丙市算力发展行动方案

一、总体目标
到2027年，全市算力规模翻一番。

二、主要任务
（一）建设园区。对新建机房给予一次性补助。
1. 引进两家芯片企业。
2. 设立产业基金。

第三章 附则
第一条 本方案由市政府负责解释。
附录 A 名词解释
机架：放置服务器的架子。
"""


def test_policy_headings_and_items() -> None:
    found = [(b.kind.value, b.text, b.sections) for b in blocks(POLICY)]
    title = "丙市算力发展行动方案"
    assert found[0] == ("heading", title, ())
    assert ("paragraph", "到2027年，全市算力规模翻一番。", (title, "一、总体目标")) in found
    assert ("item", "（一）建设园区。对新建机房给予一次性补助。", (title, "二、主要任务")) in found
    assert ("item", "2. 设立产业基金。", (title, "二、主要任务")) in found
    assert ("heading", "第三章 附则", (title,)) in found
    assert ("paragraph", "机架：放置服务器的架子。", (title, "附录 A 名词解释")) in found


def test_numbered_headings_nest() -> None:
    text = "3.1 服务器\n\n3.1.2  加速卡的变化\n加速卡越来越多。\n3.2 网络\n网络越来越快。\n"
    found = [(b.text, b.sections) for b in blocks(text)]
    assert ("3.1.2 加速卡的变化", ("3.1 服务器",)) in found
    assert ("加速卡越来越多。", ("3.1 服务器", "3.1.2 加速卡的变化")) in found
    assert ("网络越来越快。", ("3.2 网络",)) in found


def test_markdown_marks_are_no_text() -> None:
    found = shown("# Chips\n\n## Vendors\n\n- **Acme** makes chips.\n- Globex does not.\n")
    assert found == [
        ("heading", "Chips"),
        ("heading", "Vendors"),
        ("item", "Acme makes chips."),
        ("item", "Globex does not."),
    ]


def test_the_last_of_a_list_is_no_heading() -> None:
    text = "## 榜单\n\n1. 甲市\n2. 乙市\n\n两市都在东部。\n"
    assert [kind for kind, _ in shown(text)] == ["heading", "item", "item", "paragraph"]
    text = "1. 组织保障\n由市政府统筹，各区分头落实。\n2. 资金保障\n由市财政安排，逐年增加预算。\n"
    assert [kind for kind, _ in shown(text)] == ["heading", "paragraph", "heading", "paragraph"]


def test_ranks_are_items_and_loose_lines_are_labels() -> None:
    text = "前三名如下：\n第1名 甲市\n第2名 乙市\n第3名 丙市\n\n 03 丙市\n 04 丁市          01 甲市\n\n①甲市\n智能导诊\n数据来源：某院, 2022\n"
    found = blocks(text)
    kinds = [(b.kind.value, b.text) for b in found]
    assert kinds[1:4] == [("item", "第1名 甲市"), ("item", "第2名 乙市"), ("item", "第3名 丙市")]
    assert ("label", "03 丙市") in kinds
    assert ("label", "①甲市") in kinds
    assert ("label", "智能导诊") in kinds
    assert kinds[-1] == ("caption", "数据来源：某院， 2022")  # the ASCII comma beside Chinese is the Chinese one
    wide = next(b for b in found if b.text.startswith("04"))
    assert [wide.text[start:end] for start, end in wide.cells] == ["04 丁市", "01 甲市"]


def test_upright_labels_join() -> None:
    assert ("label", "成熟度") in shown("图 1 阶段\n成\n熟\n度\n来源：某院\n")


def test_run_in_headings_stay_in_their_paragraph() -> None:
    text = "丙市⸺作为工业城市，丙市的算力需求以质检为主。\n\n大数据中心：该类中心由运营商建设。\n"
    assert [kind for kind, _ in shown(text)] == ["paragraph", "paragraph"]


def test_chart_titles_are_captions() -> None:
    assert shown("正文在此结束。\n\n服务器市场规模预测，2021-2025\n\n随后的正文。\n")[1][0] == "caption"


# --- tables --------------------------------------------------------------------------------------------------------


def rows(text: str) -> list[tuple[list[str], str, tuple[str, ...]]]:
    return [
        ([b.text[start:end] for start, end in b.cells], b.header.text if b.header else "", b.sections)
        for b in blocks(text)
        if b.kind is BlockKind.ROW
    ]


def test_pipe_table() -> None:
    text = "## 市场\n\n| 厂商 | 2022 |\n|---|---:|\n| 甲 | 12.3 |\n| 乙 | |\n"
    assert rows(text) == [
        (["厂商", "2022"], "", ("市场",)),
        (["甲", "12.3"], "| 厂商 | 2022 |", ("市场",)),
        (["乙", ""], "| 厂商 | 2022 |", ("市场",)),
    ]


def test_flattened_table_with_names_above_figures() -> None:
    found = rows("２０１９版得分\n甲国 乙国 丙国\n 61   58   40\n")
    assert found == [
        (["甲国", "乙国", "丙国"], "", ("2019版得分",)),
        (["61", "58", "40"], "甲国 乙国 丙国", ("2019版得分",)),
    ]


def test_flattened_table_with_years_above() -> None:
    found = rows("表2 机柜数\n地区    2021    2022\n甲市    1,200   1,500\n乙市    300     12.5%\n")
    assert found[1] == (["甲市", "1,200", "1,500"], "地区    2021    2022", ("表2 机柜数",))
    assert len(found) == 3


def test_the_unit_of_a_table_stands_before_its_title() -> None:
    found = rows("表1 销售额\n单位：亿元\n厂商\t去年\n甲\t12.5\n乙\t8.0\n")
    assert found[1] == (["甲", "12.5"], "厂商\t去年", ("单位：亿元", "表1 销售额"))


def test_two_columns_without_header() -> None:
    assert rows(" 图 4 得分\n 甲国  61\n 乙国  58\n") == [
        (["甲国", "61"], "", ("图 4 得分",)),
        (["乙国", "58"], "", ("图 4 得分",)),
    ]


def test_one_cell_a_line() -> None:
    text = "表3 机柜\n（按数量）\n城市\n机柜数\n（万个）\n上架率\n甲市\n3.1\n70%\n\n乙市\n2\n未公布\n来源：某机构\n"
    found = rows(text)
    head = "城市\t机柜数（万个）\t上架率"
    assert found[0][0] == ["城市", "机柜数（万个）", "上架率"]
    assert found[1:] == [
        (["甲市", "3.1", "70%"], head, ("（按数量）", "表3 机柜")),
        (["乙市", "2", "未公布"], head, ("（按数量）", "表3 机柜")),
    ]


def test_pairs_below_a_caption() -> None:
    found = rows("图3 份额\n甲国\n30%\n乙国\n40%\n丙国\n20%\n来源：某机构\n")
    assert [cells for cells, _, _ in found] == [["甲国", "30%"], ["乙国", "40%"], ["丙国", "20%"]]


def test_loose_labels_are_no_table() -> None:
    assert rows("图3 份额\n甲国\n乙国\n丙国\n30%\n40%\n20%\n2021\n2022\n2023\n") == []
    assert rows("甲国\n30%\n乙国\n40%\n丙国\n20%\n") == []
    assert rows("图3 步骤\n规划\n设计\n建设\n验收\n交付\n运维\n") == []


def test_prose_is_no_table() -> None:
    assert rows("The first plant opened in 2021 and\nthe second one opened in 2022 or so\n") == []
    assert rows(" 04 丁市          01 甲市\n苏城        宁城\n") == []


# --- copies --------------------------------------------------------------------------------------------------------


def test_text_printed_twice_is_one_block() -> None:
    chapter = "3.4 云服务\n\n丙市的云服务市场在去年增长了四成，规模居全省第二位。\n小结如上。\n\n"
    text = f"前文到此为止。\n{chapter}中间还有别的内容。\n{chapter}"
    found = blocks(text)
    copied = [b for b in found if b.copies]
    assert [b.text for b in copied] == [
        "3.4 云服务",
        "丙市的云服务市场在去年增长了四成，规模居全省第二位。",
        "小结如上。",
    ]
    first, second = copied[1].spans(6, 8)
    assert text[first.start : first.end] == text[second.start : second.end] == "市场"
    assert first.start < second.start


def test_copies_may_be_wrapped_otherwise() -> None:
    paragraph = "丙市的云服务市场在去年增长了四成，规模居全省第二位，仅次于省会甲市，远远高于"
    text = f"{paragraph}\n乙市的水平。\n\n另起一段。\n\n{paragraph}乙市的水平。\n"
    assert len([b for b in blocks(text) if b.copies]) == 1


def test_similar_text_is_not_merged() -> None:
    text = (
        "丙市的云服务市场在去年增长了四成，规模居全省第二位。\n\n丙市的云服务市场在去年增长了三成，规模居全省第二位。\n"
    )
    assert len(shown(text)) == 2


# --- anything at all -----------------------------------------------------------------------------------------------

PIECES = st.sampled_from(
    [
        "算力",
        "2020",
        " ",
        "  ",
        "\n",
        "\n\n",
        "\r\n",
        "\f",
        "。",
        "，",
        "|",
        "---",
        "# ",
        "- ",
        "１２",
        "計",
        "\x00",
        "\u202e",
        "\ufeff",
        "图 1 ",
        "来源：",
        "第 3 页",
        "一、",
        "3.1 ",
        "（一）",
        "A100",
        "word ",
        "inter-\n",
        "\ud800",
        "**",
        "①",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=40).map("".join))
def test_nothing_is_lost_of_report_like_text(text: str) -> None:
    blocks(text)


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=()), max_size=200))
def test_nothing_is_lost_of_any_text(text: str) -> None:
    blocks(text)


@pytest.mark.parametrize(
    "text",
    [
        "算力，" * 300_000,
        "a b  c " * 100_000,
        "|" * 300_000,
        "- " * 200_000,
        "1" * 1_000_000,
        "a" + " " * 500_000 + "b",
    ],
    ids=["han", "latin", "pipes", "dashes", "digits", "spaces"],
)
def test_a_huge_line_comes_in_paragraphs(text: str) -> None:
    assert all(len(block.text) <= PARAGRAPH for block in blocks(text))


@given(
    st.lists(st.sampled_from(["浪潮，", "3,400万台", "12.5%、", "。", "三百四十", "A100 ", "chips. "])),
    st.integers(24, 60),
)
def test_long_text_is_cut_beside_its_words(words: list[str], longest: int) -> None:
    text = "，".join(words).strip()
    found = list(pieces(text, longest))
    assert all(b - a <= longest and (a < b or not text) for a, b in found)
    assert "".join(text[a:b] for a, b in found).replace(" ", "") == text.replace(" ", "")
    cuts = [text[b - 1 : b + 1] for _, b in found[:-1]]
    assert not [cut for cut in cuts if re.fullmatch("[0-9.,]{2}|[A-Z0-9]{2}|[三四百十]{2}", cut)]


@pytest.mark.parametrize("line", ["算力 规模\n", "甲市  23\n", "2. 甲\n", "市\n", "| a | b |\n"])
def test_very_many_short_lines(line: str) -> None:
    assert blocks(line * 20_000)


def test_empty_text_has_no_blocks() -> None:
    assert blocks("") == blocks(" \n\n") == []


@pytest.mark.skipif(not DOCUMENTS, reason="the shared documents are not beside this repository")
@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_nothing_is_lost_of_real_documents(path: Path) -> None:
    found = blocks(path.read_text(encoding="utf-8"))
    prose = [b for b in found if b.kind is BlockKind.PARAGRAPH and len(b.text) > 60]
    whole = [b for b in prose if b.text.rstrip("”’）)\"'")[-1] in "。！？.!?：；"]
    assert len(whole) >= 0.95 * len(prose)
