"""The named questions over the packaged documents, against answers worked out by hand from their text.

A row here is one that the text certainly gives; more rows may come as more is read. What a text denies must not come.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest

from suantu.api import Graph, open_graph
from suantu.build import build
from suantu.paths import corpus_dir, ontology_dir
from suantu.pipeline import Pipeline
from suantu.query import readable
from suantu.stages.read import find_sources, read

BILLION = 10**9
Row = dict[str, object]


@pytest.fixture(scope="module")
def graph(pipeline: Pipeline, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Graph]:
    base = tmp_path_factory.mktemp("corpus") / "kb"
    build(
        find_sources([corpus_dir()]),
        base,
        pipeline.ontology,
        pipeline.extract,
        lambda path: read(path, layout=pipeline.layout),
    )
    with open_graph(base) as opened:
        yield opened


# question, parameters, rows that must be there
ANSWERS: list[tuple[str, dict[str, str], list[Row]]] = [
    (
        "rank-table",
        {"year": "2020", "name": "中国城市人工智能算力排行榜"},
        [
            {"rank": 1, "item": "sti:Beijing", "tier": 1},
            {"rank": 5, "item": "sti:Chongqing", "tier": 1},
            {"rank": 6, "item": "sti:Guangzhou", "tier": 2},
            {"rank": 10, "item": "sti:Nanjing", "tier": 2},
        ],
    ),
    ("rank-history", {"item": "北京"}, [{"period": "2020", "rank": 1}]),
    ("rank-history", {"item": "HPE"}, [{"period": "2021-H1", "rank": 3}]),
    ("rank-movers", {}, [{"item": "sti:Nanjing", "before": 10, "after": 4, "won": 6}]),
    ("rank-leaders", {}, [{"period": "2021-H1", "item": "sti:Inspur"}, {"period": "2020", "item": "sti:Beijing"}]),
    ("made-by", {"thing": "BR100"}, [{"maker": "sti:Biren"}]),
    ("products-of", {"maker": "壁仞科技"}, [{"thing": "sti:BR100", "class": "st:Chip"}]),
    ("products-of", {"maker": "Intel"}, [{"thing": "sti:Gaudi3"}]),
    ("makers", {"class": "Chip"}, [{"maker": "sti:AMD", "thing": "sti:MI300X"}]),
    ("chips-by-interconnect", {"interconnect": "CXL"}, [{"chip": "sti:BR100", "maker": "sti:Biren"}]),
    ("chips-by-interconnect", {"interconnect": "NVLink"}, [{"chip": "sti:H100"}, {"chip": "sti:B200"}]),
    ("chip-specs", {"chip": "MI300X"}, [{"metric": "stm:memory", "value": Decimal(192), "unit": "GB"}]),
    ("figures-of", {"thing": "H20"}, [{"metric": "stm:compute", "value": Decimal(296), "unit": "TFLOPS"}]),
    ("top-chips", {"metric": "stm:memory"}, [{"chip": "sti:MI300X", "value": Decimal(192)}, {"chip": "sti:H20"}]),
    ("interconnect-bandwidth", {}, [{"about": "sti:PCIe6_0", "value": Decimal(256), "unit": "GB/s"}]),
    ("interconnect-family", {}, [{"interconnect": "sti:CXL3_0", "relation": "st:basedOn", "other": "sti:PCIe6_0"}]),
    (
        "market-size",
        {"market": "加速服务器", "place": "中国"},
        [
            {"period": "2022", "value": Decimal("6.7") * BILLION, "unit": "USD", "status": "st:Actual"},
            {"period": "2024", "value": Decimal("22.1") * BILLION, "status": "st:Actual", "saidBy": "sti:IDC"},
            {"period": "2029", "value": Decimal(100) * BILLION, "status": "st:Forecast"},
        ],
    ),
    ("market-size", {}, [{"place": "sti:World", "period": "2028", "value": Decimal("222.7") * BILLION}]),
    ("forecasts", {"from": "2028"}, [{"period": "2028", "about": "sti:AIServerMarket"}]),
    ("forecast-only", {}, [{"about": "sti:NewInfrastructureMarket", "metric": "stm:investment"}]),
    ("growth-leaders", {}, [{"value": Decimal(134), "period": "2024", "place": "sti:China"}]),
    ("biggest-figures", {"unit": "USD"}, [{"value": Decimal("222.7") * BILLION, "period": "2028"}]),
    (
        "shares-by-half-year",
        {},
        [
            {"period": "2021-H1", "about": "sti:Inspur", "value": Decimal("20.2"), "place": "sti:World"},
            {"period": "2021-H1", "about": "sti:Dell", "value": Decimal("13.8")},
            {"period": "2021-H1", "about": "sti:HPE", "value": Decimal("9.8")},
        ],
    ),
    ("market-shares", {}, [{"period": "2022", "value": Decimal(89)}, {"period": "2024", "value": Decimal(69)}]),
    ("figures-by-publisher", {"by": "IDC"}, [{"period": "2022", "value": Decimal("6.7") * BILLION}]),
    ("figures-by-publisher", {"by": "集邦咨询"}, [{"value": Decimal(1_670_000), "status": "st:Estimate"}]),
    ("publishers", {}, [{"saidBy": "sti:IDC"}, {"saidBy": "sti:TrendForce"}]),
    ("industry-use-cases", {"industry": "医疗"}, [{"useCase": "sti:DrugDiscovery"}]),
    ("city-profile", {"city": "西安"}, [{"what": "sti:Inspur"}, {"what": "中国城市人工智能算力排行榜", "rank": 9}]),
    ("investments", {}, [{"investor": f"sti:{who}", "target": "sti:Xian"} for who in ("Geely", "HNAGroup", "Inspur")]),
    ("vendor-places", {"place": "深圳"}, [{"organization": "sti:Huawei"}, {"organization": "sti:Tencent"}]),
    ("relations-between", {"a": "浪潮", "b": "西安"}, [{"subject": "sti:Inspur", "relation": "st:investsIn"}]),
    ("policies-by-place", {"place": "杭州"}, [{"place": "sti:Hangzhou"}]),
    ("policies-by-place", {}, [{"place": "sti:Xian"}, {"place": "sti:Beijing"}]),
    ("publications", {}, [{"publisher": "sti:PCISIG", "work": "sti:PCIe6_0"}, {"publisher": "sti:CXLConsortium"}]),
    ("consortium-members", {}, [{"consortium": "sti:UALinkConsortium", "member": "sti:AMD"}]),
    ("benchmark-participants", {}, [{"benchmark": "sti:AI-Rank", "organization": "sti:Baidu"}]),
    ("parts-of", {"whole": "浪潮"}, [{"part": "sti:InspurCloud"}]),
    ("known-as-of", {"thing": "MI300X", "year": "2024"}, [{"metric": "stm:memory", "value": Decimal(192)}]),
    ("documents-overview", {}, [{"issued": "2025-12-18"}, {"issued": "2020-12-15"}]),
    ("co-mentions", {"thing": "NVLink"}, [{"other": "sti:H100"}]),
    ("most-mentioned", {"class": "Vendor"}, [{"thing": "sti:NVIDIA"}, {"thing": "sti:Huawei"}]),
    ("metric-coverage", {}, [{"metric": "stm:marketSize"}, {"metric": "stm:bandwidth"}]),
    ("repeated-figures", {}, [{"about": "sti:MI300X", "value": Decimal(192), "documents": 2}]),
    ("compute-by-place", {}, [{"about": "sti:CloudMatrix384", "value": Decimal(300), "unit": "PFLOPS"}]),
]

ANSWERS += [
    ("chips-by-type", {"type": "GPU"}, [{"chip": "sti:A100", "maker": "sti:NVIDIA"}]),
    ("class-counts", {}, [{"class": "st:Interconnect"}, {"class": "st:City"}, {"class": "st:Policy"}]),
    # one edition of the index after the other: 1.8‰ and 1.7‰ of GDP for a point
    ("conflict-candidates", {}, [{"low": Decimal("1.7"), "high": Decimal("1.8"), "unit": "permille"}]),
    ("doubtful-claims", {"below": "100"}, [{"subject": "sti:NVIDIA", "relation": "st:makes", "object": "sti:A100"}]),
    ("figures-by-place", {"place": "西安"}, [{"metric": "stm:count", "value": Decimal(100), "unit": "count"}]),
    ("figures-without-period", {}, [{"about": "sti:A100", "value": Decimal(600), "unit": "GB/s"}]),
    ("hubs", {"class": "Vendor"}, [{"thing": "sti:Inspur"}, {"thing": "sti:NVIDIA"}]),
    (
        "industry-adoption",
        {"industry": "数字经济"},
        [{"metric": "stm:share", "value": Decimal("41.5"), "period": "2025"}],
    ),
    (
        "industry-technologies",
        {},
        [
            {"industry": "sti:InsuranceIndustry", "technology": "sti:SpeechRecognition"},
            {"industry": "sti:HealthcareIndustry", "technology": "sti:ComputerVision"},
        ],
    ),
    (
        "investment-figures",
        {},
        [{"about": "sti:NewInfrastructureMarket", "value": Decimal("275.71") * BILLION, "unit": "USD"}],
    ),
    ("partners", {"of": "浙江大学"}, [{"b": "sti:organization/杭州市科技局"}]),
    ("rule-yield", {}, [{"rule": "figure.after-metric"}]),
    (
        "shrinking",
        {},
        [{"value": Decimal("-5.2"), "period": "2020"}, {"about": "sti:ICTMarket", "value": Decimal("-2.5")}],
    ),
]

# What the texts deny, guess, or say of later years only
NEVER: list[tuple[str, dict[str, str], Row]] = [
    ("chips-by-interconnect", {"interconnect": "CXL"}, {"chip": "sti:MLU370X8"}),
    ("chips-by-interconnect", {"interconnect": "NVLink"}, {"chip": "sti:Gaudi3"}),
    ("consortium-members", {}, {"consortium": "sti:UALinkConsortium", "member": "sti:NVIDIA"}),
    ("interconnect-family", {}, {"interconnect": "sti:CXL2_0", "relation": "st:basedOn", "other": "sti:PCIe6_0"}),
    ("makers", {}, {"maker": "sti:Alibaba", "thing": "sti:NF5488"}),
    ("market-shares", {}, {"about": "sti:NVIDIA", "value": Decimal(8)}),
    # a share of the world and a share of another whole are no forecast and its outcome
    ("forecast-vs-actual", {}, {"about": "sti:China", "metric": "stm:share"}),
    ("rank-newcomers", {"year": "2021"}, {"item": "sti:Beijing"}),
    ("users-of", {}, {"user": "sti:Inspur"}),
    ("known-as-of", {"thing": "MI300X", "year": "2023"}, {"metric": "stm:memory"}),
]


def answer(graph: Graph, name: str, given: dict[str, str]) -> list[Row]:
    rows = graph.question(name, **given)
    return [{k: readable(v) if isinstance(v, str) else v for k, v in row.items()} for row in rows]


def holds(rows: list[Row], wanted: Row) -> bool:
    return any(all(row[key] == value for key, value in wanted.items()) for row in rows)


def test_every_question_is_asked_here() -> None:
    # All market figures of these texts have a place.
    asked = {name for name, _, _ in (*ANSWERS, *NEVER)} | {"figures-without-place"}
    assert asked == {path.stem for path in (ontology_dir() / "queries").glob("*.rq")}


@pytest.mark.parametrize(("name", "given", "wanted"), ANSWERS)
def test_the_answer_has_what_the_text_gives(graph: Graph, name: str, given: dict[str, str], wanted: list[Row]) -> None:
    rows = answer(graph, name, given)
    assert not [row for row in wanted if not holds(rows, row)], rows[:20]


@pytest.mark.parametrize(("name", "given", "denied"), NEVER)
def test_the_answer_has_nothing_that_the_text_denies(
    graph: Graph, name: str, given: dict[str, str], denied: Row
) -> None:
    assert not holds(answer(graph, name, given), denied)
