"""The vocabulary, the shapes and the lexicon: they parse, agree with the contract and with themselves."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from rdflib import OWL, RDF, RDFS, SKOS
from rdflib.namespace import QB

ROOT = Path(__file__).resolve().parents[1]
ONTOLOGY = ROOT / "ontology"
CONTRACT = ROOT.parent / "shared" / "vocabulary.md"
ST = rdflib.Namespace("https://w3id.org/suantu/ontology#")
STI = rdflib.Namespace("https://w3id.org/suantu/id/")
FILES = sorted(ONTOLOGY.rglob("*.ttl"))
LEXICON = sorted((ONTOLOGY / "lexicon").glob("*.ttl"))

# A label may name only one thing of each group.
GROUPS = {
    "Organization": {"Organization", "Vendor", "ResearchInstitution", "GovernmentBody", "Consortium"},
    "Place": {"Place", "Country", "Region", "City"},
    "Chip": {"Chip", "ChipType"},
    "Interconnect": {"Interconnect"},
    "Product": {"Product", "Server"},
    "AIModel": {"AIModel"},
    "Technology": {"Technology"},
    "UseCase": {"UseCase"},
    "Industry": {"Industry"},
    "Market": {"Market"},
    "Standard": {"Standard", "Benchmark"},
    "Policy": {"Policy", "Report"},
}


def local(iri: object) -> str:
    return str(iri).rsplit("#", 1)[-1].rsplit("/", 1)[-1]


def load(*names: str) -> rdflib.Graph:
    graph = rdflib.Graph()
    for name in names:
        graph.parse(ONTOLOGY / name, format="turtle")
    return graph


@pytest.fixture(scope="module")
def vocabulary() -> rdflib.Graph:
    return load("suantu.ttl")


@pytest.fixture(scope="module")
def lexicon() -> dict[str, rdflib.Graph]:
    return {path.stem: load(f"lexicon/{path.name}") for path in LEXICON}


@pytest.fixture(scope="module")
def merged(lexicon: dict[str, rdflib.Graph]) -> rdflib.Graph:
    graph = rdflib.Graph()
    for part in lexicon.values():
        for triple in part:
            graph.add(triple)
    return graph


def languages(graph: rdflib.Graph, term: rdflib.URIRef, prop: rdflib.URIRef) -> set[str | None]:
    return {o.language for o in graph.objects(term, prop) if isinstance(o, rdflib.Literal) and str(o).strip()}


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_two_parsers_read_the_same_number_of_triples(path: Path) -> None:
    ours = {(q.subject, q.predicate, q.object) for q in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE)}
    assert len(rdflib.Graph().parse(path, format="turtle")) == len(ours) > 0


def test_every_term_of_the_contract_is_defined(vocabulary: rdflib.Graph) -> None:
    if not CONTRACT.exists():
        pytest.skip("the vocabulary contract is not beside this checkout")
    names = set(re.findall(r"\bst:([A-Za-z0-9]+)", CONTRACT.read_text(encoding="utf8")))
    assert len(names) > 60
    missing = [n for n in sorted(names) if (ST[n], RDF.type, None) not in vocabulary]
    assert missing == []


def test_every_term_is_labelled_and_defined_in_both_languages(vocabulary: rdflib.Graph) -> None:
    terms = {s for s in vocabulary.subjects() if str(s).startswith(str(ST))}
    assert len(terms) > 80
    for term in sorted(terms):
        assert {"zh", "en"} <= languages(vocabulary, term, RDFS.label), term
        assert {"zh", "en"} <= languages(vocabulary, term, SKOS.definition), term


def test_every_class_and_property_named_is_declared(vocabulary: rdflib.Graph) -> None:
    declared = {s for s in vocabulary.subjects(RDF.type) if str(s).startswith(str(ST))}
    used = {t for triple in vocabulary for t in triple if str(t).startswith(str(ST))}
    assert sorted(used - declared) == []


def test_superclasses_lead_to_entity(vocabulary: rdflib.Graph) -> None:
    for name in set().union(*GROUPS.values()):
        assert ST.Entity in set(vocabulary.transitive_objects(ST[name], RDFS.subClassOf)), name
    for name in ("Industry", "UseCase", "Technology", "Metric", "Unit"):
        assert (ST[name], RDFS.subClassOf, SKOS.Concept) in vocabulary


def test_inverse_symmetric_transitive(vocabulary: rdflib.Graph) -> None:
    assert (ST.makes, OWL.inverseOf, ST.madeBy) in vocabulary
    assert (ST.partnersWith, RDF.type, OWL.SymmetricProperty) in vocabulary
    transitive = set(vocabulary.subjects(RDF.type, OWL.TransitiveProperty))
    assert transitive == {ST.versionOf, ST.partOf, ST.locatedIn}


def test_the_cube_structure_is_sound(vocabulary: rdflib.Graph) -> None:
    kinds = {"dimension": QB.DimensionProperty, "measure": QB.MeasureProperty, "attribute": QB.AttributeProperty}
    found = defaultdict(set)
    for component in vocabulary.objects(STI.structure, QB.component):
        for kind, cls in kinds.items():
            for prop in vocabulary.objects(component, QB[kind]):
                found[kind].add(prop)
                if str(prop).startswith(str(ST)):
                    assert (prop, RDF.type, cls) in vocabulary, prop
        optional = rdflib.Literal(False) in set(vocabulary.objects(component, QB.componentRequired))
        assert not optional or list(vocabulary.objects(component, QB.attribute))
    assert found["dimension"] == {ST.metric, ST.about, ST.fact}
    assert found["measure"] == {ST.value}
    assert all((p, RDFS.range, None) in vocabulary for p in found["dimension"] | found["measure"])
    assert (STI.observations, QB.structure, STI.structure) in vocabulary


def test_lexicon_classes_and_properties_exist(vocabulary: rdflib.Graph, merged: rdflib.Graph) -> None:
    used = {p for p in merged.predicates() if str(p).startswith(str(ST))}
    used |= {c for c in merged.objects(None, RDF.type) if str(c).startswith(str(ST))}
    assert [t for t in sorted(used) if (t, RDF.type, None) not in vocabulary] == []


def test_one_thing_stands_in_one_file(lexicon: dict[str, rdflib.Graph]) -> None:
    homes = defaultdict(set)
    for name, graph in lexicon.items():
        for subject in graph.subjects():
            homes[subject].add(name)
    assert {local(s): sorted(v) for s, v in homes.items() if len(v) > 1} == {}


def test_no_label_is_shared_within_a_class_group(merged: rdflib.Graph) -> None:
    owners: dict[tuple[str, str], set[str]] = defaultdict(set)
    for prop in (SKOS.prefLabel, SKOS.altLabel):
        for subject, label in merged.subject_objects(prop):
            key = unicodedata.normalize("NFKC", str(label)).casefold()
            classes = {local(c) for c in merged.objects(subject, RDF.type)}
            for group, members in GROUPS.items():
                if classes & members:
                    owners[group, key].add(local(subject))
    assert {k: sorted(v) for k, v in owners.items() if len(v) > 1} == {}


def test_every_ambiguous_label_is_a_label(merged: rdflib.Graph) -> None:
    for subject, label in merged.subject_objects(ST.ambiguousLabel):
        labels = {*merged.objects(subject, SKOS.prefLabel), *merged.objects(subject, SKOS.altLabel)}
        assert label in labels, f"{local(subject)}: {label}"


def test_labels_are_trimmed_and_one_preferred_for_each_language(merged: rdflib.Graph) -> None:
    preferred = defaultdict(list)
    for subject, label in merged.subject_objects(SKOS.prefLabel):
        preferred[subject, label.language].append(str(label))
    assert {k: v for k, v in preferred.items() if len(v) > 1} == {}
    for prop in (SKOS.prefLabel, SKOS.altLabel):
        assert [str(o) for o in merged.objects(None, prop) if str(o) != str(o).strip() or not o.language] == []


@pytest.mark.parametrize(
    ("cls", "least"),
    [
        ("City", 440),
        ("Country", 190),
        ("Region", 150),
        ("Industry", 60),
        ("UseCase", 200),
        ("Technology", 120),
        ("Market", 60),
    ],
)
def test_enough_of_each_class(merged: rdflib.Graph, cls: str, least: int) -> None:
    assert len(set(merged.subjects(RDF.type, ST[cls]))) >= least


def test_enough_standards_and_benchmarks(merged: rdflib.Graph) -> None:
    both = {*merged.subjects(RDF.type, ST.Standard), *merged.subjects(RDF.type, ST.Benchmark)}
    assert len(both) >= 50


def test_places_lead_to_the_world_or_to_china(lexicon: dict[str, rdflib.Graph]) -> None:
    china, world = lexicon["places-china"], lexicon["places-world"]
    assert set(china.transitive_objects(STI.Shenzhen, ST.locatedIn)) == {STI.Shenzhen, STI.Guangdong, STI.China}
    for place in (STI.SanFrancisco, STI.Bangalore, STI.France, STI.China):
        assert STI.World in set(world.transitive_objects(place, ST.locatedIn))


def test_every_place_named_exists(merged: rdflib.Graph) -> None:
    places = {s for s, c in merged.subject_objects(RDF.type) if local(c) in GROUPS["Place"]}
    assert sorted(local(o) for o in merged.objects(None, ST.locatedIn) if o not in places) == []


@pytest.mark.parametrize(
    ("label", "iri"),
    [
        ("西安", "Xian"),
        ("Xi'an", "Xian"),
        ("Xi’an", "Xian"),
        ("吉林", "JilinProvince"),
        ("吉林市", "Jilin"),
        ("大湾区", "GreaterBayArea"),
        ("U.S.", "UnitedStates"),
        ("AI servers", "AIServerMarket"),
        ("制造业", "ManufacturingIndustry"),
        ("智慧工厂", "SmartFactory"),
        ("OCP加速器模块", "OAM"),
    ],
)
def test_labels_lead_to_their_things(merged: rdflib.Graph, label: str, iri: str) -> None:
    things = {
        local(s) for p in (SKOS.prefLabel, SKOS.altLabel) for s, o in merged.subject_objects(p) if str(o) == label
    }
    assert things == {iri}


PREFIXES = """
@prefix st: <https://w3id.org/suantu/ontology#> .
@prefix sti: <https://w3id.org/suantu/id/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix oa: <http://www.w3.org/ns/oa#> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix qb: <http://purl.org/linked-data/cube#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix sdmx-attribute: <http://purl.org/linked-data/sdmx/2009/attribute#> .
@prefix sdmx-code: <http://purl.org/linked-data/sdmx/2009/code#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
GOOD = f"""{PREFIXES}
sti:m a st:Metric ; skos:prefLabel "市场规模"@zh .
sti:u a st:Unit ; skos:prefLabel "美元"@zh ; skos:notation "USD" .
sti:A a st:Vendor , st:Organization , st:Entity ; skos:prefLabel "甲"@zh ; st:makes sti:B ; st:mentionedIn sti:p .
sti:B a st:Chip , st:Entity ; skos:prefLabel "乙"@zh ; st:ambiguousLabel "乙"@zh .
sti:China a st:Country , st:Place , st:Entity ; skos:prefLabel "中国"@zh .
sti:d a st:Document ; st:sha256 "{"0" * 64}" ; dcterms:title "t" .
sti:p a st:Passage ; oa:exact "甲发布乙" ; oa:start 3 ; oa:end 7 ; dcterms:isPartOf sti:d .
sti:c a st:Claim ; rdf:subject sti:A ; rdf:predicate st:makes ; rdf:object sti:B ;
    st:foundBy "r" ; st:confidence 0.9 ; prov:wasDerivedFrom sti:p .
sti:o a st:Observation ; qb:dataSet sti:observations ; st:fact "o" ; st:metric sti:m ; st:about sti:B ;
    st:place sti:China ; st:period "2019/2024" ; st:year "2024"^^xsd:gYear ; st:value 6.0 ; st:lowerValue 5.0 ;
    st:upperValue 7.0 ; st:valueText "5至7" ; st:unit sti:u ; st:status st:Forecast ; st:bound "=" ;
    sdmx-attribute:obsStatus sdmx-code:obsStatus-F ; st:foundBy "r" ; prov:wasDerivedFrom sti:p .
sti:r a st:Ranking ; rdfs:label "榜" ; st:period "2020-H1" .
sti:e a st:RankingEntry ; st:inRanking sti:r ; st:rank 1 ; st:item sti:A ; st:foundBy "r" ; prov:wasDerivedFrom sti:p .
"""
FLAWS = [
    ("st:makes sti:B", "st:makes sti:China", "Warning"),
    ('st:ambiguousLabel "乙"', 'st:ambiguousLabel "丙"', "Violation"),
    ("oa:start 3", "oa:start 9", "Violation"),
    ('st:bound "="', 'st:bound "≈"', "Violation"),
    ('"2019/2024"', '"2019-2024"', "Violation"),
    ("st:Forecast", "st:Maybe", "Violation"),
    ("st:lowerValue 5.0 ;", "", "Violation"),
    ("st:lowerValue 5.0", "st:lowerValue 6.5", "Violation"),
    ("st:value 6.0", "st:value 6", "Violation"),
    ('st:fact "o" ;', "", "Violation"),
    ("st:rank 1", "st:rank 0", "Violation"),
    ("rdf:predicate st:makes", "rdf:predicate st:likes", "Violation"),
    ("st:confidence 0.9", "st:confidence 1.9", "Violation"),
    ('skos:notation "USD"', 'skos:altLabel "$"', "Violation"),
    ("dcterms:isPartOf sti:d", "dcterms:isPartOf sti:q", "Violation"),
    ('rdfs:label "榜" ;', "", "Violation"),
]


@pytest.fixture(scope="module")
def shapes() -> rdflib.Graph:
    return load("shapes.ttl")


def severities(data: str, shapes: rdflib.Graph) -> set[str]:
    pyshacl = pytest.importorskip("pyshacl", reason="the shacl extra is not installed")
    graph = rdflib.Graph().parse(data=data, format="turtle")
    _, results, _ = pyshacl.validate(graph, shacl_graph=shapes)
    return {local(s) for s in results.objects(None, rdflib.URIRef("http://www.w3.org/ns/shacl#resultSeverity"))}


def test_a_good_graph_has_no_results(shapes: rdflib.Graph) -> None:
    assert severities(GOOD, shapes) == set()


@pytest.mark.parametrize(("right", "wrong", "severity"), FLAWS, ids=[f[0] for f in FLAWS])
def test_each_flaw_is_found(shapes: rdflib.Graph, right: str, wrong: str, severity: str) -> None:
    assert right in GOOD
    assert severities(GOOD.replace(right, wrong, 1), shapes) == {severity}
