"""``suantu check``: what is sound passes, and each thing that goes wrong is named."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner, Result

from cli_kb import ROOT, kb
from suantu.border.vocab import DCTERMS, OA, PREFIXES, PROV, QB, RDF, ST, STI, STM, expand
from suantu.check import check
from suantu.checks.arithmetic import check_arithmetic
from suantu.checks.capture import captures, loose_figures
from suantu.checks.cube import check_cube
from suantu.checks.shapes import check_shapes
from suantu.cli import cli
from suantu.stores.kb import KnowledgeBase, text_path
from suantu.stores.local import LocalEndpoint

ONTOLOGY = ROOT / "ontology"


def call(*args: str, base: Path | None = None, code: int = 0) -> Result:
    env = {"SUANTU_KB": str(base or kb()), "LC_ALL": "en_US.UTF-8"}
    result = CliRunner().invoke(cli, ["check", *args], env=env)
    assert result.exit_code == code, (args, result.exit_code, result.stdout, result.stderr)
    return result


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A knowledge base that may be spoiled."""
    shutil.copytree(kb(), tmp_path / "kb")
    return tmp_path / "kb"


def node(curie: str) -> ox.NamedNode:
    return ox.NamedNode(expand(curie))


def graph(directory: Path, change: Callable[[ox.Store], None]) -> LocalEndpoint:
    """The graph of the knowledge base, as it is after a change."""
    directory.mkdir(parents=True, exist_ok=True)
    store = ox.Store(str(directory / "changed"))
    with KnowledgeBase.open(kb()) as base:
        store.extend(base.store.quads_for_pattern(None, None, None, ox.DefaultGraph()))
    change(store)
    store.flush()
    del store
    return LocalEndpoint(directory / "changed")


def update(text: str) -> Callable[[ox.Store], None]:
    return lambda store: store.update(text, prefixes=PREFIXES)


# ---- sources ---------------------------------------------------------------------------------------------------------


def test_a_sound_knowledge_base_passes() -> None:
    text = call().stdout
    assert text.startswith("sources: checked 48 passages, all right\nshapes: checked ")
    assert "data cube: checked 16 constraints, all right" in text
    assert "算力市场报告\t6\t0\t0\t0\t100.0%" in text
    found = json.loads(call("--format", "json").stdout)
    assert (found["ok"], found["errors"], found["findings"]) == (True, 0, [])
    assert [p["name"] for p in found["parts"]] == ["sources", "shapes", "cube", "arithmetic"]


def test_a_changed_text_is_found_with_every_passage_that_it_moves(copy: Path) -> None:
    with KnowledgeBase.open(copy) as base:
        path = text_path(copy, base.find("report.txt").sha256)
    text = path.read_bytes()
    path.write_bytes("前".encode() + text)
    found = json.loads(call("--only", "sources", "--format", "json", base=copy, code=1).stdout)
    messages = [f["message"] for f in found["findings"]]
    assert "the source text was changed: another hash" in messages
    assert sum("the text says" in m for m in messages) > 10
    assert any(f["quote"] == "浪潮与英伟达合作" for f in found["findings"])
    path.write_bytes(text + b"\n")
    found = json.loads(call("--only", "sources", "--format", "json", base=copy, code=1).stdout)
    assert [f["message"] for f in found["findings"]] == ["the source text was changed: another hash"]
    path.write_bytes(b"\xff" + text)
    assert "another hash" in call("--only", "sources", base=copy, code=1).stdout
    path.unlink()
    assert "cannot be read: No such file" in call("--only", "sources", base=copy, code=1).stdout


def test_a_manifest_that_forgets_a_document_is_found(copy: Path) -> None:
    path = copy / "manifest.json"
    content = json.loads(path.read_text("utf-8"))
    content["documents"] = content["documents"][:1]
    path.write_text(json.dumps(content), "utf-8")
    text = call("--only", "sources", base=copy, code=1).stdout
    assert "the manifest does not list it" in text
    assert "belongs to no document" in text


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("DELETE { ?p oa:exact ?q } INSERT { ?p oa:exact '别的' }", "the text says '浪潮与英伟达合作'"),
        ("DELETE { ?p oa:end ?e } INSERT { ?p oa:end 99999 }", "is not within the text"),
        ("DELETE { ?p oa:start ?s } INSERT { ?p oa:start -3 }", "is not within the text"),
        ("DELETE { ?p oa:start ?s } INSERT { ?p oa:start 'three' }", "no whole numbers"),
        ("DELETE { ?p oa:prefix ?x } INSERT { ?p oa:prefix '别的' }", "differs from its prefix or suffix"),
        ("DELETE { ?p dcterms:isPartOf ?d }", "belongs to no document"),
    ],
)
def test_a_wrong_passage_is_found(tmp_path: Path, change: str, message: str) -> None:
    where = "{ ?p oa:exact ?q ; oa:start ?s ; oa:end ?e ; oa:prefix ?x ; dcterms:isPartOf ?d FILTER(?q = '浪潮与英伟达合作') }"
    endpoint = graph(tmp_path, update(f"{change} WHERE {where}"))
    with KnowledgeBase.open(kb()) as base:
        report = check(endpoint, base, ONTOLOGY, only=["sources"])
    (found,) = report.findings
    assert message in found.message
    assert report.errors == 1


def test_without_the_texts_that_part_is_skipped_and_says_so() -> None:
    with KnowledgeBase.open(kb()) as base:
        report = check(base.endpoint(), None, ONTOLOGY, only=["sources", "cube"])
    assert [(p.name, bool(p.skipped)) for p in report.parts] == [("sources", True), ("cube", False)]
    assert report.errors == 0


# ---- shapes ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("DELETE WHERE { ?o st:valueText '26亿美元' ; st:unit ?u }", "st:unit"),
        (
            "DELETE { ?o st:bound ?b } INSERT { ?o st:bound '≈' } WHERE { ?o st:valueText '26亿美元' ; st:bound ?b }",
            "st:bound",
        ),
        (
            "DELETE { ?o prov:wasDerivedFrom ?p } WHERE { ?o st:valueText '26亿美元' ; prov:wasDerivedFrom ?p }",
            "rests on no passage",
        ),
        ("INSERT { ?o st:period '2020-13' } WHERE { ?o st:valueText '26亿美元' }", "a period is 2020"),
        ("INSERT { ?o st:place sti:Inspur } WHERE { ?o st:valueText '26亿美元' }", "st:place"),
    ],
)
def test_a_violated_shape_is_a_readable_line_with_its_words(tmp_path: Path, change: str, message: str) -> None:
    found = check_shapes(graph(tmp_path, update(change)), ONTOLOGY).findings
    errors = [f for f in found if f.level == "error"]
    assert [f for f in errors if message in f.message]
    if "wasDerivedFrom" not in change:
        assert {f.quote for f in errors} == {"26亿美元"}
        assert {f.document.startswith(STI + "document/") for f in errors} == {True}


def test_an_unexpected_class_is_only_a_warning(tmp_path: Path) -> None:
    endpoint = graph(tmp_path, update("INSERT DATA { sti:Jinan st:makes sti:A100 }"))
    part = check_shapes(endpoint, ONTOLOGY)
    assert part.errors == 0
    assert [(f.level, f.node) for f in part.findings] == [("warning", STI + "Jinan")]
    assert "Organization" in part.findings[0].message


def test_one_process_finds_what_several_find(tmp_path: Path) -> None:
    change = update("DELETE { ?o st:unit ?u } WHERE { ?o st:unit ?u } ; INSERT DATA { sti:Jinan st:makes sti:A100 }")
    endpoint = graph(tmp_path, change)
    one, several = (check_shapes(endpoint, ONTOLOGY, jobs=jobs) for jobs in (1, 3))
    assert one == several
    assert one.errors == 15 * 2  # no unit, and no notation of one
    zh = check_shapes(endpoint, ONTOLOGY, "zh", jobs=2)
    assert any("单位没有符号" in f.message for f in zh.findings)


# ---- the data cube ---------------------------------------------------------------------------------------------------

OBSERVATION = "?o st:valueText '26亿美元'"


@pytest.mark.parametrize(
    ("number", "change"),
    [
        ("IC-1", f"DELETE {{ ?o qb:dataSet ?s }} WHERE {{ {OBSERVATION} ; qb:dataSet ?s }}"),
        ("IC-1", f"INSERT {{ ?o qb:dataSet sti:more }} WHERE {{ {OBSERVATION} }}"),
        ("IC-2", "DELETE WHERE { sti:observations qb:structure ?s }"),
        ("IC-2", "INSERT DATA { sti:observations qb:structure sti:more }"),
        ("IC-3", "DELETE WHERE { st:value a qb:MeasureProperty }"),
        ("IC-4", "DELETE WHERE { st:metric rdfs:range ?r }"),
        ("IC-5", "INSERT DATA { st:metric rdfs:range skos:Concept }"),
        ("IC-6", "INSERT { ?c qb:componentRequired false } WHERE { ?c qb:dimension st:about }"),
        ("IC-7", "INSERT DATA { sti:key a qb:SliceKey }"),
        ("IC-8", "INSERT DATA { sti:key a qb:SliceKey ; qb:componentProperty st:foundBy . sti:structure qb:sliceKey sti:key }"),
        ("IC-9", "INSERT DATA { sti:slice a qb:Slice }"),
        ("IC-10", "INSERT DATA { sti:slice qb:sliceStructure sti:key . sti:key qb:componentProperty st:metric }"),
        ("IC-11", f"DELETE {{ ?o st:metric ?s }} WHERE {{ {OBSERVATION} ; st:metric ?s }}"),
        ("IC-12", f"DELETE {{ ?o st:fact ?f }} INSERT {{ ?o st:fact ?g }} WHERE {{ {OBSERVATION} ; st:fact ?f . ?p st:valueText '61亿美元' ; st:fact ?g }}"),
        ("IC-13", f"DELETE {{ ?o st:status ?s }} WHERE {{ {OBSERVATION} ; st:status ?s }}"),
        ("IC-14", f"DELETE {{ ?o st:value ?s }} WHERE {{ {OBSERVATION} ; st:value ?s }}"),
        ("IC-18", "INSERT { sti:more qb:slice sti:s . sti:s qb:observation ?o } WHERE { ?o st:valueText '26亿美元' }"),
        ("IC-19", "INSERT DATA { st:metric qb:codeList sti:codes }"),
    ],
)  # fmt: skip
def test_a_broken_constraint_is_named(tmp_path: Path, number: str, change: str) -> None:
    part = check_cube(graph(tmp_path, update(change)))
    assert number in {f.message.partition(":")[0] for f in part.findings}
    assert part.errors == len(part.findings) > 0


def test_the_constraints_take_linear_time(tmp_path: Path) -> None:
    def more(store: ox.Store) -> None:
        for n in range(20_000):
            x = node(f"sti:observation/{n}")
            for p, value in (
                (RDF + "type", node("qb:Observation")), (QB + "dataSet", node("sti:observations")),
                (ST + "metric", node("stm:revenue")), (ST + "about", node("sti:Inspur")),
                (ST + "fact", ox.Literal(str(n))), (ST + "value", ox.Literal(n)), (ST + "bound", ox.Literal("=")),
                (ST + "unit", node("stu:USD")), (ST + "status", node("st:Actual")),
                (expand("sdmx-attribute:obsStatus"), node("sdmx-code:obsStatus-A")),
            ):  # fmt: skip
                store.add(ox.Quad(x, ox.NamedNode(p), value))

    assert check_cube(graph(tmp_path, more)).findings == ()  # a quadratic one would not come to its end


# ---- figures ---------------------------------------------------------------------------------------------------------


def test_loose_figures_are_counted_by_their_reason(tmp_path: Path) -> None:
    with KnowledgeBase.open(kb()) as base:
        iri = base.find("report.txt").iri

    def more(store: ox.Store) -> None:
        for n, reason in enumerate(
            ("no metric or subject found", "an enumeration", "a condition", "what nobody foresaw")
        ):
            loose, passage = node(f"sti:loose/{n}"), node(f"sti:passage/{n}")
            store.add(ox.Quad(ox.NamedNode(iri), node("st:looseFigure"), loose))
            store.add(ox.Quad(loose, node("st:valueText"), ox.Literal(f"{n}个")))
            store.add(ox.Quad(loose, node("st:reason"), ox.Literal(reason)))
            store.add(ox.Quad(loose, ox.NamedNode(PROV + "wasDerivedFrom"), passage))
            store.add(ox.Quad(passage, ox.NamedNode(OA + "exact"), ox.Literal(f"有{n}个。")))
            store.add(ox.Quad(passage, ox.NamedNode(OA + "start"), ox.Literal(n)))
            store.add(ox.Quad(passage, ox.NamedNode(DCTERMS + "isPartOf"), ox.NamedNode(iri)))

    endpoint = graph(tmp_path, more)
    loose = loose_figures(endpoint)
    assert [(x.group, x.words, x.sentence) for x in loose] == [
        ("missed", "0个", "有0个。"),
        ("plain", "1个", "有1个。"),
        ("unasserted", "2个", "有2个。"),
        ("missed", "3个", "有3个。"),
    ]
    counted = {c.document: c for c in captures(endpoint, loose)}
    assert counted[iri][2:] == (6, 2, 1, 1)
    assert counted[iri].rate == 6 / 8


# ---- arithmetic ------------------------------------------------------------------------------------------------------


def figures(
    endpoint_dir: Path, *given: tuple[str, str, str, str, str, str], then: Callable[[ox.Store], None] | None = None
) -> list[str]:
    """The notes on observations (metric, about, within, period, value, unit) of one document."""

    def more(store: ox.Store) -> None:
        store.update("DELETE WHERE { ?o a st:Observation } ; DELETE WHERE { ?e a st:RankingEntry }", prefixes=PREFIXES)
        passage = next(store.quads_for_pattern(None, ox.NamedNode(RDF + "type"), node("st:Passage"), None)).subject
        for n, (metric, about, within, period, value, unit) in enumerate(given):
            o = node(f"sti:observation/{n}")
            triples = {
                RDF + "type": node("st:Observation"), ST + "metric": ox.NamedNode(STM + metric),
                ST + "about": node(f"sti:{about}"), ST + "period": ox.Literal(period),
                ST + "value": ox.Literal(Decimal(value)), ST + "unit": node(f"stu:{unit}"), ST + "bound": ox.Literal("="),
                ST + "status": node("st:Actual"), PROV + "wasDerivedFrom": passage,
            }  # fmt: skip
            triples |= {ST + "within": node(f"sti:{within}")} if within else {}
            for p, value_ in triples.items():
                store.add(ox.Quad(o, ox.NamedNode(p), value_))
        if then:
            then(store)

    return [f.message for f in check_arithmetic(graph(endpoint_dir, more)).findings]


def test_shares_over_the_whole(tmp_path: Path) -> None:
    shares = [("marketShare", a, "AIServer", "2020", v, "percent") for a, v in (("Inspur", "55"), ("Huawei", "52.5"))]
    (note,) = figures(tmp_path, *shares)
    assert note == "shares of AI servers 2020 come to 107.5 %: Inspur 55, Huawei 52.5"
    assert figures(tmp_path / "b", shares[0], ("marketShare", "Huawei", "AIServer", "2020", "45.4", "percent")) == []
    assert figures(tmp_path / "c", shares[0], ("marketShare", "GPU", "AIServer", "2020", "90", "percent")) == []


def test_a_share_against_its_amounts(tmp_path: Path) -> None:
    whole = ("marketSize", "AIServer", "", "2020", "2000", "USD")
    part = ("marketSize", "GPU", "", "2020", "900", "USD")
    assert figures(tmp_path, whole, part, ("share", "GPU", "AIServer", "2020", "45", "percent")) == []
    (note,) = figures(tmp_path / "b", whole, part, ("share", "GPU", "AIServer", "2020", "60", "percent"))
    assert note.endswith("but its amounts give 45.0 %")


def test_growth_against_its_ends(tmp_path: Path) -> None:
    ends = [("marketSize", "AIServer", "", year, value, "USD") for year, value in (("2020", "100"), ("2024", "200"))]
    assert figures(tmp_path, *ends, ("cagr", "AIServer", "", "2020/2024", "18.9", "percent")) == []
    (note,) = figures(tmp_path / "b", *ends, ("cagr", "AIServer", "", "2020/2024", "30", "percent"))
    assert note == "AI servers grows by 30 % (2020–2024), but its amounts give 18.9 %"
    ends[0] = ("marketSize", "AIServer", "", "2023", "160", "USD")
    assert figures(tmp_path / "c", *ends, ("growthRate", "AIServer", "", "2024", "25", "percent")) == []
    assert len(figures(tmp_path / "d", *ends, ("growthRate", "AIServer", "", "2024", "40", "percent"))) == 1


def test_rank_lists_with_holes_and_doubles(tmp_path: Path) -> None:
    change = """DELETE { ?e st:rank ?n } INSERT { ?e st:rank 7 } WHERE { ?e st:rank ?n ; st:item sti:Jinan } ;
      DELETE { ?e st:rank ?n } INSERT { ?e st:rank 1 } WHERE { ?e st:rank ?n ; st:inRanking/st:period "2019" ; st:item sti:Shenzhen }"""
    found = [f.message for f in check_arithmetic(graph(tmp_path, update(change))).findings]
    assert found == [
        "城市算力排行 2019: rank 1 is both Beijing and Shenzhen",
        "城市算力排行 2020: rank 4–6 is missing",
    ]


def test_ties_single_places_and_other_documents_are_no_faults(tmp_path: Path) -> None:
    """Two on the second rank and nobody on the third; places that are told far apart; amounts of another document."""
    tie = """DELETE { ?e st:rank ?n } INSERT { ?e st:rank 2 } WHERE { ?e st:rank ?n ; st:inRanking/st:period "2019" ;
      st:item sti:Shenzhen } ; DELETE { ?e st:rank ?n } INSERT { ?e st:rank 7 } WHERE { ?e st:rank ?n ; st:item sti:Jinan } ;
      DELETE { ?e prov:wasDerivedFrom ?p } INSERT { ?e prov:wasDerivedFrom ?far } WHERE { ?e st:item sti:Jinan ;
      prov:wasDerivedFrom ?p ; a st:RankingEntry BIND(IRI("https://w3id.org/suantu/id/passage/far") AS ?far) } ;
      INSERT DATA { <https://w3id.org/suantu/id/passage/far> oa:start 90000 ; oa:end 90009 }"""
    assert check_arithmetic(graph(tmp_path, update(tie))).findings == ()
    ends = [("marketSize", "AIServer", "", year, value, "USD") for year, value in (("2020", "100"), ("2024", "200"))]

    def apart(store: ox.Store) -> None:
        store.update("""DELETE { ?o prov:wasDerivedFrom ?p } INSERT { ?o prov:wasDerivedFrom ?q . ?q dcterms:isPartOf sti:other }
          WHERE { ?o st:metric stm:cagr ; prov:wasDerivedFrom ?p BIND(IRI("https://w3id.org/suantu/id/passage/far") AS ?q) }""", prefixes=PREFIXES)  # fmt: skip

    growth = ("cagr", "AIServer", "", "2020/2024", "30", "percent")
    assert len(figures(tmp_path / "b", *ends, growth)) == 1
    assert figures(tmp_path / "c", *ends, growth, then=apart) == []
    quarters = [
        ("marketSize", "AIServer", "", f"2023-{q}", value, "USD") for q, value in (("Q3", "100"), ("Q4", "120"))
    ]
    assert figures(tmp_path / "d", *quarters, ("growthRate", "AIServer", "", "2023-Q4", "20", "percent")) == []


# ---- real documents --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("folder", ["corpus", "shared"])
def test_nothing_fails_on_real_documents(tmp_path: Path, folder: str, request: pytest.FixtureRequest) -> None:
    source = ROOT / "corpus" if folder == "corpus" else request.getfixturevalue("shared_documents")
    built = CliRunner().invoke(cli, ["build", str(source), "--kb", str(tmp_path / "kb"), "--quiet"])
    assert built.exit_code == 0, built.output
    found = json.loads(call("--format", "json", base=tmp_path / "kb").stdout)
    assert [f for f in found["findings"] if f["level"] == "error"] == []
    assert min(one["rate"] for one in found["capture"]) >= 0.97
    assert all(one["reason"] for one in found["loose"])
    assert all(one["sentence"].strip() for one in found["loose"])
