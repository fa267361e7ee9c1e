"""A small ontology and hand-made extractions of real sentences, for the tests of graph, stores and builds."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from pathlib import Path

from suantu.errors import InputError
from suantu.ontology import Ontology, load
from suantu.records import (
    Claim,
    Document,
    Evidence,
    Extraction,
    Loose,
    Observation,
    RankingEntry,
    Span,
    Thing,
)

STI = "https://w3id.org/suantu/id/"

VOCABULARY = """
@prefix st: <https://w3id.org/suantu/ontology#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix schema: <https://schema.org/> .
st:Entity a owl:Class .
st:Organization a owl:Class ; rdfs:subClassOf st:Entity , schema:Organization .
st:Vendor a owl:Class ; rdfs:subClassOf st:Organization .
st:Place a owl:Class ; rdfs:subClassOf st:Entity .
st:City a owl:Class ; rdfs:subClassOf st:Place .
st:Product a owl:Class ; rdfs:subClassOf st:Entity .
st:Server a owl:Class ; rdfs:subClassOf st:Product .
st:Market a owl:Class ; rdfs:subClassOf st:Entity .
st:Metric a owl:Class . st:Unit a owl:Class .
st:makes a owl:ObjectProperty ; owl:inverseOf st:madeBy ; rdfs:domain [ owl:unionOf ( st:Vendor st:Organization ) ] .
st:madeBy a owl:ObjectProperty ; rdfs:range [ owl:unionOf ( st:Vendor st:Organization ) ] .
st:partnersWith a owl:ObjectProperty , owl:SymmetricProperty .
st:locatedIn a owl:ObjectProperty , owl:TransitiveProperty .
"""
LEXICON = """
@prefix st: <https://w3id.org/suantu/ontology#> .
@prefix sti: <https://w3id.org/suantu/id/> .
@prefix stm: <https://w3id.org/suantu/metric/> .
@prefix stu: <https://w3id.org/suantu/unit/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
sti:Inspur a st:Vendor ; skos:prefLabel "浪潮"@zh , "Inspur"@en ; st:locatedIn sti:Jinan .
sti:Lenovo a st:Vendor ; skos:prefLabel "联想"@zh .
sti:Jinan a st:City ; skos:prefLabel "济南"@zh ; st:locatedIn sti:Shandong .
sti:Shandong a st:Place ; skos:prefLabel "山东"@zh ; st:locatedIn sti:China .
sti:China a st:Place ; skos:prefLabel "中国"@zh .
stm:marketSize a st:Metric ; skos:prefLabel "市场规模"@zh .
stu:USD a st:Unit ; skos:prefLabel "美元"@zh ; skos:notation "USD" .
"""

INSPUR = Thing(STI + "Inspur", "浪潮", ("Vendor",), {"pref@zh": ("浪潮",), "pref@en": ("Inspur",)})
LENOVO = Thing(STI + "Lenovo", "联想", ("Vendor",))
CHINA = Thing(STI + "China", "中国", ("Place",))
SERVER = Thing(
    STI + "product/y9000",
    "Y9000",
    ("Server",),
    {"pref@en": ("Y9000",), "alt@zh": ("Y9000服务器",)},
    "model-in-slot",
    Decimal("0.7"),
)
MARKET = Thing(STI + "market/%E6%B6%B2%E5%86%B7", "液冷服务器", ("Market",), {}, "suffix", Decimal("0.6"))

TEXT = "第一章 概述\n浪潮去年推出了Y9000服务器，并与联想合作。\n预计到2024年，中国液冷服务器市场将达到62.7亿美元左右。\n第7项未归入。\n"


def document(text: str = TEXT, name: str = "sample.txt", **more: object) -> Document:
    """A document of ``text``."""
    digest = hashlib.sha256(text.encode("utf8", "surrogatepass")).hexdigest()
    return Document(text, digest, name, **more)  # type: ignore[arg-type]


def span(text: str, words: str) -> Span:
    """Where ``words`` first stand in ``text``."""
    start = text.index(words)
    return Span(start, start + len(words))


def extract(source: Document) -> Extraction:
    """What a person reads in ``TEXT``, found again in any text that holds its sentences."""
    text = source.text
    if "浪潮去年推出" not in text:
        return Extraction(source, (), (), (), (), ())
    said = Evidence((span(text, "浪潮去年推出了Y9000服务器"),), "第一章 概述")
    partners = Evidence((span(text, "并与联想合作"),), "第一章 概述")
    figure = Evidence((span(text, "预计到2024年，中国液冷服务器市场将达到62.7亿美元左右"),))
    observation = Observation(
        "marketSize",
        MARKET,
        Decimal("6.27E+9"),
        "62.7亿美元",
        "USD",
        figure,
        "market-size",
        place=CHINA,
        period="2019/2024",
        status="Forecast",
        bound="~",
    )
    return Extraction(
        source,
        ((INSPUR, said), (SERVER, said), (LENOVO, partners), (MARKET, figure), (CHINA, figure)),
        (Claim(INSPUR, "makes", SERVER, said, "launch"), Claim(INSPUR, "partnersWith", LENOVO, partners, "with")),
        (observation,),
        (RankingEntry("服务器厂商", 1, INSPUR, said, "first", "2020", CHINA, tier=1),),
        (Loose("7", span(text, "7项未"), span(text, "第7项未归入"), "no metric"),),
    )


def read(path: Path) -> Document:
    """A reader of UTF-8 text that refuses what is empty."""
    text = path.read_text(encoding="utf8")
    if not text:
        raise InputError(f"{path.name}: empty; give a text")
    return document(text, path.name)


def restore(text: str, name: str, pages: tuple[int, ...]) -> Document:
    """A document again from the text that a knowledge base keeps."""
    return document(text, name, pages=pages)


def ontology(directory: Path) -> Ontology:
    """The small ontology, written into ``directory`` and loaded."""
    for folder in ("lexicon", "rules"):
        (directory / folder).mkdir(parents=True, exist_ok=True)
    (directory / "suantu.ttl").write_text(VOCABULARY, encoding="utf8")
    (directory / "lexicon" / "all.ttl").write_text(LEXICON, encoding="utf8")
    return load(directory)
