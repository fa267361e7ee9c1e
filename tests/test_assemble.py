"""Records become exactly the shapes of the vocabulary."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st
from rdflib.compare import isomorphic

import graph_samples as samples
from suantu import kept
from suantu.border.assemble import last_year, quads
from suantu.border.lines import decimal_text
from suantu.border.ontograph import ontology_graph
from suantu.border.vocab import PREFIXES, document_iri, expand, prefix_header, shorten
from suantu.records import Extraction, Observation, Span

PARENTS = {"Vendor": ("Organization", "Entity", "https://schema.org/Organization"), "Server": ("Product", "Entity")}
KNOWN = {samples.INSPUR.iri: frozenset({"Vendor", "Organization", "Entity", "https://schema.org/Organization"})}
UNITS = {"USD": "https://w3id.org/suantu/unit/USD"}
DOC = samples.document(title="液冷报告", issued="2021-05", publisher="某研究院", pages=(0, 30))


def triples(extraction: Extraction) -> list[tuple[str, str, str]]:
    made = quads(extraction, "1.2", PARENTS, units=UNITS, known=KNOWN)
    return [tuple(_short(t) for t in quad.triple) for quad in made]


def _short(term) -> str:
    if isinstance(term, ox.NamedNode):
        return shorten(term.value)
    kind = shorten(term.datatype.value)
    return term.value + (f"@{term.language}" if term.language else "" if kind == "xsd:string" else f"^^{kind}")


def about(extraction: Extraction, kind: str) -> dict[str, set[str]]:
    """Predicate → objects of the one node of class ``kind``."""
    all_triples = triples(extraction)
    (node,) = {s for s, p, o in all_triples if (p, o) == ("rdf:type", kind)}
    out: dict[str, set[str]] = {}
    for s, p, o in all_triples:
        if s == node:
            out.setdefault(p, set()).add(o)
    return out


def test_document_says_what_it_is_and_who_read_it():
    key = DOC.sha256[:16]
    assert about(samples.extract(DOC), "st:Document") == {
        "rdf:type": {"st:Document", "prov:Entity"},
        "st:sha256": {DOC.sha256},
        "dcterms:title": {"液冷报告@zh"},
        "dcterms:issued": {"2021-05^^xsd:gYearMonth"},
        "dcterms:publisher": {"某研究院"},
        "dcterms:language": {"zh"},
        "st:looseFigure": {f"sti:loose/{key}/{DOC.text.index('7项')}-{DOC.text.index('7项') + 3}"},
    }
    assert (f"sti:reading/{key}", "prov:wasAssociatedWith", "sti:software/suantu-1.2") in triples(samples.extract(DOC))


def test_a_claim_states_its_triple_and_where_it_was_read():
    extraction = samples.extract(DOC)
    extraction = dataclasses.replace(extraction, claims=extraction.claims[:1])
    passage = f"sti:passage/{DOC.sha256[:16]}/7-22"
    assert about(extraction, "st:Claim") == {
        "rdf:type": {"st:Claim", "rdf:Statement"},
        "rdf:subject": {"sti:Inspur"},
        "rdf:predicate": {"st:makes"},
        "rdf:object": {"sti:product/y9000"},
        "st:foundBy": {"launch"},
        "st:confidence": {"0.9^^xsd:decimal"},
        "prov:wasDerivedFrom": {passage},
    }
    assert ("sti:Inspur", "st:makes", "sti:product/y9000") in triples(extraction)
    assert DOC.text[7:22] == "浪潮去年推出了Y9000服务器"


def test_equal_claims_are_one_with_all_rules_passages_and_the_best_confidence():
    extraction = samples.extract(DOC)
    first = extraction.claims[0]
    again = dataclasses.replace(first, evidence=extraction.mentions[2][1], found_by="again", confidence=Decimal("0.95"))
    merged = about(dataclasses.replace(extraction, claims=(first, again)), "st:Claim")
    assert merged["st:foundBy"] == {"launch", "again"}
    assert merged["st:confidence"] == {"0.95^^xsd:decimal"}
    assert len(merged["prov:wasDerivedFrom"]) == 2


def test_an_observation_has_every_part_of_the_cube():
    found = about(samples.extract(DOC), "st:Observation")
    (key,) = found.pop("st:fact")
    (passage,) = found.pop("prov:wasDerivedFrom")
    assert passage.startswith(f"sti:passage/{DOC.sha256[:16]}/")
    assert len(key) == 20
    assert found == {
        "rdf:type": {"st:Observation", "qb:Observation"},
        "qb:dataSet": {"sti:observations"},
        "st:metric": {"stm:marketSize"},
        "st:about": {samples.MARKET.iri.replace(samples.STI, "sti:")},
        "st:place": {"sti:China"},
        "st:period": {"2019/2024"},
        "st:year": {"2024^^xsd:gYear"},
        "st:value": {"6270000000^^xsd:decimal"},
        "st:valueText": {"62.7亿美元"},
        "st:unit": {"stu:USD"},
        "st:status": {"st:Forecast"},
        "sdmx-attribute:obsStatus": {"sdmx-code:obsStatus-F"},
        "st:bound": {"~"},
        "st:foundBy": {"market-size"},
        "st:confidence": {"0.9^^xsd:decimal"},
    }


def test_a_ranges_ends_its_whole_and_what_it_is_compared_with_are_told():
    extraction = samples.extract(DOC)
    one = dataclasses.replace(
        extraction.observations[0],
        lower=Decimal("5.0"),
        upper=Decimal(7),
        within=samples.MARKET,
        compared_with=samples.LENOVO,
        compared_period="2018",
        said_by=samples.INSPUR,
    )
    found = about(dataclasses.replace(extraction, observations=(one,)), "st:Observation")
    assert found["st:lowerValue"] == {"5^^xsd:decimal"}
    assert found["st:upperValue"] == {"7^^xsd:decimal"}
    assert found["st:comparedWith"] == {"sti:Lenovo"}
    assert found["st:comparedPeriod"] == {"2018"}
    assert found["st:saidBy"] == {"sti:Inspur"}


def test_equal_figures_are_one_observation_and_different_ones_are_two():
    extraction = samples.extract(DOC)
    one = extraction.observations[0]
    elsewhere = dataclasses.replace(one, evidence=extraction.mentions[0][1], value=Decimal("6270000000.0"))
    other = dataclasses.replace(one, bound=">")
    made = triples(dataclasses.replace(extraction, observations=(one, elsewhere, other)))
    nodes = [s for s, p, o in made if (p, o) == ("rdf:type", "st:Observation")]
    assert len(nodes) == 2
    assert [sum(s == n and p == "prov:wasDerivedFrom" for s, p, _ in made) for n in nodes] == [2, 1]


def test_a_ranking_is_one_node_with_its_entries():
    extraction = samples.extract(DOC)
    second = dataclasses.replace(extraction.rankings[0], rank=2, item=samples.LENOVO, tier=None)
    extraction = dataclasses.replace(extraction, rankings=(*extraction.rankings, second))
    ranking = about(extraction, "st:Ranking")
    assert ranking == {
        "rdf:type": {"st:Ranking"},
        "rdfs:label": {"服务器厂商@zh"},
        "st:period": {"2020"},
        "st:year": {"2020^^xsd:gYear"},
        "st:place": {"sti:China"},
    }
    made = triples(extraction)
    entries = {s for s, p, o in made if (p, o) == ("rdf:type", "st:RankingEntry")}
    ranks = {(o, next(x for e, q, x in made if e == s and q == "st:item")) for s, p, o in made if p == "st:rank"}
    assert len(entries) == 2
    assert ranks == {("1^^xsd:integer", "sti:Inspur"), ("2^^xsd:integer", "sti:Lenovo")}
    assert [o for _, p, o in made if p == "st:tier"] == ["1^^xsd:integer"]


def test_two_sources_of_one_ranking_stand_side_by_side():
    extraction = samples.extract(DOC)
    one = extraction.rankings[0]
    told = [dataclasses.replace(one, said_by=samples.INSPUR), dataclasses.replace(one, rank=2, item=samples.LENOVO)]
    other = dataclasses.replace(one, rank=3, said_by=samples.LENOVO)
    made = triples(dataclasses.replace(extraction, rankings=(*told, other)))
    said = {(s, o) for s, p, o in made if p == "st:saidBy" and s.startswith("sti:ranking/")}
    assert sorted(o for _, o in said) == sorted({"sti:Inspur", "sti:Lenovo"})
    assert len({s for s, _ in said}) == 2
    assert sum(p == "st:inRanking" and (o, "sti:Inspur") in said for _, p, o in made) == 2


def test_passages_quote_the_source_with_its_surroundings_section_and_page():
    made = triples(samples.extract(DOC))
    node = f"sti:passage/{DOC.sha256[:16]}/7-22"
    assert {(p, o) for s, p, o in made if s == node} == {
        ("rdf:type", "st:Passage"),
        ("rdf:type", "oa:TextQuoteSelector"),
        ("rdf:type", "oa:TextPositionSelector"),
        ("oa:exact", "浪潮去年推出了Y9000服务器"),
        ("oa:start", "7^^xsd:integer"),
        ("oa:end", "22^^xsd:integer"),
        ("oa:prefix", "第一章 概述\n"),
        ("oa:suffix", DOC.text[22:54]),
        ("dcterms:isPartOf", shorten(document_iri(DOC.sha256))),
        ("st:section", "第一章 概述"),
        ("st:page", "1^^xsd:integer"),
    }
    assert {o for _, p, o in made if p == "st:page"} == {"1^^xsd:integer", "2^^xsd:integer"}


def test_known_things_leave_labels_and_classes_to_the_ontology_and_new_ones_bring_theirs():
    made = triples(samples.extract(DOC))
    assert {p for s, p, _ in made if s == "sti:Inspur"} == {"st:mentionedIn", "st:makes", "st:partnersWith"}
    new = {(p, o) for s, p, o in made if s == "sti:product/y9000" and p != "st:mentionedIn"}
    assert new == {
        ("rdf:type", "st:Server"),
        ("rdf:type", "st:Product"),
        ("rdf:type", "st:Entity"),
        ("skos:prefLabel", "Y9000@en"),
        ("skos:altLabel", "Y9000服务器@zh"),
        ("st:foundBy", "model-in-slot"),
        ("st:confidence", "0.7^^xsd:decimal"),
    }
    market = samples.MARKET.iri.replace(samples.STI, "sti:")
    assert (market, "skos:prefLabel", "液冷服务器@zh") in made


def test_a_class_that_only_the_document_shows_stands_in_its_graph():
    extraction = samples.extract(DOC)
    also = dataclasses.replace(samples.INSPUR, classes=("Vendor", "Consortium"))
    made = triples(dataclasses.replace(extraction, mentions=((also, extraction.mentions[0][1]),), claims=()))
    assert [o for s, p, o in made if (s, p) == ("sti:Inspur", "rdf:type")] == ["st:Consortium"]


def test_loose_figures_say_why_and_where():
    found = about(samples.extract(DOC), "st:LooseFigure")
    start = DOC.text.index("第7项")
    assert found == {
        "rdf:type": {"st:LooseFigure"},
        "st:valueText": {"7"},
        "st:reason": {"no metric"},
        "prov:wasDerivedFrom": {f"sti:passage/{DOC.sha256[:16]}/{start}-{start + 6}"},
    }


def test_a_unit_that_no_lexicon_lists_still_has_its_notation():
    made = list(quads(samples.extract(DOC), "1", PARENTS))
    assert any(q.predicate.value.endswith("notation") and q.object.value == "USD" for q in made)


def test_a_lone_surrogate_is_marked_and_offsets_stay_true():
    text = "\ud800" + samples.TEXT.replace("去年", "\udc00年")
    source = samples.document(text.replace("浪潮\udc00年推出", "浪潮去年推出\udfff"))
    extraction = Extraction(source, ((samples.INSPUR, samples.extract(DOC).mentions[0][1]),), (), (), (), ())
    at = source.text.index("\udfff")
    evidence = dataclasses.replace(extraction.mentions[0][1], spans=(Span(at - 2, at + 1),))
    made = triples(dataclasses.replace(extraction, mentions=((samples.INSPUR, evidence),)))
    assert [o for _, p, o in made if p == "oa:exact"] == ["推出\ufffd"]
    assert [o for _, p, o in made if p == "rdfs:comment"] == ["U+FFFD stands for a lone surrogate of the source.@en"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("6.27E+9", "6270000000"),
        ("-14.10", "-14.1"),
        ("0E-5", "0"),
        ("-0", "0"),
        ("100", "100"),
        ("33.333333333333333333", "33.333333333333"),
        ("1E-15", "0"),
        ("0.000001", "0.000001"),
    ],
)
def test_decimals_are_canonical(value, text):
    assert decimal_text(Decimal(value)) == text


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**15), max_value=10**15))
def test_decimals_keep_their_value_in_the_store(value):
    literal = ox.Literal(decimal_text(value), datatype=ox.NamedNode(PREFIXES["xsd"] + "decimal"))
    store = ox.Store()
    store.add(ox.Quad(ox.NamedNode("x:a"), ox.NamedNode("x:b"), literal))
    assert Decimal(next(iter(store)).object.value) == value


@pytest.mark.parametrize(
    ("period", "year"),
    [("2020", "2020"), ("2020-H1", "2020"), ("2019/2024", "2024"), ("2020-06/2020-08", "2020"), ("", "")],
)
def test_the_year_of_a_period_is_its_last(period, year):
    assert last_year(period) == year


@given(st.text(min_size=1), st.text(), st.text())
def test_any_text_at_all_survives_both_parsers(text, name, section):
    source = samples.document(text, name or "x", title=name)
    thing = dataclasses.replace(samples.SERVER, label=name or "x", labels={})
    evidence = dataclasses.replace(samples.extract(DOC).mentions[0][1], spans=(Span(0, len(text)),), section=section)
    figure = Observation("count", thing, Decimal(1), text, "count", evidence, "r")
    made = list(quads(Extraction(source, ((thing, evidence),), (), (figure,), (), ()), "1", PARENTS))
    data = ox.serialize(made, format=ox.RdfFormat.N_QUADS)
    assert set(ox.parse(data, format=ox.RdfFormat.N_QUADS)) == set(made)


def test_rdflib_and_oxigraph_read_the_same_graph_back():
    made = [q.triple for q in quads(samples.extract(DOC), "1", PARENTS)]
    turtle = ox.serialize(made, format=ox.RdfFormat.TURTLE, prefixes=PREFIXES)
    once = rdflib.Graph().parse(data=turtle, format="turtle")
    twice = ox.parse(once.serialize(format="nt"), format=ox.RdfFormat.N_TRIPLES)
    assert {q.triple for q in twice} == set(made)
    again = rdflib.Graph().parse(data=ox.serialize(made, format=ox.RdfFormat.N_TRIPLES), format="nt")
    assert isomorphic(once, again)


def test_iris_do_not_depend_on_the_process():
    code = (
        "import graph_samples as s, pyoxigraph as ox, sys;from suantu.border.assemble import quads;"
        "sys.stdout.buffer.write(ox.serialize(quads(s.extract(s.document()),'1',{}),format=ox.RdfFormat.N_QUADS))"
    )
    path = os.pathsep.join([str(Path(__file__).parent), *sys.path])
    runs = [
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": path},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "77")
    ]
    assert len(set(runs)) == 1
    assert runs[0].count(b"\n") > 80


def test_the_ontology_graph_has_superclasses_and_no_inverses(tmp_path, monkeypatch):
    monkeypatch.setattr(kept, "load", lambda kind, key: None)
    ontology = samples.ontology(tmp_path)
    graph = ontology_graph(ontology)
    quads = list(ox.parse(graph.data, format=ox.RdfFormat.N_QUADS))
    shown = {" ".join(map(str, q.triple)) for q in quads}
    inspur = "<https://w3id.org/suantu/id/Inspur>"
    kind = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
    assert f"{inspur} {kind} <https://w3id.org/suantu/ontology#Organization>" in shown
    assert f"{inspur} {kind} <https://schema.org/Organization>" in shown
    assert graph.parents["Vendor"] == ("Organization", "Entity", "https://schema.org/Organization")
    assert graph.units == UNITS
    assert graph.known[samples.INSPUR.iri] == KNOWN[samples.INSPUR.iri]
    assert {q.graph_name.value for q in quads} == {"https://w3id.org/suantu/id/graph/ontology"}
    assert ontology_graph(ontology) == graph  # its blank nodes too


def test_prefixes_shorten_and_expand():
    assert shorten("https://w3id.org/suantu/ontology#makes") == "st:makes"
    assert shorten("https://example.org/x") == "https://example.org/x"
    assert expand("sti:product/a") == "https://w3id.org/suantu/id/product/a"
    assert expand("<x:y>") == "x:y"
    assert expand("https://example.org/") == "https://example.org/"
    assert "PREFIX st: <https://w3id.org/suantu/ontology#>\n" in prefix_header()
