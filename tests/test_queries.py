"""The named questions: each one asked of a small graph with checked answers, and of a graph without facts."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli_kb import ROOT, kb, workspace
from suantu.api import open_graph
from suantu.errors import OntologyError, QueryError, SuantuError, UsageError
from suantu.query import bind, full, get, limited, load, one_of, parse, readable, without_graph
from suantu.stores.base import Term
from suantu.stores.local import parse_message

ONTOLOGY = ROOT / "ontology"
NAMES = [question.name for question in load(ONTOLOGY)]
B = 1_000_000_000

# name: (parameters, number of rows, part of the first row)
ANSWERS: dict[str, tuple[dict[str, str], int, dict[str, object]]] = {
    "benchmark-participants": (
        {},
        1,
        {"benchmark": "sti:MLPerf", "organization": "sti:Huawei", "role": "st:participatesIn"},
    ),
    "biggest-figures": ({}, 7, {"value": 7 * B, "about": "sti:AIServer", "period": "2024"}),
    "chip-specs": ({}, 3, {"chip": "sti:A100", "metric": "stm:bandwidth", "value": 600, "unit": "GB/s"}),
    "chips-by-interconnect": (
        {"interconnect": "NVLink"},
        1,
        {"chip": "sti:A100", "version": "sti:NVLink3", "maker": "sti:NVIDIA"},
    ),
    "chips-by-type": ({"type": "npu"}, 1, {"chip": "sti:Ascend910", "maker": "sti:Huawei"}),
    "city-profile": ({"city": "深圳"}, 6, {"kind": "st:Ranking", "what": "城市算力排行", "period": "2019", "rank": 3}),
    "class-counts": ({}, 8, {"class": "st:Entity", "things": 10}),
    "co-mentions": ({"thing": "浪潮"}, 4, {"other": "sti:NVIDIA", "times": 2}),
    "compute-by-place": ({}, 1, {"about": "sti:China", "value": 120, "unit": "EFLOPS"}),
    "conflict-candidates": ({}, 1, {"low": 26 * B // 10, "high": 3 * B, "period": "2020", "place": "sti:China"}),
    "consortium-members": ({}, 2, {"consortium": "sti:OpenCompute", "member": "sti:Huawei"}),
    "documents-overview": ({}, 2, {"issued": "2020-12-01", "claims": 6, "figures": 6, "ranks": 7}),
    "doubtful-claims": ({}, 2, {"rule": "in-place", "object": "sti:Hangzhou"}),
    "figures-by-place": ({"place": "中国"}, 7, {"metric": "stm:growthRate", "value": 25}),
    "figures-by-publisher": ({"by": "IDC"}, 3, {"period": "2019", "value": 2 * B}),
    "figures-of": ({"thing": "A100"}, 2, {"metric": "stm:bandwidth", "value": 600}),
    "figures-without-period": ({}, 3, {"about": "sti:A100", "value": 600}),
    "figures-without-place": ({}, 1, {"about": "sti:Inspur", "value": 52}),
    "forecast-only": ({}, 1, {"about": "sti:Huawei", "forecasts": 1, "until": 2025}),
    "forecast-vs-actual": ({}, 1, {"forecast": 61 * B // 10, "actual": 7 * B, "unit": "USD"}),
    "forecasts": ({"from": "2025"}, 1, {"about": "sti:Huawei", "value": B // 2}),
    "growth-leaders": ({}, 2, {"about": "sti:AIServer", "value": 25}),
    "hubs": ({"class": "Organization"}, 6, {"thing": "sti:Huawei", "claims": 4}),
    "industry-adoption": ({}, 1, {"industry": "sti:Health", "value": 45}),
    "industry-technologies": ({}, 1, {"industry": "sti:Health", "technology": "sti:Vision"}),
    "industry-use-cases": ({"industry": "医疗"}, 1, {"useCase": "sti:Imaging"}),
    "interconnect-bandwidth": ({}, 1, {"about": "sti:A100", "value": 600}),
    "interconnect-family": ({}, 3, {"interconnect": "sti:CXL", "relation": "st:basedOn", "other": "sti:PCIe5_0"}),
    "investment-figures": ({}, 1, {"about": "sti:Huawei", "place": "sti:Hangzhou", "value": B // 2}),
    "investments": ({}, 1, {"investor": "sti:Huawei", "target": "sti:Hangzhou"}),
    "known-as-of": ({"thing": "人工智能服务器", "year": "2021"}, 3, {"issued": "2020-12-01", "period": "2019"}),
    "made-by": ({"thing": "Ascend 910"}, 2, {"maker": "sti:Huawei", "location": "sti:China"}),
    "makers": ({"class": "芯片"}, 2, {"maker": "sti:Huawei", "thing": "sti:Ascend910"}),
    "market-shares": ({}, 1, {"whole": "sti:AIServer", "about": "sti:Inspur", "value": 52}),
    "market-size": ({}, 6, {"market": "sti:AIServer", "period": "2019", "value": 2 * B}),
    "metric-coverage": ({}, 8, {"metric": "stm:marketSize", "figures": 6, "first": 2019, "last": 2024}),
    "most-mentioned": ({"class": "Vendor"}, 4, {"thing": "sti:Huawei", "passages": 3}),
    "partners": ({"of": "英伟达"}, 1, {"a": "sti:NVIDIA", "b": "sti:Inspur"}),
    "parts-of": ({"whole": "浪潮"}, 1, {"part": "sti:InspurCloud"}),
    "policies-by-place": ({}, 1, {"place": "sti:Shenzhen", "policy": "sti:AIPlan", "publisher": "sti:MIIT"}),
    "products-of": ({"maker": "NVIDIA"}, 1, {"thing": "sti:A100", "class": "st:Chip"}),
    "publications": ({}, 1, {"publisher": "sti:MIIT", "role": "st:publishes", "work": "sti:AIPlan"}),
    "publishers": ({}, 1, {"saidBy": "sti:IDC", "figures": 3, "forecasts": 1}),
    "rank-history": ({"item": "深圳"}, 2, {"period": "2019", "rank": 3}),
    "rank-leaders": ({}, 2, {"period": "2019", "item": "sti:Beijing", "place": "sti:China"}),
    "rank-movers": ({}, 3, {"item": "sti:Shenzhen", "before": 3, "after": 2, "won": 1}),
    "rank-newcomers": ({"year": "2020"}, 1, {"item": "sti:Jinan", "rank": 4}),
    "rank-table": ({"year": "2020"}, 4, {"item": "sti:Beijing", "rank": 1}),
    "relations-between": ({"a": "英伟达", "b": "浪潮"}, 1, {"subject": "sti:Inspur", "relation": "st:partnersWith"}),
    "repeated-figures": ({}, 1, {"period": "2019", "value": 2 * B, "documents": 2}),
    "rule-yield": ({}, 18, {"rule": "amount", "facts": 15}),
    "shares-by-half-year": ({}, 1, {"period": "2020-H1", "about": "sti:Inspur", "value": 52}),
    "shrinking": ({}, 1, {"about": "sti:NF5488", "value": -14}),
    "top-chips": ({}, 2, {"chip": "sti:A100", "value": 40, "maker": "sti:NVIDIA"}),
    "users-of": ({}, 1, {"product": "sti:NF5488", "user": "sti:Shenzhen"}),
    "vendor-places": ({"place": "中国"}, 3, {"organization": "sti:Huawei"}),
}


def test_there_are_many_and_each_has_a_checked_answer() -> None:
    assert len(NAMES) >= 30
    assert sorted(ANSWERS) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_answer(name: str) -> None:
    given, count, first = ANSWERS[name]
    with open_graph(kb()) as graph:
        rows = graph.question(name, ontology=ONTOLOGY, **given)
    assert len(rows) == count, list(rows)
    got = {key: readable(v) if isinstance(v, str) else v for key, v in rows[0].items()}
    assert {key: got[key] for key in first} == first


@pytest.mark.parametrize("name", NAMES)
def test_a_graph_without_facts_gives_no_rows(name: str) -> None:
    given, _, _ = ANSWERS[name]
    known_by_the_lexicon = {
        "interconnect-family",
        "parts-of",
        "chips-by-type",
        "makers",
        "products-of",
        "city-profile",
        "vendor-places",
    }
    with open_graph(workspace() / "empty") as graph:
        rows = graph.question(name, ontology=ONTOLOGY, **given)
    if name == "documents-overview":
        assert [row["figures"] for row in rows] == [0]
    elif name not in known_by_the_lexicon:
        assert list(rows) == []


@pytest.mark.parametrize("name", NAMES)
def test_each_file_is_a_valid_query_by_itself(name: str) -> None:
    question = get(ONTOLOGY, name)
    assert parse_message(question.text) is None
    assert "FILTER NOT EXISTS" not in question.text
    assert all(p.description for p in question.parameters)


# ---- parameters ------------------------------------------------------------------------------------------------------


def _bind(name: str, **given: str) -> str:
    return bind(get(ONTOLOGY, name), given, lambda thing: f"http://x/{thing}", lambda cls: f"http://x/{cls}")


def test_a_default_stays_open_or_is_filled_in() -> None:
    assert "VALUES ?market" not in _bind("market-size")
    assert 'VALUES ?unit { "USD" }' in _bind("biggest-figures")
    assert "VALUES ?class { <http://x/Entity> }" in _bind("makers")


@pytest.mark.parametrize("evil", ['" } DROP ALL #', "\\", '"""', "a\nb", "} UNION { ?s ?p ?o", "?x", "'"])
def test_text_cannot_leave_its_quotes(evil: str) -> None:
    text = _bind("biggest-figures", unit=evil)
    assert parse_message(text) is None
    with open_graph(kb()) as graph:
        assert list(graph.question("biggest-figures", ontology=ONTOLOGY, unit=evil)) == []


@pytest.mark.parametrize("evil", ["> } UNION { ?s ?p ?o", "a b", "x>", "\n"])
def test_an_iri_cannot_leave_its_brackets(evil: str) -> None:
    with pytest.raises(QueryError):
        _bind("figures-of", thing=evil)


@pytest.mark.parametrize(
    ("name", "given", "words"),
    [
        ("figures-of", {}, "figures-of needs thing=…"),
        ("figures-of", {"thing": "A", "colour": "red"}, "no parameter 'colour'"),
        ("rank-newcomers", {"year": "20x0"}, "not a year"),
        ("known-as-of", {"thing": "A", "year": "soon"}, "not a whole number"),
    ],
)
def test_wrong_parameters_say_what_is_wrong(name: str, given: dict[str, str], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        _bind(name, **given)


def test_an_unknown_question_names_the_nearest() -> None:
    with pytest.raises(UsageError, match="rank-movers"):
        get(ONTOLOGY, "rank-mover")
    with pytest.raises(UsageError, match="--list"):
        get(ONTOLOGY, "../suantu")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("SELECT * {}", "title zh|title en|description"),
        ("# title zh: a\n# title en: b\n# description: c\n# param x", "cannot read"),
        ("# title zh: a\n# title en: b\n# description: c\n# param x colour – d\nVALUES ?x { 1 }", "type 'colour'"),
        ("# title zh: a\n# title en: b\n# description: c\n# param x text – d\nSELECT * {}", "has no 'VALUES"),
    ],
)
def test_a_bad_head_is_refused(text: str, words: str) -> None:
    with pytest.raises(OntologyError, match=words):
        parse("mine", text)


# ---- terms and changes -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("local", ["Inspur", "vendor/云岭芯科技", "PCIe5_0", "vendor/A%2FB", "vendor/a%20b"])
def test_readable_iris_lead_back(local: str) -> None:
    iri = full(f"sti:{local}")
    assert iri.isascii()
    assert full(readable(iri)) == iri


def test_readable_undoes_the_percent_encoding() -> None:
    assert readable("https://w3id.org/suantu/id/vendor/%E4%BA%91") == "sti:vendor/云"
    assert readable("https://example.org/x") == "https://example.org/x"


@pytest.mark.parametrize("name", ["浪潮", "A100", "Vendor:浪潮", "", "foo:bar"])
def test_a_name_is_no_iri(name: str) -> None:
    assert full(name) == ""


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("SELECT * { ?s ?p ?o }", "SELECT * { ?s ?p ?o }\nLIMIT 2\n"),
        ("SELECT * { ?s ?p ?o } LIMIT 9", "SELECT * { ?s ?p ?o } LIMIT 2"),
        ("SELECT * { ?s ?p ?o } LIMIT 1", "SELECT * { ?s ?p ?o } LIMIT 1"),
        ("SELECT * { { SELECT * { ?s ?p ?o } LIMIT 9 } }", "SELECT * { { SELECT * { ?s ?p ?o } LIMIT 9 } }\nLIMIT 2\n"),
        ("SELECT * { ?s ?p ?o } VALUES ?s { 1 }", "SELECT * { ?s ?p ?o } \nLIMIT 2\nVALUES ?s { 1 }"),
        ("SELECT * { ?s ?p ?o } # end", "SELECT * { ?s ?p ?o } # end\nLIMIT 2\n"),
    ],
)
def test_limited(query: str, wanted: str) -> None:
    assert limited(query, 2) == wanted
    assert parse_message(wanted) is None


def test_without_the_inferred_graph() -> None:
    query = "SELECT ?p WHERE { sti:Inspur st:locatedIn ?p } ORDER BY ?p"
    with open_graph(kb()) as graph:
        assert len(graph.select(query)) == 2
        assert {readable(r["p"]) for r in graph.select(without_graph(graph.endpoint, query))} == {"sti:Jinan"}
        with pytest.raises(UsageError, match="FROM"):
            without_graph(graph.endpoint, "SELECT * FROM <http://x/> WHERE { ?s ?p ?o }")


def test_values_escape_their_terms() -> None:
    assert one_of("x", ["http://x/a"]) == "VALUES ?x { <http://x/a> }"
    assert Term("literal", 'a"b').sparql() == '"a\\"b"'


def test_a_missing_folder_has_no_questions(tmp_path: Path) -> None:
    assert load(tmp_path) == []
    with pytest.raises(SuantuError):
        get(tmp_path, "market-size")
