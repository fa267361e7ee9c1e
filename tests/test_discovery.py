"""Open discovery: names that no lexicon knows are found, sentences and everyday words are not."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from suantu.errors import RuleError
from suantu.ontology import load
from suantu.pipeline import Pipeline
from suantu.records import Document, Thing
from suantu.rules import Compiler
from suantu.stages.discovery.slots import Slots
from suantu.stages.discovery.words import Words

ROOT = Path(__file__).resolve().parents[1]


@cache
def pipeline() -> Pipeline:
    return Pipeline(load(ROOT / "ontology"))


def new_things(text: str, title: str = "") -> dict[str, Thing]:
    """The things that a text gives and no lexicon has, by label."""
    read = pipeline().extract(Document(text, "0" * 64, title=title))
    return {thing.label: thing for thing, _ in read.mentions if thing.found_by != "lexicon"}


def classes(text: str) -> dict[str, str]:
    return {label: thing.classes[0] for label, thing in new_things(text).items()}


def examples() -> list[tuple[str, str, str, list[list[str]]]]:
    ontology = pipeline().ontology
    out = []
    for stem in ("discovery.zh", "discovery.en"):
        settings = ontology.setting(stem)
        rules = [*settings["slots"], *settings.get("use-cases", {}).get("slots", ())]
        out += [(stem, r["name"], e["text"], e["facts"]) for r in rules for e in r["examples"]]
    return out


@pytest.mark.parametrize(("stem", "rule", "text", "facts"), examples())
def test_every_slot_finds_its_examples(stem: str, rule: str, text: str, facts: list[list[str]]) -> None:
    reader = pipeline()
    found = reader.gazetteer.find(text)
    chosen = reader.evidence.choose(text, found, reader.evidence.certain([found]))
    seen = {(cls, name) for name_of, cls, name in reader.discovery.sightings(text, chosen) if name_of == rule}
    assert {tuple(fact) for fact in facts} <= seen


def test_organizations_by_ending_and_by_what_they_do() -> None:
    text = (
        "调度软件商云岫科技完成2亿元B轮融资，松屿资本领投，老股东临泽创投跟投。蓝桉半导体宣布获得岷江产投近3亿元的战略投资。"
        "东屿微算与中国铁塔的谈判已经终止。总部位于武汉的昆岳芯科技（以下简称“昆岳”）也在扩产，昆岳的订单排到了明年。"
    )
    assert classes(text) == {
        "云岫科技": "Vendor",
        "松屿资本": "Organization",
        "临泽创投": "Organization",
        "蓝桉半导体": "Vendor",
        "岷江产投": "Organization",
        "东屿微算": "Vendor",
        "昆岳芯科技": "Vendor",
    }


def test_a_firm_that_shows_a_product_is_a_vendor_and_one_that_buys_is_not() -> None:
    found = classes("蓝桉网络同日发布语音大模型“听松”。云屿数科采购了昇腾910B。云屿数科在宁波。")
    assert found["蓝桉网络"] == "Vendor"
    assert found["云屿数科"] == "Organization"
    assert found["听松"] == "AIModel"


def test_a_list_takes_its_class_from_known_members_and_from_its_head() -> None:
    assert classes("浪潮、宁畅、坤前和拓维思等厂商竞争激烈。") == {"拓维思": "Vendor"}
    found = classes("首批成员有中国移动、均屿电子、云屿数科等21家单位。")
    assert found == {"均屿电子": "Organization", "云屿数科": "Organization"}
    assert classes("金融行业的典型应用场景包括智能客服、信贷反欺诈、智能营销等。")["信贷反欺诈"] == "UseCase"


def test_institutions_offices_and_places() -> None:
    text = (
        "宁波市人民政府与甬溪智能计算研究院合作，市经信局会同市财政局出台办法。位于岫州区的东泽湖智算产业园落户宁波高新区。"
        "甬智算力联盟由溪蒙大学发起。"
    )
    found = classes(text)
    assert found["宁波市人民政府"] == "GovernmentBody"
    assert found["甬溪智能计算研究院"] == "ResearchInstitution"
    assert found["宁波市经信局"] == found["宁波市财政局"] == "GovernmentBody"
    assert found["岫州区"] == found["宁波高新区"] == found["东泽湖智算产业园"] == "Region"
    assert found["甬智算力联盟"] == "Consortium"
    assert found["溪蒙大学"] == "ResearchInstitution"


def test_an_office_without_a_city_is_the_one_of_the_city_named_last() -> None:
    things = new_things("宁波出台了办法，市人社局负责。\n呼和浩特的做法不同，市人社局没有参加。")
    assert set(things) == {"宁波市人社局", "呼和浩特市人社局"}


def test_titles_editions_and_short_forms() -> None:
    text = (
        "湖北省印发《湖北省加快“人工智能+”发展行动方案（2024—2027年）》（以下简称《方案》），《方案》提出目标。"
        "《小芯片接口总线技术要求》和《语音大模型评测报告（2023）》已经发布，《星河日报》也作了报道。"
    )
    things = new_things(text)
    assert {label: thing.classes[0] for label, thing in things.items()} == {
        "湖北省加快“人工智能+”发展行动方案（2024—2027年）": "Policy",
        "小芯片接口总线技术要求": "Standard",
        "语音大模型评测报告（2023）": "Report",
    }
    long = things["湖北省加快“人工智能+”发展行动方案（2024—2027年）"]
    assert "湖北省加快“人工智能+”发展行动方案" in long.labels["alt@zh"]
    read = pipeline().extract(Document(text, "0" * 64))
    spans = next(words.spans for thing, words in read.mentions if thing.iri == long.iri)
    assert [text[s.start : s.end] for s in spans[1:]] == ["《方案》", "《方案》"]


def test_chips_servers_products_models_and_interconnects() -> None:
    text = (
        "昆岳推出训练芯片昆吾K2。推理卡MX-900采用12nm工艺。旷屿网络发布服务器“野驰E5”，"
        "通过自研的XQ-Link 2.0互联，上一代野驰E3没有XQ-Link。“灵岫”平台和名为“听涛”的大模型已经上线。玄穹X1加速卡由该公司研制。"
    )
    found = classes(text)
    assert found["昆吾K2"] == found["MX-900"] == found["玄穹X1"] == "Chip"
    assert found["野驰E5"] == found["野驰E3"] == "Server"
    assert found["XQ-Link 2.0"] == found["XQ-Link"] == "Interconnect"
    assert found["灵岫"] == "Product"
    assert found["听涛"] == "AIModel"


def test_the_tail_of_a_numbered_name_is_that_name() -> None:
    text = "溪屿微电子发布训练芯片“溪屿X200”。2024年X200出货约2万颗。"
    things = new_things(text)
    assert things["溪屿X200"].labels["alt@en"] == ("X200",)
    assert "X200" not in things


def test_a_known_name_gives_way_to_a_longer_new_one() -> None:
    read = pipeline().extract(Document("宁波大学与甬溪科技签署合作协议，宁波银行提供贷款。", "0" * 64))
    labels = {thing.label for thing, _ in read.mentions}
    assert {"宁波大学", "宁波银行"} <= labels
    assert "宁波" not in labels


def test_a_known_word_may_be_the_end_of_an_unknown_name() -> None:
    text = "岫图计算发布新品。浪潮与岫图计算签署协议。去年岫图计算扩产。"
    assert classes(text) == {"岫图计算": "Vendor"}
    assert classes("图计算是一种技术。银行用图计算做风控，浪潮支持图计算。") == {}


def test_a_name_stands_behind_the_noun_that_says_its_kind() -> None:
    text = "公司推出模型开发平台岫罗。片间互联协议名为岫锁，新卡换上了岫锁2.0。浪潮信息的岫眸系统上线。"
    assert classes(text) == {
        "岫罗": "Product",
        "岫锁": "Interconnect",
        "岫锁2.0": "Interconnect",
        "岫眸系统": "Product",
    }


def test_use_cases() -> None:
    found = classes(
        "一成企业在产线上部署了焊缝视觉检测。智能理箱、无人叉箱已在这座城市常态运行。智慧畜禽是当地的特色应用。"
    )
    assert found == dict.fromkeys(("焊缝视觉检测", "智能理箱", "无人叉箱", "智慧畜禽"), "UseCase")


def test_capitals_of_a_headline_and_of_a_sentences_first_word_name_nothing() -> None:
    headline = "Cloud Giants Race To Build Velmar Systems As Demand Outstrips Supply\n\nClouds race as demand outstrips supply."
    assert not classes(headline)
    text = "Members of the Tamar Alliance met. Having shipped the Orban-5, St. Mabyn Hospital thanked Orban Systems of Turku."
    found = classes(text)
    assert found == {
        "Tamar Alliance": "Consortium",
        "Orban-5": "Product",
        "St. Mabyn Hospital": "Organization",
        "Orban Systems": "Vendor",
    }
    assert classes("Arden & Pike keeps its Compute Barometer.") == {"Compute Barometer": "Report"}


def test_english() -> None:
    text = (
        "Corevale Semiconductor, a Penang-based chipmaker, unveiled the CV-220 accelerator, and Corevale said it would ship soon. "
        "It links to its peers over CoreLink. The startup Brightloom raised US$120 million in a round led by Altamont Ventures. "
        "Brightloom's Weaver X2 server was adopted by Grabble and by Singtel. The Ministry of Digital Affairs published the National "
        "Compute Strategy. The Open Mesh Alliance (OMA) met in June. "
        "Common use cases include fraud detection and document summarisation."
    )
    things = new_things(text)
    found = {label: thing.classes[0] for label, thing in things.items()}
    assert found == {
        "Corevale Semiconductor": "Vendor",
        "CV-220": "Chip",
        "CoreLink": "Interconnect",
        "Brightloom": "Vendor",
        "Altamont Ventures": "Organization",
        "Weaver X2": "Server",
        "Grabble": "Organization",
        "Ministry of Digital Affairs": "GovernmentBody",
        "National Compute Strategy": "Policy",
        "Open Mesh Alliance": "Consortium",
        "document summarisation": "UseCase",
    }
    assert things["Open Mesh Alliance"].labels["alt@en"] == ("OMA",)
    assert things["Corevale Semiconductor"].labels["alt@en"] == ("Corevale",)


PROSE = [
    "近年来，各地政府高度重视人工智能产业，企业和高校纷纷加大投入。市场上的训练芯片价格不断上涨，用户普遍抱怨供货周期太长。",
    "数据中心运营商正在升级网络，云服务商则把推理服务搬到边缘。多家初创公司完成了新一轮融资，投资机构却更加谨慎。",
    "智能计算平台成为关键基础设施。平台提供商需要与芯片厂商、服务器厂商和软件企业合作，共同建设开放生态。",
    "该公司宣布推出新一代服务器，性能比上一代提升三成。一位行业分析师表示，明年市场规模还会扩大。",
    "“新基建”政策带动了投资，“东数西算”工程全面启动。专家认为，所谓“算力焦虑”只是暂时现象，“一站式”平台受到欢迎。",
    "研究人员指出，GPU短缺将持续到2025年，FP16算力需求增长3倍，H1和Q3的出货量分别为3万台和4万台。B端客户更看重稳定性。",
    "当地政府负责审批，财政部门配合，国家实验室和科研院所承担了重大项目，商业银行和保险公司在观望。",
    "Demand is growing. Analysts expect growth to slow. Governments across the region are spending more on servers.",
    "Version 2 of the report will appear in June 2025. Figure 3 and Table 4 show the details for Q3.",
]


@pytest.mark.parametrize("text", PROSE)
def test_prose_gives_no_names(text: str) -> None:
    assert classes(text) == {}


def test_a_discovered_thing_says_which_rule_found_it_and_how_sure_that_is() -> None:
    thing = new_things("调度软件商云岫科技完成2亿元B轮融资。")["云岫科技"]
    assert thing.found_by.startswith("slot.")
    assert 0.6 <= thing.confidence < 1
    assert thing.iri == "https://w3id.org/suantu/id/organization/%E4%BA%91%E5%B2%AB%E7%A7%91%E6%8A%80"


def test_the_documents_own_title_is_a_report() -> None:
    text = "边缘计算与工业智能白皮书\n\n本书共五章，介绍边缘计算的应用。"
    assert new_things(text, title="边缘计算与工业智能白皮书")["边缘计算与工业智能白皮书"].classes == ("Report",)


def test_the_same_text_gives_the_same_things() -> None:
    text = "澜岫智能旗下的“图岫”平台很成熟，澜岫智能与华南理工大学共建实验室。"
    assert new_things(text) == new_things(text)


def test_a_slot_without_its_parts_is_refused_by_name() -> None:
    reader = pipeline()
    compiler = Compiler(reader.alphabet, "zh", {}, "rules/discovery.zh.yaml")
    settings = reader.ontology.setting("discovery.zh")
    words = Words(settings, reader.ontology.setting("words.zh"))
    with pytest.raises(RuleError, match=r"slot\.odd"):
        Slots([{"name": "slot.odd", "pattern": "ORG发布"}], compiler, "[a-z]", words, ())
