"""Names, lookups, quotes, the Python interface, and the score, on a small graph with known content."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from cli_kb import REPORT, REVIEW, kb, workspace
from suantu import lookup, names
from suantu.api import Graph, open_graph
from suantu.border.vocab import ST, STI, STM
from suantu.errors import EndpointError, InputError, StoreError, SuantuError, UsageError
from suantu.evaluate import evaluate, normal, read_gold
from suantu.search import Index, Name, index_of, kept_at, search
from suantu.why import around, find_fact, in_passages, in_texts, why


@pytest.fixture(scope="module")
def graph() -> Graph:
    return open_graph(kb())


def sti(local: str) -> str:
    return STI + local


# ---- names -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "浪潮",
        "Inspur",
        "INSPUR",
        "inspur",
        "浪潮信息",
        "sti:Inspur",
        sti("Inspur"),
        f"<{sti('Inspur')}>",
        "Vendor:浪潮",
        " 浪潮 ",
    ],
)
def test_a_thing_by_any_of_its_names(graph: Graph, name: str) -> None:
    assert graph.find(name) == sti("Inspur")


def test_a_discovered_thing_by_its_readable_curie(graph: Graph) -> None:
    assert (
        graph.find("sti:vendor/云岭芯科技")
        == graph.find("云岭芯科技")
        == sti("vendor/%E4%BA%91%E5%B2%AD%E8%8A%AF%E7%A7%91%E6%8A%80")
    )


def test_metrics_documents_and_units_have_names_too(graph: Graph) -> None:
    assert graph.find("市场规模") == STM + "marketSize"
    assert graph.find("算力市场报告").startswith(sti("document/"))


@pytest.mark.parametrize("name", ["浪朝", "NVIDA", "sti:Nowhere", "http://x/y", "", 'a"} #'])
def test_an_unknown_name_is_refused(graph: Graph, name: str) -> None:
    with pytest.raises(UsageError, match="unknown thing"):
        graph.find(name)


def test_the_refusal_names_what_is_near(graph: Graph) -> None:
    with pytest.raises(UsageError, match="did you mean NVIDIA"):
        graph.find("NVIDA")


def test_several_things_of_one_name_are_listed(graph: Graph) -> None:
    with pytest.raises(names.AmbiguousNameError) as caught:
        graph.find("计算机视觉")
    assert [(c.cls, c.iri) for c in caught.value.candidates] == [
        ("Technology", sti("Vision")),
        ("Market", sti("VisionMarket")),
    ]
    assert graph.find("Market:计算机视觉") == sti("VisionMarket")


@pytest.mark.parametrize("name", ["Chip", "chip", "芯片", "st:Chip"])
def test_a_class_by_name_or_label(graph: Graph, name: str) -> None:
    assert names.resolve_class(graph.endpoint, name) == ST + "Chip"


def test_an_unknown_class_or_metric(graph: Graph) -> None:
    with pytest.raises(UsageError, match="did you mean 'Chip'"):
        names.resolve_class(graph.endpoint, "Chips")
    with pytest.raises(UsageError, match="there are adoptionRate, bandwidth"):
        names.resolve_metric(graph.endpoint, "colour")


def test_labels_follow_the_language(graph: Graph) -> None:
    iris = [sti("Inspur"), sti("GPU"), sti("Nowhere"), STM + "marketSize"]
    assert names.labels(graph.endpoint, iris, "zh") == dict(
        zip(iris, ["浪潮", "图形处理器", "sti:Nowhere", "市场规模"], strict=True)
    )
    assert names.labels(graph.endpoint, iris, "en")[sti("Inspur")] == "Inspur"


@pytest.mark.parametrize(
    ("text", "how", "thing"),
    [
        ("浪潮", "exact", "Inspur"),
        ("nvi", "prefix", "NVIDIA"),
        ("信息", "inside", "Inspur"),
        ("langchao", "pinyin", "Inspur"),
        ("lcxx", "initials", "Inspur"),
        ("shenz", "prefix", "Shenzhen"),
        ("华伟", "alike", "Huawei"),
        ("Hauwei", "alike", "Huawei"),
    ],
)
def test_search(graph: Graph, text: str, how: str, thing: str) -> None:
    best = graph.search(text)[0]
    assert (best.how, best.iri) == (how, sti(thing))


def test_a_slip_of_the_pen_leaves_the_rest_in_its_place() -> None:
    known = Index.of(Name(n, n, STI + n, "City", "", "") for n in ("新浪", "朝阳", "浪潮", "朝鲜"))
    assert search(known, "浪朝")[0].name == "浪潮"


def test_search_for_nothing_finds_nothing(graph: Graph) -> None:
    assert graph.search("  ") == []
    assert graph.search("qqqqqqqq") == []


def test_names_are_kept_until_the_graph_changes(tmp_path: Path) -> None:
    copy = tmp_path / "kb"
    shutil.copytree(kb(), copy)
    with open_graph(copy) as mine:
        assert mine.kb is not None
        kept = kept_at(mine.kb)
        kept.unlink(missing_ok=True)
        plain = index_of(mine.kb, mine.endpoint, pinyin=False)
        written = kept.read_bytes()
        assert written.endswith(plain.data)
        assert index_of(mine.kb, mine.endpoint, pinyin=False).data == plain.data
        assert {n.pinyin for n in index_of(mine.kb, mine.endpoint, pinyin=True) if n.name == "华为"} == {"huawei"}
        assert kept.read_bytes() != written
        kept.write_text("another state\tplain\nx\ty\n", "utf-8")
        assert index_of(mine.kb, mine.endpoint, pinyin=False).data == plain.data


# ---- lookups ---------------------------------------------------------------------------------------------------------


def test_a_card_holds_everything(graph: Graph) -> None:
    card = graph.thing("浪潮")
    assert [str(t) for t in card.names[:2]] == ["Inspur", "浪潮"]
    assert card.classes == [ST + "Vendor"]
    assert card.same_as == ["http://www.wikidata.org/entity/Q6040526"]
    assert card.mentions == 3
    said = {
        (r.predicate.removeprefix(ST), r.subject.removeprefix(STI), r.object.removeprefix(STI), r.origin)
        for r in card.relations
    }
    assert said == {
        ("locatedIn", "Inspur", "Jinan", "document"),
        ("locatedIn", "Inspur", "China", "inferred"),
        ("memberOf", "Inspur", "OpenCompute", "document"),
        ("partnersWith", "Inspur", "NVIDIA", "document"),
        ("partOf", "InspurCloud", "Inspur", "ontology"),
    }
    assert [(f.value, f.unit, f.period) for f in card.figures] == [("52", "percent", "2020-H1")]


def test_a_claim_hides_its_mirror(graph: Graph) -> None:
    found = graph.thing("A100").relations
    assert [r.origin for r in found if r.predicate in (ST + "makes", ST + "madeBy")] == ["document"]


def test_figures_by_every_condition(graph: Graph) -> None:
    both = graph.facts(about=["A100", "昇腾910"], metric="memory")
    assert [(f.about, f.value) for f in both] == [(sti("A100"), "40"), (sti("Ascend910"), "32")]
    assert [f.value for f in graph.facts(metric="市场规模", year=2024, forecast=True)] == ["6100000000"]
    assert [f.value for f in graph.facts(metric="marketSize", year=2024, forecast=False)] == ["7000000000"]
    assert len(graph.facts(said_by="IDC", place="中国")) == 3
    assert len(graph.facts(limit=4)) == 4
    assert graph.facts(about="GPU") == []


def test_ranks_members_paths_documents(graph: Graph) -> None:
    assert [(r.period, r.rank) for r in graph.ranks(item="深圳")] == [("2019", "3"), ("2020", "2")]
    assert graph.ranks(ranking="算力", year=2020)[0].item == sti("Beijing")
    assert graph.members("Chip") == [(sti("A100"), 1), (sti("Ascend910"), 1)]
    assert graph.members("AIModel") == []
    assert (sti("GPU"), 0) in graph.members("ChipType", everything=True)
    way = graph.paths("济南", "A100")[0]
    assert [r.predicate.removeprefix(ST) for r in way] == ["locatedIn", "partnersWith", "makes"]
    assert graph.paths("A100", "医疗") == []
    assert [(d.title, d.facts) for d in lookup.documents(graph.endpoint)] == [
        ("算力市场报告", 19),
        ("四年后的复盘", 22),
    ]


def test_a_source_says_where(graph: Graph) -> None:
    fact = graph.thing("A100").figures[0].fact
    source = lookup.sources(graph.endpoint, [fact, ""])[fact]
    assert (source.title, source.page, source.section, source.words) == (
        "算力市场报告",
        "2",
        "人工智能服务器市场",
        "600GB/s",
    )


# ---- why -------------------------------------------------------------------------------------------------------------


def test_why_quotes_the_paragraph(graph: Graph) -> None:
    fact = graph.thing("A100").figures[0].fact
    reason = graph.why(fact.rpartition("/")[2][:8])
    (quote,) = reason.quotes
    assert (reason.fact, reason.kind, reason.rules, reason.confidence) == (fact, "Observation", ["amount"], "0.9")
    assert quote.before + quote.words + quote.after in REPORT
    assert quote.before.startswith("浪潮在")
    assert REPORT[quote.start : quote.start + len(quote.words)] == quote.words == "600GB/s"


def test_why_without_the_texts_uses_what_the_passage_keeps(graph: Graph) -> None:
    fact = graph.thing("A100").figures[0].fact
    (quote,) = why(graph.endpoint, fact).quotes
    assert quote.before.endswith("带宽")
    assert quote.after.startswith("，显存")


def test_a_fact_by_the_beginning_of_its_key(graph: Graph, tmp_path: Path) -> None:
    copy = tmp_path / "kb"
    shutil.copytree(kb(), copy)
    facts = [r.fact for r in graph.thing("A100").relations if r.fact] + [f.fact for f in graph.facts()]
    facts += [rank.fact for rank in graph.ranks()]
    with open_graph(copy) as mine:
        for fact in facts:
            digits = fact.rpartition("/")[2][:10]
            assert find_fact(mine.endpoint, digits, mine.kb) == find_fact(mine.endpoint, digits) == fact
        assert (copy / "documents" / "facts.tsv").read_text("utf-8").count("\n") == 42  # 41 facts and the head
        (copy / "documents" / "facts.tsv").write_text("of another state\n", "utf-8")
        assert find_fact(mine.endpoint, digits, mine.kb) == facts[-1]
        with pytest.raises(UsageError, match="unknown fact"):
            find_fact(mine.endpoint, "ffff0000", mine.kb)


@pytest.mark.parametrize("fact", ["", "zz", "0000", "sti:claim/none", "sti:Inspur", '" }'])
def test_an_unknown_fact(graph: Graph, fact: str) -> None:
    with pytest.raises(UsageError, match="unknown fact"):
        find_fact(graph.endpoint, fact)


def test_a_paragraph_ends_at_an_empty_line() -> None:
    text = "one\n\ntwo words here\nand\n\nthree"
    assert around(text, 10, 15) == ("two w"[:0] + text[5:10], text[15 : text.index("\n\nthree")])
    assert around("abc", 0, 3) == ("", "")


def test_texts_are_searched_over_line_ends(graph: Graph) -> None:
    assert graph.kb is not None
    (place,) = in_texts(graph.kb, "将达到 61亿美元", 5)
    assert place.words == "将达到\n61亿美元"
    assert REPORT[place.start :].startswith(place.words)
    assert [p.title for p in in_texts(graph.kb, "nvlink", 5)] == ["算力市场报告"]
    assert in_texts(graph.kb, "[", 5) == []
    assert {p.words for p in in_passages(graph.endpoint, "A100", 5)} == {"A100"}


# ---- Python ----------------------------------------------------------------------------------------------------------


def test_rows_are_python_values(graph: Graph) -> None:
    rows = graph.select("SELECT ?f ?v ?y ?n WHERE { ?f st:about ?about ; st:value ?v ; st:year ?y }", about="浪潮")
    assert (len(rows), rows.columns) == (1, ("f", "v", "y", "n"))
    assert (rows[0]["v"], rows[0]["y"], rows[0]["n"]) == (52, 2020, None)
    assert rows[:0].columns == rows.columns
    assert graph.ask("ASK { sti:A100 a st:Chip }")


def test_what_was_inferred_can_be_left_out(graph: Graph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    places = "SELECT ?p WHERE { sti:Inspur st:locatedIn ?p }"
    count = "SELECT (COUNT(*) AS ?n) WHERE { ?x st:mentionedIn ?p . ?x a st:Entity }"
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with open_graph(kb(), inferred=False) as said:
        assert [row["p"] for row in said.select(places, timeout=30)] == [sti("Jinan")]
        assert len(graph.select(places)) == 2
        assert said.select(count)[0] == graph.select(count)[0]  # each triple once, however many documents state it
        assert not said.ask("ASK { GRAPH ?g { sti:Inspur st:locatedIn sti:China } }")
        assert {r.origin for r in said.thing("浪潮").relations} == {"document", "ontology"}
        assert list(tmp_path.iterdir())
    assert not list(tmp_path.iterdir())
    with open_graph(workspace() / "empty", inferred=False) as bare:
        assert bare.ask("ASK { sti:Inspur a st:Vendor }")
    with pytest.raises(UsageError, match="on disk"):
        open_graph("http://127.0.0.1:9/sparql", inferred=False)


def test_frames_need_pandas(graph: Graph) -> None:
    rows = graph.select("SELECT ?v WHERE { ?f st:value ?v } ORDER BY ?v LIMIT 2")
    try:
        import pandas  # noqa: F401
    except ImportError:
        with pytest.raises(SuantuError, match="pip install pandas"):
            rows.to_pandas()
    else:
        assert list(rows.to_pandas()["v"]) == [-14.0, 25.0]


@pytest.mark.filterwarnings("ignore:Dataset:DeprecationWarning")  # rdflib's own calls
def test_other_libraries(graph: Graph) -> None:
    net = graph.to_networkx()
    assert net.nodes[sti("A100")]["label"] == "A100"
    assert {d["relation"] for _, _, d in net.out_edges(sti("NVIDIA"), data=True)} == {"makes"}
    assert len(graph.to_networkx(inferred=True).edges) > len(net.edges)
    import rdflib

    found = graph.dataset().triples((rdflib.URIRef(sti("NVIDIA")), rdflib.URIRef(f"{ST}makes"), None))
    assert {str(o) for _, _, o in found} == {sti("A100")}


def test_what_is_no_graph_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no knowledge base"):
        open_graph(tmp_path / "none")
    with pytest.raises(EndpointError), open_graph("http://127.0.0.1:9/sparql") as graph:
        graph.ask("ASK { ?s ?p ?o }")


# ---- score -----------------------------------------------------------------------------------------------------------

GOLD = """# what a reader wrote down
E|Vendor|浪潮|Inspur;浪潮信息
E|Organization|英伟达|
E|City|火星|
R|英伟达|makes|A100|英伟达推出A100
R|浪潮|makes|A100|nothing says so
O|marketSize|人工智能服务器|中国|2020|2600000000|USD|actual|=|26亿美元
O|memory|A100|||41|GB|actual|=|40GB
O|bandwidth|A100|||600|GB/s|forecast|>|600GB/s
K|城市算力排行|2020|2|深圳||深圳第二
K|城市算力排行|2020|9|深圳||wrong
N|浪潮|locatedIn|济南|浪潮位于济南
X|25|percent|同比增长25%
"""


def test_score(graph: Graph, tmp_path: Path) -> None:
    path = tmp_path / "small.gold"
    path.write_text(GOLD, "utf-8")
    score = evaluate(graph.endpoint, read_gold(path))
    assert score.entities.counts == {"gold": 3, "strict": 2, "lenient": 2, "predicted": 10, "matched": 2}
    assert score.entities.misses == ["City 火星"]
    assert score.relations.counts == {"gold": 2, "found": 1, "predicted": 19, "matched": 1}
    assert score.observations.counts == {"gold": 3, "value_unit": 2, "full": 1, "predicted": 15, "matched": 2}
    assert any("has status=Actual, bound==" in miss for miss in score.observations.misses)
    assert score.rankings.counts == {"gold": 2, "found": 1, "predicted": 7, "matched": 1}
    assert score.ungrounded == 0
    assert len(score.errors) == 2
    assert score.by_rule["makes-verb"] == (1, 0, 1, None)
    assert score.figure_parts["metric"] == 2


@pytest.mark.parametrize("text", ["Z|what", "R|a|b", "E"])
def test_a_bad_gold_line_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "bad.gold"
    path.write_text(f"# head\n{text}\n", "utf-8")
    with pytest.raises(InputError, match=r"bad\.gold:2"):
        read_gold(path)


def test_names_compare_without_width_case_and_quotes() -> None:
    assert normal("《ＡＩ-Rank》 ") == normal("ai rank") == "airank"


def test_the_empty_graph_has_no_facts() -> None:
    with open_graph(workspace() / "empty") as graph:
        assert graph.facts() == []
        assert graph.ranks() == []
        assert graph.members("Chip") == []
        assert graph.thing("浪潮").mentions == 0
    assert "云岭芯科技" in REVIEW
