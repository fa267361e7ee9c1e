"""``suantu export``: what it chooses, on a knowledge base and on a remote service, and what it says."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import rdflib
from click.testing import CliRunner

import servers
from benchmarks.graphs import make
from cli_kb import kb
from suantu.cli import cli
from suantu.export import FORMATS, export
from suantu.export.select import Wanted
from suantu.stores.kb import KnowledgeBase
from suantu.stores.local import LocalEndpoint


@pytest.fixture(scope="module")
def service() -> Iterator[str]:
    with servers.oxigraph(kb() / json.loads((kb() / "manifest.json").read_text())["store"]) as url:
        yield f"{url}/query"


@pytest.fixture(params=["local", "remote"])
def source(request: pytest.FixtureRequest) -> list[str]:
    """Where the graph is, as options."""
    if request.param == "remote":
        return ["--endpoint", request.getfixturevalue("service")]
    return ["--kb", str(kb())]


def run(*arguments: str) -> Any:
    return CliRunner().invoke(cli, ["export", "--lang", "zh", *arguments])


def exported(source: list[str], *arguments: str) -> tuple[set[str], set[tuple[str, str, str]]]:
    """The labels of the nodes, and the edges as (label, property, label)."""
    done = run(*source, "--format", "cytoscape", *arguments)
    assert done.exit_code == 0, done.stderr
    elements = json.loads(done.stdout)["elements"]
    names = {n["data"]["id"]: n["data"]["label"] for n in elements["nodes"]}
    edges = {
        (names[e["data"]["source"]], e["data"]["property"].partition(":")[2], names[e["data"]["target"]])
        for e in elements["edges"]
    }
    return set(names.values()), edges


def test_around_a_thing_and_further(source: list[str]) -> None:
    one, edges = exported(source, "--around", "NVIDIA")
    assert ("英伟达", "makes", "A100") in edges
    assert "NVLink 3" not in one
    two, edges = exported(source, "--around", "英伟达", "--hops", "2")
    assert one < two
    assert ("A100", "supportsInterconnect", "NVLink 3") in edges


def test_classes_properties_and_no_observations(source: list[str]) -> None:
    _, edges = exported(source, "--class", "Vendor", "--class", "Chip", "--property", "makes")
    assert edges == {("英伟达", "makes", "A100"), ("华为", "makes", "昇腾910")}
    _, edges = exported(source, "--property", "市场份额")
    assert edges == {("浪潮", "marketShare", "人工智能服务器")}
    _, edges = exported(source, "--no-observations")
    assert edges
    assert not {p for _, p, _ in edges} & {"rank", "marketSize", "marketShare"}


def test_path_place_and_year(source: list[str]) -> None:
    things, _ = exported(source, "--path", "Inspur", "A100")
    assert {"浪潮", "英伟达", "A100"} <= things
    _, edges = exported(source, "--place", "深圳")
    assert ("人工智能发展规划", "appliesTo", "深圳") in edges
    assert ("英伟达", "makes", "A100") not in edges
    _, edges = exported(source, "--year", "2019")
    assert ("北京", "rank", "城市算力排行 2019") in edges
    assert not any("2020" in b for _, _, b in edges)


def test_a_query_chooses(source: list[str], tmp_path: Path) -> None:
    wanted = {("英伟达", "makes", "A100"), ("华为", "makes", "昇腾910")}
    construct = "CONSTRUCT { ?s st:makes ?o } WHERE { ?s st:makes ?o . ?c rdf:object ?o ; rdf:subject ?s }"
    assert exported(source, "--query", construct)[1] == wanted
    (tmp_path / "q.rq").write_text("SELECT ?s ?p ?o { ?c rdf:subject ?s ; rdf:predicate ?p, st:makes ; rdf:object ?o }")
    assert exported(source, "--query", str(tmp_path / "q.rq"))[1] == wanted


def test_every_format_is_the_same_from_a_service(service: str, tmp_path: Path) -> None:
    """Byte for byte, but for the sentences of quotes, of which a service only keeps some words."""
    for name in set(FORMATS) - {"html", "png"}:
        made = [tmp_path / f"{name}-{i}" for i in range(2)]
        for path, where in zip(made, (["--kb", str(kb())], ["--endpoint", service]), strict=True):
            assert run(*where, "--format", name, "-o", str(path)).exit_code == 0
        local, remote = (
            {f.name if f != path else "": f.read_bytes() for f in ([path] if path.is_file() else path.iterdir())}
            for path in made
        )
        assert local == remote, name


def test_what_is_left_out_is_said() -> None:
    done = run("--kb", str(kb()), "--limit", "5", "--format", "dot")
    assert "上限 5 个对象：另有" in done.stderr
    assert "上限" not in run("--kb", str(kb()), "--limit", "5", "--format", "dot", "--quiet").stderr
    assert "上限" not in run("--kb", str(kb()), "--limit", "0", "--format", "dot").stderr


def test_full_has_the_words_as_nodes(source: list[str]) -> None:
    things, edges = exported(source, "--around", "NVIDIA", "--full")
    assert "英伟达推出A100" in things
    assert ("英伟达推出A100", "isPartOf", "算力市场报告") in edges


def test_the_ending_chooses_the_format(tmp_path: Path) -> None:
    assert run("--kb", str(kb()), "-o", str(tmp_path / "g.ttl")).exit_code == 0
    assert len(rdflib.Graph().parse(tmp_path / "g.ttl")) > 50
    assert run("--kb", str(kb()), "--format", "csv", "-o", str(tmp_path / "folder")).exit_code == 0
    assert {p.name for p in (tmp_path / "folder").iterdir()} == {"nodes.csv", "relationships.csv"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--around", "Nobody Inc"), "Nobody Inc"),
        (("--around", "NVIDIA", "--path", "NVIDIA", "A100"), "give one of them"),
        (("--property", "makez"), "did you mean makes"),
        (("--class", "Robot"), "unknown class"),
        (("--year", "20"), "not a year of four digits"),
        (("--format", "csv"), "give a folder with -o DIR"),
        (("-o", "graph.doc"), "its ending names no format"),
    ],
)
def test_wrong_use_is_told(arguments: tuple[str, ...], said: str) -> None:
    done = run("--kb", str(kb()), *arguments)
    assert done.exit_code == 2
    assert said in done.stderr


@pytest.mark.slow
def test_exporting_costs_little_beside_its_queries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two hops around a hub: the whole takes no longer than twice what the SPARQL takes that fetches it."""
    make(tmp_path / "kb", 60_000, hub=200)
    asked = 0.0
    select = LocalEndpoint.select

    def timed(self: LocalEndpoint, *arguments: Any, **options: Any) -> Any:
        nonlocal asked
        started = time.perf_counter()
        try:
            return list(select(self, *arguments, **options))
        finally:
            asked += time.perf_counter() - started

    monkeypatch.setattr(LocalEndpoint, "select", timed)
    with KnowledgeBase.open(tmp_path / "kb") as base:
        started = time.perf_counter()
        done = export(base.endpoint(), Wanted(around=("https://w3id.org/suantu/id/vendor/hub",), hops=2), "graphml")
        whole = time.perf_counter() - started
    assert done.nodes > 100
    assert whole < 2 * asked
