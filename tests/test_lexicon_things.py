"""The lexicon of organizations, chips, interconnects, products and models: it parses, and its names are sound."""

import unicodedata
from collections import Counter, defaultdict
from pathlib import Path

import pyoxigraph
import pytest
import rdflib

LEXICON = Path(__file__).parent.parent / "ontology" / "lexicon"
ST = "https://w3id.org/suantu/ontology#"
STI = "https://w3id.org/suantu/id/"
SKOS = "http://www.w3.org/2004/02/skos/core#"
RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"

FILES = ("organizations", "institutions", "chips", "interconnects", "products", "ai-models")
# Classes whose things must not share a name: a name in a text could not be settled between them.
GROUPS = {
    "Organization": "organization",
    "Vendor": "organization",
    "ResearchInstitution": "organization",
    "GovernmentBody": "organization",
    "Consortium": "organization",
    "Chip": "chip",
    "ChipType": "chip",
    "Interconnect": "interconnect",
    "Product": "product",
    "Server": "product",
    "AIModel": "model",
}
AT_LEAST = {
    "Vendor": 200,
    "Organization": 60,
    "ResearchInstitution": 100,
    "GovernmentBody": 40,
    "Consortium": 40,
    "Chip": 180,
    "ChipType": 20,
    "Interconnect": 60,
    "Product": 120,
    "Server": 20,
    "AIModel": 80,
}


def fold(label: str) -> str:
    return unicodedata.normalize("NFKC", label).casefold()


def triples(names: tuple[str, ...] = FILES) -> list[pyoxigraph.Triple]:
    found = []
    for name in names:
        data = (LEXICON / f"{name}.ttl").read_bytes()
        found += [quad.triple for quad in pyoxigraph.parse(data, format=pyoxigraph.RdfFormat.TURTLE)]
    return found


@pytest.fixture(scope="module")
def facts() -> list[pyoxigraph.Triple]:
    return triples()


def classes(facts: list[pyoxigraph.Triple]) -> dict[str, str]:
    """The class of each thing; the first, where it has two (an interconnect that is a standard too)."""
    found: dict[str, str] = {}
    for t in facts:
        if t.predicate.value == RDF_TYPE:
            found.setdefault(t.subject.value, t.object.value.removeprefix(ST))
    return found


def labels(facts: list[pyoxigraph.Triple], *properties: str) -> dict[str, set[tuple[str, str]]]:
    found = defaultdict(set)
    for t in facts:
        if t.predicate.value in properties:
            found[t.subject.value].add((t.object.value, t.object.language))
    return found


@pytest.mark.parametrize("name", FILES)
def test_both_parsers_read_the_same(name):
    graph = rdflib.Graph().parse(LEXICON / f"{name}.ttl", format="turtle")
    assert len(graph) == len(set(triples((name,)))) > 0


def test_enough_things_of_every_class(facts):
    counts = Counter(classes(facts).values())
    assert set(counts) == set(AT_LEAST)
    assert {cls: n for cls, n in counts.items() if n < AT_LEAST[cls]} == {}


def test_every_thing_has_one_preferred_chinese_name(facts):
    preferred = labels(facts, SKOS + "prefLabel")
    for thing in classes(facts):
        languages = sorted(language for _, language in preferred[thing])
        assert languages in (["zh"], ["en", "zh"]), thing


def test_no_two_things_of_a_class_group_share_a_name(facts):
    group = {thing: GROUPS[cls] for thing, cls in classes(facts).items()}
    owners = defaultdict(set)
    for thing, names in labels(facts, SKOS + "prefLabel", SKOS + "altLabel").items():
        for name, _ in names:
            owners[group[thing], fold(name).replace(" ", "")].add(thing)
    assert {key: things for key, things in owners.items() if len(things) > 1} == {}


def test_an_ambiguous_label_is_a_label(facts):
    names = labels(facts, SKOS + "prefLabel", SKOS + "altLabel")
    for thing, ambiguous in labels(facts, ST + "ambiguousLabel").items():
        assert ambiguous <= names[thing], thing


def test_makers_and_other_things_spoken_of_exist(facts):
    known = set(classes(facts))
    within = {
        ST + name for name in ("madeBy", "hasChipType", "versionOf", "basedOn", "connects", "supportsInterconnect")
    }
    missing = {t.object.value for t in facts if t.predicate.value in within and t.object.value not in known}
    assert missing == set()


def test_only_organizations_make_things(facts):
    group = {thing: GROUPS[cls] for thing, cls in classes(facts).items()}
    makers = {t.object.value for t in facts if t.predicate.value == ST + "madeBy"}
    assert {maker for maker in makers if group[maker] != "organization"} == set()


@pytest.mark.parametrize(
    ("thing", "cls", "name"),
    [
        ("Inspur", "Vendor", "浪潮信息"),
        ("IDC", "Organization", "国际数据公司"),
        ("NDRC", "GovernmentBody", "国家发改委"),
        ("A100", "Chip", "A100"),
        ("GPU", "ChipType", "图形处理器"),
        ("NVLink4", "Interconnect", "fourth-generation NVLink"),
        ("PCIe5_0", "Interconnect", "PCI Express 5.0"),
        ("GPT3", "AIModel", "GPT-3"),
    ],
)
def test_well_known_things(facts, thing, cls, name):
    assert classes(facts)[STI + thing] == cls
    assert name in {label for label, _ in labels(facts, SKOS + "prefLabel", SKOS + "altLabel")[STI + thing]}
