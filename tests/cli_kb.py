"""A small knowledge base with known content, for the tests of the command line, the lookups and the named questions.

Two documents of our own, and the facts that a reader finds in them, put in through ``suantu.build``.
"""

from __future__ import annotations

import atexit
import hashlib
import shutil
import tempfile
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path

from suantu.border.vocab import STI
from suantu.build import build
from suantu.errors import InputError
from suantu.ontology import Ontology
from suantu.records import Claim, Document, Evidence, Extraction, Observation, RankingEntry, Span, Thing

ROOT = Path(__file__).resolve().parent.parent

LEXICON = """
@prefix st: <https://w3id.org/suantu/ontology#> .
@prefix sti: <https://w3id.org/suantu/id/> .
@prefix stm: <https://w3id.org/suantu/metric/> .
@prefix stu: <https://w3id.org/suantu/unit/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .

sti:Inspur a st:Vendor ; skos:prefLabel "浪潮"@zh , "Inspur"@en ; skos:altLabel "浪潮信息"@zh ; st:locatedIn sti:Jinan ;
    skos:exactMatch <http://www.wikidata.org/entity/Q6040526> .
sti:NVIDIA a st:Vendor ; skos:prefLabel "英伟达"@zh , "NVIDIA"@en .
sti:Huawei a st:Vendor ; skos:prefLabel "华为"@zh , "Huawei"@en ; st:locatedIn sti:Shenzhen .
sti:InspurCloud a st:Vendor ; skos:prefLabel "浪潮云"@zh ; st:partOf sti:Inspur .
sti:IDC a st:Organization ; skos:prefLabel "IDC"@en , "国际数据公司"@zh .
sti:OpenCompute a st:Consortium ; skos:prefLabel "开放计算联盟"@zh , "Open Compute Alliance"@en .
sti:MIIT a st:GovernmentBody ; skos:prefLabel "工业和信息化部"@zh .
sti:Jinan a st:City ; skos:prefLabel "济南"@zh , "Jinan"@en ; st:locatedIn sti:China .
sti:Shenzhen a st:City ; skos:prefLabel "深圳"@zh , "Shenzhen"@en ; st:locatedIn sti:China .
sti:Beijing a st:City ; skos:prefLabel "北京"@zh , "Beijing"@en ; st:locatedIn sti:China .
sti:Hangzhou a st:City ; skos:prefLabel "杭州"@zh , "Hangzhou"@en ; st:locatedIn sti:China .
sti:China a st:Country ; skos:prefLabel "中国"@zh , "China"@en .
sti:World a st:Place ; skos:prefLabel "全球"@zh , "World"@en .
sti:A100 a st:Chip ; skos:prefLabel "A100"@en ; st:hasChipType sti:GPU ; st:madeBy sti:NVIDIA .
sti:Ascend910 a st:Chip ; skos:prefLabel "昇腾910"@zh , "Ascend 910"@en .
sti:GPU a st:ChipType ; skos:prefLabel "GPU"@en , "图形处理器"@zh .
sti:NPU a st:ChipType ; skos:prefLabel "NPU"@en .
sti:NVLink a st:Interconnect ; skos:prefLabel "NVLink"@en .
sti:NVLink3 a st:Interconnect ; skos:prefLabel "NVLink 3"@en ; st:versionOf sti:NVLink .
sti:CXL a st:Interconnect ; skos:prefLabel "CXL"@en .
sti:PCIe5_0 a st:Interconnect ; skos:prefLabel "PCIe 5.0"@en .
sti:AIServer a st:Market ; skos:prefLabel "人工智能服务器"@zh , "AI servers"@en .
sti:AICloud a st:Market ; skos:prefLabel "AI云服务"@zh .
sti:Vision a st:Technology ; skos:prefLabel "计算机视觉"@zh , "computer vision"@en .
sti:VisionMarket a st:Market ; skos:prefLabel "计算机视觉"@zh , "computer vision market"@en .
sti:Health a st:Industry ; skos:prefLabel "医疗"@zh , "health care"@en .
sti:Imaging a st:UseCase ; skos:prefLabel "医学影像诊断"@zh , "medical imaging"@en .
sti:SmartFactory a st:UseCase ; skos:prefLabel "智能制造"@zh .
sti:MLPerf a st:Benchmark ; skos:prefLabel "MLPerf"@en .
sti:AIPlan a st:Policy ; skos:prefLabel "人工智能发展规划"@zh .
sti:NF5488 a st:Server ; skos:prefLabel "NF5488"@en .
stm:marketSize a st:Metric ; skos:prefLabel "市场规模"@zh , "market size"@en .
stm:marketShare a st:Metric ; skos:prefLabel "市场份额"@zh , "market share"@en .
stm:growthRate a st:Metric ; skos:prefLabel "增长率"@zh , "growth rate"@en .
stm:bandwidth a st:Metric ; skos:prefLabel "带宽"@zh , "bandwidth"@en .
stm:memory a st:Metric ; skos:prefLabel "显存"@zh , "memory"@en .
stm:investment a st:Metric ; skos:prefLabel "投资额"@zh , "investment"@en .
stm:adoptionRate a st:Metric ; skos:prefLabel "渗透率"@zh , "adoption rate"@en .
stm:computeScale a st:Metric ; skos:prefLabel "算力规模"@zh , "compute scale"@en .
stu:USD a st:Unit ; skos:notation "USD" ; skos:prefLabel "美元"@zh .
stu:percent a st:Unit ; skos:notation "percent" ; skos:prefLabel "百分比"@zh .
stu:GB a st:Unit ; skos:notation "GB" ; skos:prefLabel "吉字节"@zh .
stu:EFLOPS a st:Unit ; skos:notation "EFLOPS" ; skos:prefLabel "EFLOPS"@zh .
<https://w3id.org/suantu/unit/GB-per-s> a st:Unit ; skos:notation "GB/s" ; skos:prefLabel "吉字节每秒"@zh .
"""

REPORT = """人工智能服务器市场

IDC指出，2019年中国人工智能服务器市场规模为20亿美元。
2020年该市场达到26亿美元，预计2024年将达到
61亿美元。

浪潮在人工智能服务器市场的份额为52%（2020年上半年），英伟达推出A100，采用NVLink 3，带宽600GB/s，显存40GB。
浪潮与英伟达合作，浪潮位于济南。医疗行业有医学影像诊断，应用计算机视觉。
2019年城市算力排行：北京第一，杭州第二，深圳第三。2020年城市算力排行：北京第一，深圳第二，杭州第三，济南第四。
"""
REVIEW = """复盘

2024年人工智能服务器市场规模实际为70亿美元，同比增长25%。另有文章称2020年为30亿美元，2019年为20亿美元。
昇腾910是NPU，由华为制造，显存32GB。浪潮和华为参加开放计算联盟，华为参与MLPerf。
工业和信息化部发布人工智能发展规划，适用于深圳。深圳有智能制造，使用NF5488，其增长率为-14%。华为投资杭州，投资额5亿美元。
云岭芯科技在杭州。CXL基于PCIe 5.0，连接GPU。2019年中国算力规模为120 EFLOPS，医疗渗透率45%。
"""
CLASSES = {
    line.split(" ")[0]: tuple(part.strip()[3:] for part in line.split(" a ")[1].split(" ;")[0].split(","))
    for line in LEXICON.splitlines()
    if line.startswith("sti:")
}


def thing(local: str, label: str = "", cls: str = "") -> Thing:
    """A known thing by local name; a discovered one with its label and class."""
    if label:
        return Thing(STI + local, label, (cls,), found_by="suffix-technology", confidence=Decimal("0.6"))
    return Thing(STI + local, local, CLASSES[f"sti:{local}"])


def _evidence(text: str, words: str, section: str) -> Evidence:
    start = text.index(words)
    return Evidence((Span(start, start + len(words)),), section)


class _Reader:
    def __init__(self, text: str, section: str) -> None:
        self.text, self.section = text, section
        self.claims: list[Claim] = []
        self.observations: list[Observation] = []
        self.ranks: list[RankingEntry] = []
        self.mentions: list[tuple[Thing, Evidence]] = []

    def quote(self, words: str) -> Evidence:
        return _evidence(self.text, words, self.section)

    def claim(self, subject: str, predicate: str, object_: str, words: str, sure: str = "0.9") -> None:
        evidence = self.quote(words)
        one = Claim(thing(subject), predicate, thing(object_), evidence, f"{predicate}-verb", Decimal(sure))
        self.claims.append(one)

    def figure(self, metric: str, about: str, value: str, unit: str, words: str, **more: object) -> None:
        for name in ("place", "within", "said_by"):
            if name in more:
                more[name] = thing(str(more[name]))
        fields: Mapping[str, object] = more
        self.observations.append(
            Observation(metric, thing(about), Decimal(value), words, unit, self.quote(words), "amount", **fields)  # type: ignore[arg-type]
        )

    def rank(self, year: str, names: list[str], words: str) -> None:
        place = thing("China")
        self.ranks += [
            RankingEntry(
                "城市算力排行",
                n,
                thing(name),
                self.quote(words),
                "ordinal",
                period=year,
                place=place,
                tier=1 if n == 1 else None,
            )
            for n, name in enumerate(names, 1)
        ]

    def mention(self, one: Thing, *words: str) -> None:
        self.mentions += [(one, self.quote(w)) for w in words]


def _report() -> _Reader:
    r = _Reader(REPORT, "人工智能服务器市场")
    r.figure("marketSize", "AIServer", "2000000000", "USD", "20亿美元", period="2019", place="China", said_by="IDC")
    r.figure("marketSize", "AIServer", "2600000000", "USD", "26亿美元", period="2020", place="China", said_by="IDC")
    r.figure(
        "marketSize",
        "AIServer",
        "6100000000",
        "USD",
        "61亿美元",
        period="2024",
        place="China",
        said_by="IDC",
        status="Forecast",
    )
    r.figure("marketShare", "Inspur", "52", "percent", "52%", period="2020-H1", within="AIServer")
    r.figure("bandwidth", "A100", "600", "GB/s", "600GB/s")
    r.figure("memory", "A100", "40", "GB", "40GB")
    r.claim("NVIDIA", "makes", "A100", "英伟达推出A100")
    r.claim("A100", "supportsInterconnect", "NVLink3", "采用NVLink 3")
    r.claim("Inspur", "partnersWith", "NVIDIA", "浪潮与英伟达合作")
    r.claim("Inspur", "locatedIn", "Jinan", "浪潮位于济南")
    r.claim("Health", "hasUseCase", "Imaging", "医疗行业有医学影像诊断")
    r.claim("Health", "appliesTechnology", "Vision", "应用计算机视觉", "0.7")
    r.rank("2019", ["Beijing", "Hangzhou", "Shenzhen"], "2019年城市算力排行：北京第一，杭州第二，深圳第三")
    r.rank(
        "2020",
        ["Beijing", "Shenzhen", "Hangzhou", "Jinan"],
        "2020年城市算力排行：北京第一，深圳第二，杭州第三，济南第四",
    )
    r.mention(thing("Inspur"), "浪潮", "浪潮与英伟达合作", "浪潮位于济南")
    r.mention(thing("NVIDIA"), "英伟达", "英伟达合作")
    for name, words in (("AIServer", "人工智能服务器"), ("A100", "A100"), ("Jinan", "济南"), ("Vision", "计算机视觉")):
        r.mention(thing(name), words)
    return r


def _review() -> _Reader:
    r = _Reader(REVIEW, "复盘")
    r.figure("marketSize", "AIServer", "7000000000", "USD", "70亿美元", period="2024", place="China")
    r.figure("growthRate", "AIServer", "25", "percent", "25%", period="2024", place="China")
    r.figure("marketSize", "AIServer", "3000000000", "USD", "30亿美元", period="2020", place="China")
    r.figure("marketSize", "AIServer", "2000000000", "USD", "20亿美元", period="2019", place="China")
    r.figure("growthRate", "NF5488", "-14", "percent", "-14%", period="2023")
    r.figure("memory", "Ascend910", "32", "GB", "32GB")
    r.figure("investment", "Huawei", "500000000", "USD", "5亿美元", place="Hangzhou", status="Forecast", period="2025")
    r.figure("computeScale", "China", "120", "EFLOPS", "120 EFLOPS", period="2019")
    r.figure("adoptionRate", "Health", "45", "percent", "45%", period="2019", bound="~")
    for subject, predicate, object_, words in (
        ("Ascend910", "hasChipType", "NPU", "昇腾910是NPU"),
        ("Huawei", "makes", "Ascend910", "由华为制造"),
        ("Inspur", "memberOf", "OpenCompute", "浪潮和华为参加开放计算联盟"),
        ("Huawei", "memberOf", "OpenCompute", "浪潮和华为参加开放计算联盟"),
        ("Huawei", "participatesIn", "MLPerf", "华为参与MLPerf"),
        ("MIIT", "publishes", "AIPlan", "工业和信息化部发布人工智能发展规划"),
        ("AIPlan", "appliesTo", "Shenzhen", "适用于深圳"),
        ("Shenzhen", "hasUseCase", "SmartFactory", "深圳有智能制造"),
        ("Shenzhen", "usesProduct", "NF5488", "使用NF5488"),
        ("Huawei", "investsIn", "Hangzhou", "华为投资杭州"),
        ("CXL", "basedOn", "PCIe5_0", "CXL基于PCIe 5.0"),
        ("CXL", "connects", "GPU", "连接GPU"),
    ):
        r.claim(subject, predicate, object_, words)
    found = thing("vendor/%E4%BA%91%E5%B2%AD%E8%8A%AF%E7%A7%91%E6%8A%80", "云岭芯科技", "Vendor")
    r.claims.append(
        Claim(found, "locatedIn", thing("Hangzhou"), r.quote("云岭芯科技在杭州"), "in-place", Decimal("0.6"))
    )
    r.mention(found, "云岭芯科技")
    r.mention(thing("Huawei"), "华为", "华为参与", "华为投资")
    r.mention(thing("Ascend910"), "昇腾910")
    r.mention(thing("VisionMarket"), "复盘")
    return r


def _document(text: str, name: str) -> Document:
    sha = hashlib.sha256(text.encode()).hexdigest()
    titles = {"report.txt": ("算力市场报告", "2020-12-01", "研究社"), "review.txt": ("四年后的复盘", "2025", "")}
    title, issued, publisher = titles.get(name, (name, "", ""))
    pages = (0, text.index("浪潮在")) if name == "report.txt" else ()
    return Document(text, sha, name, title, issued, publisher, pages=pages)


def read(path: Path) -> Document:
    """A document from its file; InputError as the reading stage raises it."""
    try:
        return _document(path.read_text("utf-8"), path.name)
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read") from error


def extract(document: Document) -> Extraction:
    """What a reader finds in the document."""
    r = {"report.txt": _report, "review.txt": _review}.get(document.name, lambda: _Reader("", ""))()
    return Extraction(document, tuple(r.mentions), tuple(r.claims), tuple(r.observations), tuple(r.ranks), ())


def ontology(directory: Path) -> Ontology:
    """The vocabulary and the questions of the repository with the small lexicon above."""
    (directory / "lexicon").mkdir(parents=True)
    shutil.copy(ROOT / "ontology" / "suantu.ttl", directory)
    shutil.copytree(ROOT / "ontology" / "queries", directory / "queries")
    (directory / "lexicon" / "small.ttl").write_text(LEXICON, "utf-8")
    empty: dict[str, object] = {}
    return Ontology(
        directory,
        "0" * 64,
        {},
        {},
        (),
        frozenset(),
        frozenset(),
        frozenset(),
        empty,  # type: ignore[arg-type]
        turtle=(directory / "suantu.ttl", directory / "lexicon" / "small.ttl"),
    )


@cache
def workspace() -> Path:
    """A directory with ``kb`` (the two documents) and ``empty`` (no facts at all), made once for all tests."""
    base = Path(tempfile.mkdtemp(prefix="suantu-cli-"))
    atexit.register(shutil.rmtree, base, ignore_errors=True)
    known = ontology(base / "ontology")
    for name, text in (("report.txt", REPORT), ("review.txt", REVIEW), ("blank.txt", "没有事实。\n")):
        (base / name).write_text(text, "utf-8")
    build([base / "report.txt", base / "review.txt"], base / "kb", known, extract, read)
    build([base / "blank.txt"], base / "empty", known, extract, read)
    return base


def kb() -> Path:
    """The knowledge base with the two documents."""
    return workspace() / "kb"
