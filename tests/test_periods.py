"""Times: real sentences in, exact facts out."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from suantu.errors import RuleError
from suantu.stages.periods import PeriodGrammar

RULES = Path(__file__).parents[1] / "ontology" / "rules" / "periods.yaml"
SETTINGS = yaml.safe_load(RULES.read_text(encoding="utf-8"))
GRAMMAR = PeriodGrammar.from_settings(SETTINGS, RULES.name)

# text | the times, each as: words = value [ahead] [years]; read as of 2022
PERIODS = """
2021年中国市场规模 | 2021年 = 2021
2021年上半年 | 2021年上半年 = 2021-H1
2021年下半年 | 2021年下半年 = 2021-H2
2021上半年 | 2021上半年 = 2021-H1
2021H1 | 2021H1 = 2021-H1
1H23 | 1H23 = 2023-H1
H2 2023 | H2 2023 = 2023-H2
first half of 2023 | first half of 2023 = 2023-H1
the second half of 2022 | second half of 2022 = 2022-H2
2021年第三季度 | 2021年第三季度 = 2021-Q3
2021年二季度 | 2021年二季度 = 2021-Q2
2021Q3 | 2021Q3 = 2021-Q3
Q3 2021 | Q3 2021 = 2021-Q3
Q1'24 | Q1'24 = 2024-Q1
3Q21 | 3Q21 = 2021-Q3
third quarter of 2021 | third quarter of 2021 = 2021-Q3
2021年前三季度 | 2021年前三季度 = 2021-Q1/2021-Q3
2021年二、三季度 | 2021年二、三季度 = 2021-Q2/2021-Q3
the first nine months of 2023 | first nine months of 2023 = 2023-01/2023-09
2021年9月 | 2021年9月 = 2021-09
2021年9月份 | 2021年9月份 = 2021-09
2021年6月底 | 2021年6月底 = 2021-06
September 2021 | September 2021 = 2021-09
Sept. 2021 | Sept. 2021 = 2021-09
2021年1-9月 | 2021年1-9月 = 2021-01/2021-09
2021年6月至8月 | 2021年6月至8月 = 2021-06/2021-08
2021年10月26日 | 2021年10月26日 = 2021-10-26
2021-10-26 | 2021-10-26 = 2021-10-26
October 26, 2021 | October 26, 2021 = 2021-10-26
26 October 2021 | 26 October 2021 = 2021-10-26
on April 8, 2025 | April 8, 2025 = 2025-04-08
2019-2024年 | 2019-2024年 = 2019/2024
2019—2024年 | 2019—2024年 = 2019/2024
2019年至2024年 | 2019年至2024年 = 2019/2024
2019年到2024年 | 2019年到2024年 = 2019/2024
2018至2024年 | 2018至2024年 = 2018/2024
市场预测，2019-2024 | 2019-2024 = 2019/2024
from 2019 to 2024 | 2019 to 2024 = 2019/2024
between 2022 and 2026 | 2022 and 2026 = 2022/2026
for 2019–2024 | 2019–2024 = 2019/2024
2023-24 | 2023-24 = 2023/2024
2018/2019 | 2018/2019 = 2018/2019
到2024年 | 2024年 = 2024 ahead
至2025年底 | 2025年底 = 2025 ahead
到2021年底已商用 | 2021年底 = 2021
by 2029 | 2029 = 2029 ahead
By the end of 2026 | 2026 = 2026 ahead
截至2021年底 | 2021年底 = 2021
2023年底 | 2023年底 = 2023
2023年初创企业 | 2023年 = 2023
2023年全年 | 2023年全年 = 2023
2023年度 | 2023年度 = 2023
未来五年 | 未来五年 = 2022/2027 ahead 5
未来3年 | 未来3年 = 2022/2025 ahead 3
今后十年 | 今后十年 = 2022/2032 ahead 10
未来三到五年 | 未来三到五年 = 2022/2027 ahead 5
未来几年 | 未来几年 = ahead
over the next five years | the next five years = 2022/2027 ahead 5
过去三年 | 过去三年 = 2019/2022 3
近三年 | 近三年 = 2019/2022 3
in the past two years | the past two years = 2020/2022 2
五年复合增长率 | 五年 = 5
3年年均复合增长率 | 3年 = 3
a five-year CAGR | five-year = 5
今年 | 今年 = 2022
去年 | 去年 = 2021
前年 | 前年 = 2020
明年 | 明年 = 2023 ahead
本年度 | 本年度 = 2022
今年3月份 | 今年3月份 = 2022-03
今年上半年 | 今年上半年 = 2022-H1
去年第四季度 | 去年第四季度 = 2021-Q4
this year | this year = 2022
last year | last year = 2021
2020年为5亿元，上年为4亿元 | 2020年 = 2020 ; 上年 = 2019
2020年投产，次年扩建 | 2020年 = 2020 ; 次年 = 2021
2020年投产，当年盈利 | 2020年 = 2020 ; 当年 = 2020
与2019年比，今年领先，上一年落后 | 2019年 = 2019 ; 今年 = 2022 ; 上一年 = 2021
2021年上半年好于去年同期 | 2021年上半年 = 2021-H1 ; 去年同期 = 2020-H1
2022年第一季度高于上一季度 | 2022年第一季度 = 2022-Q1 ; 上一季度 = 2021-Q4
2022年3月中国出货增加 | 2022年3月 = 2022-03
2021年上半年，快于同期整体市场 | 2021年上半年 = 2021-H1 ; 同期 = 2021-H1
in 2024, up from a year earlier | 2024 = 2024 ; a year earlier = 2023
上半年 | 上半年 = 2022-H1
第三季度 | 第三季度 = 2022-Q3
3月份 | 3月份 = 2022-03
12月31日 | 12月31日 = 2022-12-31
Q3 | Q3 = 2022-Q3
in November | November = 2022-11
FY2023 | FY2023 = 2023
fiscal year 2024 | fiscal year 2024 = 2024
2023财年 | 2023财年 = 2023
2021财年第二季度 | 2021财年第二季度 = 2021-Q2
“十四五”期间 | 十四五 = 2021/2025
十三五规划 | 十三五 = 2016/2020
十五五时期 | 十五五 = 2026/2030
二〇二一年 | 二〇二一年 = 2021
二零二五年 | 二零二五年 = 2025
二〇二四年五月二十日 | 二〇二四年五月二十日 = 2024-05-20
1990年代 | 1990年代 = 1990/1999
90年代 | 90年代 = 1990/1999
the 1990s | 1990s = 1990/1999
2023年6月12日至18日 | 2023年6月12日至18日 = 2023-06-12/2023-06-18
2021年投产，到2026年扩建，同年6月 | 2021年 = 2021 ; 2026年 = 2026 ahead ; 同年6月 = 2021-06
by 2030; in the second quarter | 2030 = 2030 ahead ; second quarter = 2022-Q2
年份 2018 2019 2020 | 2018 = 2018 ; 2019 = 2019 ; 2020 = 2020
2021 | 2021 = 2021
2020H1，N=300 | 2020H1 = 2020-H1
In 2022 Inspur led | 2022 = 2022
US$34 billion in 2026 | 2026 = 2026
2020年5G用户 | 2020年 = 2020
2015年7%，2019年12% | 2015年 = 2015 ; 2019年 = 2019
2020版得分 | 2020 = 2020
"""

NOTHING = """
近年来|近期|5年|三年内|每月3次|5个月|第三平台|36号|GB 2018|AICC 2021大会|Windows 2000|CES 2025|2000 GPUs|2020 companies|《2020-2021中国发展报告》|“2021年行动计划”
2020-2021中国计算力评估报告|The 2025 edition|2021-2022版|ISO 27001|GB/T 35273-2020|3.1.2 节|A100|H100|PCIe 5.0|当年轻人|目前|十四五个|A800与H800|2.5万台|H20|上年级|$2020|第三方|Q&A|may be|march on
"""


def rows(table: str) -> list[tuple[str, str]]:
    """The two columns of a table."""
    split = [line.rpartition(" | ") for line in table.strip("\n").splitlines()]
    return [(text, found.strip()) for text, _, found in split]


def shown(text: str, issued: str = "2022-05-01", previous: str = "") -> str:
    """The times of a text in the notation of the table."""
    found = []
    for period in GRAMMAR.find(text, issued, previous):
        words = [period.value, "ahead" if period.ahead else "", str(period.years or "")]
        found.append(f"{period.text} = {' '.join(word for word in words if word)}")
    return " ; ".join(found)


@pytest.mark.parametrize(("text", "expected"), rows(PERIODS))
def test_period(text: str, expected: str) -> None:
    assert shown(text) == expected


@pytest.mark.parametrize("text", [text for line in NOTHING.strip().splitlines() for text in line.split("|")])
def test_no_period(text: str) -> None:
    assert shown(text) == ""


def test_without_a_date_words_keep_their_length_only() -> None:
    assert shown("未来五年", issued="") == "未来五年 = ahead 5"
    assert shown("去年增长", issued="") == "去年 = "
    assert shown("上半年", issued="") == "上半年 = "


def test_what_was_named_before_dates_the_rest() -> None:
    assert shown("同期为3%", previous="2020-Q3") == "同期 = 2020-Q3"
    assert shown("去年同期为3%", previous="2020-Q3") == "去年同期 = 2019-Q3"
    assert shown("上半年为3%", previous="2019") == "上半年 = 2019-H1"
    assert shown("前一年为3%", previous="2018") == "前一年 = 2017"


def test_a_broken_file_is_named() -> None:
    with pytest.raises(RuleError, match=r"broken.yaml.*relative"):
        PeriodGrammar.from_settings({key: SETTINGS[key] for key in SETTINGS if key != "relative"}, "broken.yaml")
    with pytest.raises(RuleError, match=r"broken.yaml.*title"):
        PeriodGrammar.from_settings({**SETTINGS, "title": ["("]}, "broken.yaml")


PIECES = [
    *"0129年月日季度上下半第前近未来去同期一二三十五至到-—/.,HQ' 《》",
    "2020",
    "first ",
    "half ",
    "May ",
    "the next ",
    "FY",
]


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=60), st.lists(st.sampled_from(PIECES), max_size=30).map("".join)))
def test_any_text_is_safe(text: str) -> None:
    end = 0
    for found in GRAMMAR.find(text, "2022", "2021-H1"):
        assert text[found.start : found.end] == found.text
        assert end <= found.start < found.end
        end = found.end


@pytest.mark.slow
@pytest.mark.parametrize("piece", ["1", "一", "2020", "2020-", "2020年", "1-", "《", "“", "第一", "May ", "H"])
def test_long_runs_come_to_an_end(piece: str) -> None:
    text = piece * (300_000 // len(piece))
    found = GRAMMAR.find(text, "2022")
    assert all(text[p.start : p.end] == p.text for p in found[:100])
