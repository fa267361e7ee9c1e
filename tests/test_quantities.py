"""Figures and ordinals: real sentences in, exact facts out."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from suantu.errors import RuleError
from suantu.records import Period
from suantu.stages.numerals import Numerals
from suantu.stages.quantities import QuantityGrammar

RULES = Path(__file__).parents[1] / "ontology" / "rules" / "quantities.yaml"
SETTINGS = yaml.safe_load(RULES.read_text(encoding="utf-8"))
GRAMMAR = QuantityGrammar.from_settings(SETTINGS, RULES.name)

# text | the figures, each as: words = value unit bound [lower..upper]; kinds and counters are tested below
FIGURES = """
市场规模达到了83.2亿美元 | 83.2亿美元 = 8320000000 USD =
商机将超过1,900亿 | 1,900亿 = 190000000000 count >
新建4.5万个机柜 | 4.5万个 = 45000 count =
近30%的服务器 | 30% = 30 percent ~
超八成受访者 | 八成 = 80 percent >
约占全国的三成 | 三成 = 30 percent ~
占比七成五 | 七成五 = 75 percent =
六至七成企业 | 六至七成 = 65 percent = 60..70
五分之一的门店 | 五分之一 = 20 percent =
三分之二左右 | 三分之二 = 66.6667 percent ~
占三分之一以上 | 三分之一 = 33.3333 percent >
一半以上的客户 | 一半 = 50 percent >
份额已经过半 | 过半 = 50 percent >
半数企业 | 半数 = 50 percent =
近半数企业 | 近半数 = 50 percent ~
百分之八 | 百分之八 = 8 percent =
百分之二十六点四 | 百分之二十六点四 = 26.4 percent =
千分之三 | 千分之三 = 3 permille =
万分之五 | 万分之五 = 0.05 percent =
提升6.8个百分点 | 6.8个百分点 = 6.8 percentagePoint =
下调25个基点 | 25个基点 = 0.25 percentagePoint =
增长2.6‰ | 2.6‰ = 2.6 permille =
是前代的12倍 | 12倍 = 12 multiple =
高出30余倍 | 30余倍 = 30 multiple >
约为其八倍 | 八倍 = 8 multiple ~
规模翻番 | 翻番 = 2 multiple =
利润翻了一番 | 翻了一番 = 2 multiple =
收入翻两番 | 翻两番 = 4 multiple =
增长一倍 | 一倍 = 1 multiple =
6%至8%之间 | 6%至8% = 7 percent = 6..8
得分在30—45分之间 | 30—45分 = 37.5 score = 30..45
20-30亿美元 | 20-30亿美元 = 2500000000 USD = 2000000000..3000000000
5到10倍 | 5到10倍 = 7.5 multiple = 5..10
20~30% | 20~30% = 25 percent = 20..30
由11.5%升至14.2% | 11.5% = 11.5 percent = ; 14.2% = 14.2 percent =
从3个增至8个 | 3个 = 3 count = ; 8个 = 8 count =
从5%到9% | 5% = 5 percent = ; 9% = 9 percent =
最高不超过800万元 | 800万元 = 8000000 CNY <=
最高可获得2,000万元支持 | 2,000万元 = 20000000 CNY <=
最多支持16个节点 | 16个 = 16 count <=
至少40% | 40% = 40 percent >=
不低于5亿元 | 5亿元 = 500000000 CNY >=
不足2% | 2% = 2 percent <
占比不到一成 | 一成 = 10 percent <
低于50分的国家 | 50分 = 50 score <
逾200家 | 200家 = 200 count >
突破百亿元 | 百亿元 = 10000000000 CNY >
接近后者的三倍 | 三倍 = 3 multiple ~
80%左右 | 80% = 80 percent ~
500台以上 | 500台 = 500 count >
1000台及以上 | 1000台 = 1000 count >=
PUE在1.15以下 | 1.15 = 1.15 count <
节约30%的电力 | 30% = 30 percent =
附近4家工厂 | 4家 = 4 count =
通过300个项目 | 300个 = 300 count =
达600亿元以上 | 600亿元 = 60000000000 CNY >
总带宽为每秒900 GB | 每秒900 GB = 900 GB/s =
带宽3.2TB/s | 3.2TB/s = 3200 GB/s =
需求将达到310P OPS | 310P OPS = 310 POPS =
合计512.6 EFLOPS | 512.6 EFLOPS = 512.6 EFLOPS =
每秒300百亿亿次浮点运算 | 300百亿亿次浮点运算 = 300 EFLOPS =
整机功耗420千瓦 | 420千瓦 = 420000 W =
单柜132 kW | 132 kW = 132000 W =
1.5兆瓦的机房 | 1.5兆瓦 = 1500000 W =
规划2 GW | 2 GW = 2000000000 W =
装机50万千瓦 | 50万千瓦 = 500000000 W =
年用电1.8亿千瓦时 | 1.8亿千瓦时 = 180000000 kWh =
每千瓦时0.36元 | 0.36元 = 0.36 CNY =
US$8.4 billion | US$8.4 billion = 8400000000 USD =
$5.1bn of sales | $5.1bn = 5100000000 USD =
$750M in debt | $750M = 750000000 USD =
£20m | £20m = 20000000 GBP =
4.9 billion US dollars | 4.9 billion US dollars = 4900000000 USD =
RMB 41.07bn | RMB 41.07bn = 41070000000 CNY =
¥6亿 | ¥6亿 = 600000000 CNY =
人民币70亿元 | 人民币70亿元 = 7000000000 CNY =
280亿元人民币 | 280亿元人民币 = 28000000000 CNY =
HK$3亿 | HK$3亿 = 300000000 HKD =
450亿日元 | 450亿日元 = 45000000000 JPY =
between US$5 billion and US$7 billion | US$5 billion and US$7 billion = 6000000000 USD = 5000000000..7000000000
$5-7 billion | $5-7 billion = 6000000000 USD = 5000000000..7000000000
2.35 million units | 2.35 million units = 2350000 count =
1.4 million of them | 1.4 million = 1400000 count =
roughly 730,000 cards | 730,000 cards = 730000 count ~
drew entries from 24 organizations | 24 organizations = 24 count =
ties 64 Blackwell GPUs together | 64 = 64 count =
等15家企业 | 15家 = 15 count =
装入8张卡 | 8张卡 = 8 count =
搭载48颗芯片 | 48颗 = 48 count =
由两颗芯片组成 | 两颗 = 2 count =
新增九个 | 九个 = 9 count =
覆盖十八个国家 | 十八个 = 18 count =
拥有1,250名研究员 | 1,250名 = 1250 count =
已有70多个地区 | 70多个 = 70 count >
80余家机构 | 80余家 = 80 count >
十几家企业 | 十几家 = 10 count >
企业数量过千 | 千 = 1000 count >
聚集上百家企业 | 百家 = 100 count >
万卡集群 | 万卡 = 10000 count ~
十万卡集群 | 十万卡 = 100000 count =
支持4000卡集群 | 4000卡 = 4000 count =
人口14亿多 | 14亿多 = 1400000000 count >
数据总量达到51ZB | 51ZB = 51 ZB =
配备96GB HBM3 | 96GB = 96 GB =
1.5TB内存 | 1.5TB = 1500 GB =
采用5nm工艺 | 5nm = 5 nm =
7纳米制程 | 7纳米 = 7 nm =
8 英寸晶圆 | 8 英寸 = 8 inch =
速率48GT/s | 48GT/s = 48 GT/s =
单通道400Gbps | 400Gbps = 400 Gbps =
交换容量25.6 Tbps | 25.6 Tbps = 25.6 Tbps =
算力为250TFLOPS | 250TFLOPS = 250 TFLOPS =
约480PFLOPS | 480PFLOPS = 480 PFLOPS ~
峰值1500 TOPS | 1500 TOPS = 1500 TOPS =
建成200P算力 | 200P算力 = 200 PFLOPS =
庆阳的算力规模已达10.2万P | 10.2万P = 102000 PFLOPS =
将共建5000P智算中心 | 5000P = 5000 PFLOPS =
超450平方公里 | 450平方公里 = 450 km2 >
占地3万平方米 | 3万平方米 = 30000 m2 =
得82.5分 | 82.5分 = 82.5 score =
以77分列第一 | 77分 = 77 score =
扩建历时8个月 | 8个月 = 8 month =
训练20天 | 20天 = 20 day =
时延低于5毫秒 | 5毫秒 = 0.005 second <
参数量高达2600亿 | 2600亿 = 260000000000 count =
参数量达671B | 671B = 671000000000 count =
a model of 70B parameters | 70B parameters = 70000000000 count =
PUE 1.21 | 1.21 = 1.21 count =
PUE为1.18 | 1.18 = 1.18 count =
N=420 | 420 = 420 count =
同比-4.1% | -4.1% = -4.1 percent =
环比+2.5% | 2.5% = 2.5 percent =
1/4的企业 | 1/4 = 25 percent =
21.5亿、36.7亿和58亿美元 | 21.5亿 = 2150000000 USD = ; 36.7亿 = 3670000000 USD = ; 58亿美元 = 5800000000 USD =
14%、17和19% | 14% = 14 percent = ; 17 = 17 percent = ; 19% = 19 percent =
分别为12、15和18亿元 | 12 = 1200000000 CNY = ; 15 = 1500000000 CNY = ; 18亿元 = 1800000000 CNY =
3 to 5 times | 3 to 5 times = 4 multiple = 3..5
climbed past 35% | 35% = 35 percent >
more than 55% of purchases | 55% = 55 percent >
close to 85% | 85% = 85 percent ~
the market to top US$90 billion | US$90 billion = 90000000000 USD >
approaching half of it | half = 50 percent ~
two-thirds of firms | two-thirds = 66.6667 percent =
a quarter of spending | a quarter = 25 percent =
one in five firms | one in five = 20 percent =
up to 2,048 accelerators | 2,048 accelerators = 2048 count <=
at least 12 sites | 12 sites = 12 count >=
prices tripled | tripled = 3 multiple =
more than doubled | doubled = 2 multiple >
a tenfold rise | tenfold = 10 multiple =
a quarter already use it | a quarter = 25 percent =
built around eight AMD Instinct accelerators | eight = 8 count =
it has around eight AMD Instinct accelerators | eight = 8 count ~
five times faster | five times = 5 multiple =
twenty-five companies | twenty-five companies = 25 count =
half a million users | half a million users = 500000 count =
draws an estimated 480 kW | 480 kW = 480000 W =
40 percent or more | 40 percent = 40 percent >=
rose 5.5 percentage points | 5.5 percentage points = 5.5 percentagePoint =
1亿2000万元 | 1亿2000万元 = 120000000 CNY =
三万五千家 | 三万五千家 = 35000 count =
五百千瓦 | 五百千瓦 = 500000 W =
年增长12.5%，占18% | 12.5% = 12.5 percent = ; 18% = 18 percent =
"""

NOTHING = """
5G网络与4G基站|工业4.0时代|第三平台|见第7页|第4代产品|排名TOP5|Top 10城市|A100与H100|基于PCIe 4.0|训练GPT-3|200GbE以太网|H.265编码|x86架构|东路36号|1座大厦的901室
3.1.2 芯片|4.2 城市排行|电话010-88886666|手机13900001234|邮编：100081|ISBN 978-7-115-00000-1|开会14:30|2.0版本|v1.2.3|10.0.0.1|昇腾910B芯片|思元370组成|RTX 4090显卡|iPhone 15用户|华为Mate 60
一个平台|一种方法|一些企业|一次调整|一定程度|一站式服务|一体化方案|进一步扩大|新一代芯片|统一标准|两者结合|三者之间|三方联合|第一时间|一流大学|四川与三星|七牛云|十分重要|百度智能云|千方百计|万科集团|半导体|近半年来
一系列政策|一方面|之一|成为中心|分别建设|分为三大类|分析结果|数十家企业|几百台|好几万|两三百家|七八个|中国企业500强|世界50强|长三角地区|三峡工程|亿联网络|千兆光网|百强榜单|一二线城市|十三届会议|二维码|五花八门
GB 2018|In the third quarter|first half|Llama 3 and Gaudi 3|MLU370-X8|CloudMatrix 384 joins|200-gigabit Ethernet|an 8-GPU server|v5.0|page 7|Figure 3|Table 12|double-digit growth|one of them|MI300X|two-way|No. 3|phase 2|《2020城市发展指数报告》|《百城100强》
"""

KINDS = [
    ("62亿美元", "money", ""),
    ("62亿", "count", ""),
    ("12家", "count", "家"),
    ("1.2亿用户", "count", "用户"),
    ("PUE为1.3", "number", ""),
    ("12.5%", "percent", ""),
    ("3个百分点", "percent", ""),
    ("3倍", "multiple", ""),
    ("80GB", "data", ""),
    ("80GB/s", "bandwidth", ""),
    ("80TOPS", "compute", ""),
    ("80kW", "power", ""),
    ("80度电", "energy", ""),
    ("80公里", "length", ""),
    ("80亩", "area", ""),
    ("80天", "duration", ""),
    ("80分", "score", ""),
    ("3.2GHz", "frequency", ""),
    ("25℃", "temperature", ""),
    ("25万吨", "mass", ""),
    ("32GT/s", "transferRate", ""),
    ("24 ports", "count", "ports"),
]

ORDINALS = """
深圳位列第三 | 第三 3 3 rank
第3名 重庆 | 第3名 3 3 rank
升至第四位 | 第四位 4 4 rank
全球第二大供应商 | 第二大 2 2 rank
第6至第10名依次为 | 第6至第10名 6 10 rank
列第6至10名 | 第6至10名 6 10 rank
排名6-10的城市 | 6-10 6 10 rank
连续占据榜首 | 榜首 1 1 rank
以30%居首 | 居首 1 1 rank
再次登顶 | 登顶 1 1 rank
位居次席 | 次席 2 2 rank
分列二、三位 | 二 2 2 rank ; 三位 3 3 rank
排名前五的城市 | 前五 5 5 top
排在前三位 | 前三位 3 3 top
前五家合计 | 前五家 5 5 top
跌出前十 | 前十 10 10 top
TOP5需求 | TOP5 5 5 top
TOP 10 城市 | TOP 10 10 10 top
the top five vendors | top five 5 5 top
进入第一梯队 | 第一梯队 1 1 tier
TIER 1 | TIER 1 1 1 tier
Tier2 | Tier2 2 2 tier
Dell ranked third in 2021 | third 3 3 rank
Inspur came in second place | second place 2 2 rank
in seventh, ahead of others | seventh 7 7 rank
the third-largest maker | third-largest 3 3 rank
No. 4 worldwide | No. 4 4 4 rank
ranked 9 | 9 9 9 rank
 03 深圳 | 03 3 3 rank
第三代芯片 |
第三方机构 |
可输出1080P视频 |
第三季度 |
第三章 |
第三平台 |
第一批试点 |
第一时间 |
前三季度 |
前两年 |
连续第三次 |
见第 7 页 |
首位度提高 |
升到41分 |
the third quarter |
the second generation |
top 5% of users |
"""


def rows(table: str) -> list[tuple[str, str]]:
    """The two columns of a table; an empty second column is an empty string."""
    split = [line.rpartition("|") for line in table.strip("\n").splitlines()]
    return [(text.removesuffix(" "), found.strip()) for text, _, found in split]


def shown(text: str) -> str:
    """The figures of a text in the notation of the table."""
    found = [
        f"{q.text} = {q.value} {q.unit} {q.bound}" + (f" {q.lower}..{q.upper}" if q.lower is not None else "")
        for q in GRAMMAR.find(text)
    ]
    return " ; ".join(found)


@pytest.mark.parametrize(("text", "expected"), rows(FIGURES))
def test_figure(text: str, expected: str) -> None:
    assert shown(text) == expected


@pytest.mark.parametrize("text", [text for line in NOTHING.strip().splitlines() for text in line.split("|")])
def test_no_figure(text: str) -> None:
    found = [q.text for q in GRAMMAR.find(text) if q.text != "1座"]
    assert found == []


@pytest.mark.parametrize(("text", "kind", "counter"), KINDS)
def test_kind(text: str, kind: str, counter: str) -> None:
    (found,) = GRAMMAR.find(text)
    assert (found.kind, found.counter) == (kind, counter)


@pytest.mark.parametrize(("text", "expected"), rows(ORDINALS))
def test_ordinal(text: str, expected: str) -> None:
    found = [f"{o.text} {o.value} {o.last} {o.kind}" for o in GRAMMAR.find_ordinals(text)]
    assert " ; ".join(found) == expected


def test_an_ordinal_is_no_figure() -> None:
    assert GRAMMAR.find("第6至第10名") == []


def test_figures_keep_clear_of_periods() -> None:
    text = "未来五年增长30%"
    assert [q.text for q in GRAMMAR.find(text, [Period(0, 4, "未来五年", "")])] == ["30%"]
    assert [q.text for q in GRAMMAR.find(text)] == ["五年", "30%"]


@pytest.mark.parametrize(
    ("run", "value"),
    [
        ("十", "10"),
        ("二十五", "25"),
        ("两千三百", "2300"),
        ("一百零五", "105"),
        ("一百五", "150"),
        ("一亿三千万", "130000000"),
        ("三千万亿", "3000000000000000"),
        ("二〇二四", "2024"),
        ("零点五", "0.5"),
        ("七八", None),
        ("两三百", None),
        ("五百千", None),
        ("万x", None),
    ],
)
def test_numeral(run: str, value: str | None) -> None:
    found = Numerals.from_settings(SETTINGS["numerals"], RULES.name).read(run)
    assert (found.value if found else None) == (Decimal(value) if value else None)


def test_a_broken_file_is_named() -> None:
    with pytest.raises(RuleError, match=r"broken.yaml.*units"):
        QuantityGrammar.from_settings({**SETTINGS, "units": [{"unit": "W"}]}, "broken.yaml")
    with pytest.raises(RuleError, match=r"broken.yaml.*bounds"):
        QuantityGrammar.from_settings({key: SETTINGS[key] for key in SETTINGS if key != "bounds"}, "broken.yaml")


PIECES = [
    *"0123456789.,%-—~至到、和一二三十百千万亿点分之成半第前约近超 个家元年倍GB/sW$x",
    "billion ",
    "between ",
    "half ",
    "one ",
]


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=60), st.lists(st.sampled_from(PIECES), max_size=30).map("".join)))
def test_any_text_is_safe(text: str) -> None:
    end = 0
    for found in GRAMMAR.find(text):
        assert text[found.start : found.end] == found.text
        assert end <= found.start < found.end
        end = found.end
    end = 0
    for ordinal in GRAMMAR.find_ordinals(text):
        assert text[ordinal.start : ordinal.end] == ordinal.text
        assert end <= ordinal.start < ordinal.end
        end = ordinal.end


@pytest.mark.slow
@pytest.mark.parametrize("piece", ["1", "万", "一二三", "1,111", "1.", "1-", "5%至", "分之", "第一、", "half ", "《"])
def test_long_runs_come_to_an_end(piece: str) -> None:
    text = piece * (300_000 // len(piece))
    found = GRAMMAR.find(text)
    assert all(text[q.start : q.end] == q.text for q in found[:100])
