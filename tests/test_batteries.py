"""The ontology is the programme: `tests/batteries/` is another domain as data alone, read without a line of Python."""

from __future__ import annotations

import shutil
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner

import suantu
from conftest import ROOT
from suantu.api import Graph
from suantu.cli import cli
from suantu.errors import OntologyError
from suantu.ontology import load

FOLDER = ROOT / "tests" / "batteries"


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Graph:
    where = tmp_path_factory.mktemp("batteries") / "kb"
    arguments = ["build", str(FOLDER / "report.txt"), "--ontology", str(FOLDER), "--kb", str(where), "-q"]
    done = CliRunner().invoke(cli, arguments)
    assert done.exit_code == 0, done.output
    return suantu.open(where)


def test_its_relations(graph: Graph) -> None:
    query = "SELECT ?s ?p ?o { ?c a st:Claim ; rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o }"
    found = {tuple(graph.label(row[v]) for v in "spo") for row in graph.select(query)}
    assert found == {
        ("宁德时代", "制造", "麒麟电池"),
        ("比亚迪", "制造", "刀片电池"),
        ("麒麟电池", "采用体系", "三元锂"),
        ("刀片电池", "采用体系", "磷酸铁锂"),
        ("亿纬锂能", "运营", "楚溪工厂"),
        ("宁德时代", "运营", "德布勒森工厂"),
        ("楚溪工厂", "位于", "荆门"),
        ("德布勒森工厂", "位于", "匈牙利"),
    }


def test_its_figures(graph: Graph) -> None:
    """A GWh is a million kWh, the base unit."""
    query = """SELECT ?m ?a ?value ?unit ?words ?period ?status {
        ?f a st:Observation ; st:metric ?m ; st:about ?a ; st:value ?value ; st:valueText ?words ;
           st:unit/skos:notation ?unit ; st:status ?status OPTIONAL { ?f st:period ?period } }"""
    found = {
        (graph.label(r["m"]), graph.label(r["a"]), r["value"], r["unit"], r["words"], r["period"] or "")
        for r in graph.select(query)
    }
    assert found == {
        ("产能", "楚溪工厂", Decimal(60_000_000), "kWh", "60GWh", ""),
        ("产能", "德布勒森工厂", Decimal(100_000_000), "kWh", "100GWh", ""),
        ("装车量", "比亚迪", Decimal(111_400_000), "kWh", "111.4GWh", "2023"),
        ("市场份额", "宁德时代", Decimal("43.1"), "percent", "43.1%", "2023"),
        ("市场份额", "LG新能源", Decimal("13.6"), "percent", "13.6%", "2023"),
        ("市场规模", "动力电池", Decimal(380_000_000_000), "CNY", "3800亿元", "2023"),
        ("增长率", "动力电池", Decimal(22), "percent", "22%", "2023"),
        ("市场规模", "动力电池", Decimal(210_000_000_000), "USD", "2100亿美元", "2026"),
    }
    (forecast,) = graph.facts(metric="marketSize", year=2026)
    assert forecast.status.endswith("#Forecast")
    assert graph.label(forecast.said_by) == "SNE Research"


def test_its_ranking(graph: Graph) -> None:
    found = {(int(rank.rank), graph.label(rank.item), rank.period) for rank in graph.ranks()}
    assert found == {(1, "宁德时代", "2023"), (2, "比亚迪", "2023"), (3, "亿纬锂能", "2023")}


def test_its_new_names_and_no_class_of_the_other_domain(graph: Graph) -> None:
    discovered = graph.select("SELECT DISTINCT ?x { ?x st:foundBy ?f ; st:mentionedIn ?p }")
    assert [graph.label(row["x"]) for row in discovered] == ["霜芯新能源股份有限公司"]
    classes = {row["c"].rpartition("#")[2] for row in graph.select("SELECT DISTINCT ?c { ?x a st:Entity, ?c }")}
    assert {"Maker", "Cell", "Chemistry", "Plant"} <= classes
    assert not classes & {"Vendor", "Chip", "ChipType", "Interconnect", "Server", "AIModel", "UseCase"}


def test_its_rules_hold() -> None:
    done = CliRunner().invoke(cli, ["rules", "check", "--ontology", str(FOLDER), "--lang", "en"])
    assert done.exit_code == 0, done.output
    assert "6 examples were run, 0 failed." in done.stderr


def test_an_unknown_lexicon_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "batteries"
    shutil.copytree(FOLDER, folder)
    (folder / "extends.yaml").write_text("lexicon: [places-mars]\n", "utf-8")
    with pytest.raises(OntologyError, match=r"extends\.yaml: lexicon: there is no places-mars; there are ai-models,"):
        load(folder)


def test_what_it_takes_is_part_of_its_digest(tmp_path: Path) -> None:
    folder = tmp_path / "batteries"
    shutil.copytree(FOLDER, folder)
    assert load(folder).digest == load(FOLDER).digest
    (folder / "extends.yaml").write_text("lexicon: [places-china, metrics, units]\n", "utf-8")
    assert load(folder).digest != load(FOLDER).digest
