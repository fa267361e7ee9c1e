"""Every format, read back by the programs that people open it with."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
import time
from pathlib import Path

import igraph
import networkx as nx
import pyoxigraph as ox
import pytest
import rdflib
from rdflib.compare import isomorphic

from cli_kb import kb
from export_samples import HOSTILE, S, hostile, large, missing, node_script, small
from suantu.errors import UsageError
from suantu.export import FORMATS, cytoscape, dot, export, get, gexf, graphml, html, mermaid, neo4j, write
from suantu.export.model import Graph
from suantu.export.select import Wanted
from suantu.stores.kb import KnowledgeBase

GRAPHS = {"small": small, "hostile": hostile}


@pytest.fixture(params=list(GRAPHS))
def graph(request: pytest.FixtureRequest) -> Graph:
    """A part of a knowledge base, and a graph of names that want to break out."""
    return GRAPHS[request.param]()


def labels(graph: Graph) -> list[str]:
    return [node.label("zh") for node in graph.nodes]


def harmless(text: str) -> str:
    """What is left of a text where a format cannot hold control characters."""
    return "".join(c if c >= " " or c in "\t\n\r" else "\ufffd" for c in text)


# ---- GraphML and GEXF ------------------------------------------------------------------------------------------------


def test_networkx_reads_graphml(graph: Graph) -> None:
    read = nx.parse_graphml(graphml.write(graph).decode(), force_multigraph=True)
    assert (read.number_of_nodes(), read.number_of_edges()) == (len(graph.nodes), len(graph.edges))
    found = [data.get("label") for _, data in read.nodes(data=True)]
    assert found == [harmless(label) if label else None for label in labels(graph)] or found == [
        harmless(x) for x in labels(graph)
    ]


def test_graphml_values_have_their_types() -> None:
    read = nx.parse_graphml(graphml.write(small()).decode(), force_multigraph=True)
    by_iri = {data["iri"]: (name, data) for name, data in read.nodes(data=True)}
    inspur, market = by_iri[S + "Inspur"], by_iri[S + "AIServer"]
    assert inspur[1]["label_zh"] == "浪潮"
    assert inspur[1]["label_en"] == "Inspur"
    assert inspur[1]["class"] == "Vendor"
    assert inspur[1]["aliases"] == "浪潮信息"
    (edge,) = [d for _, v, d in read.out_edges(inspur[0], data=True) if v == market[0]]
    assert (edge["property"], edge["year"], edge["value"], edge["unit"]) == ("stm:marketShare", 2020, 52.0, "percent")
    assert (edge["forecast"], edge["status"], edge["quote"]) == (False, "Actual", "52%")
    forecasts = [d["value_text"] for _, _, d in read.edges(data=True) if d.get("forecast") is True]
    assert sorted(forecasts) == ["5亿美元", "61亿美元"]


def test_igraph_reads_graphml(graph: Graph, tmp_path: Path) -> None:
    (tmp_path / "g.graphml").write_bytes(graphml.write(graph))
    read = igraph.Graph.Read_GraphML(str(tmp_path / "g.graphml"))
    assert (read.vcount(), read.ecount()) == (len(graph.nodes), len(graph.edges))
    assert read.vs["label"] == [harmless(label) for label in labels(graph)]
    assert read.is_directed()


def test_igraph_sees_numbers_and_truth_values(tmp_path: Path) -> None:
    (tmp_path / "g.graphml").write_bytes(graphml.write(small()))
    edges = igraph.Graph.Read_GraphML(str(tmp_path / "g.graphml")).es
    assert 52.0 in edges["value"]
    assert True in edges["forecast"]
    assert 2024.0 in edges["year"]


@pytest.mark.parametrize(("kind", "writer"), [("gexf", gexf.write), ("graphml", graphml.write)])
def test_graphology_reads(graph: Graph, kind: str, writer, tmp_path: Path) -> None:
    (tmp_path / "g").write_bytes(writer(graph))
    read = json.loads(node_script("export_readers.cjs", kind, str(tmp_path / "g")))
    assert (read["nodes"], read["edges"]) == (len(graph.nodes), len(graph.edges))
    assert [label or "" for label in read["labels"]] == [harmless(label) for label in labels(graph)]


def test_graphology_sees_types(tmp_path: Path) -> None:
    (tmp_path / "g").write_bytes(gexf.write(small()))
    read = json.loads(node_script("export_readers.cjs", "gexf", str(tmp_path / "g")))
    (share,) = [e for e in read["edge"] if e.get("property") == "stm:marketShare"]
    assert (share["year"], share["value"], share["forecast"]) == (2020, 52, False)


def test_networkx_reads_gexf(graph: Graph) -> None:
    text = (
        gexf.write(graph)
        .decode()
        .replace("gexf.net/1.3", "www.gexf.net/1.2draft")
        .replace('version="1.3"', 'version="1.2"')
    )
    read = nx.read_gexf(io.BytesIO(text.encode()), version="1.2draft")
    assert (read.number_of_nodes(), read.number_of_edges()) == (len(graph.nodes), len(graph.edges))
    assert [data["label"] for _, data in read.nodes(data=True)] == [harmless(label) for label in labels(graph)]


# ---- DOT, Mermaid, Cytoscape, CSV ------------------------------------------------------------------------------------


def test_graphviz_renders_dot(graph: Graph) -> None:
    program = shutil.which("dot")
    if program is None:
        missing("Graphviz")
    done = subprocess.run([program, "-Tjson0"], input=dot.write(graph), capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert b"rror" not in done.stderr
    read = json.loads(done.stdout)
    assert (len(read["objects"]), len(read["edges"])) == (len(graph.nodes), len(graph.edges))
    drawn = subprocess.run([program, "-Tsvg"], input=dot.write(graph), capture_output=True, timeout=60, check=True)
    for label in labels(graph):
        plain = " ".join("".join(c if c.isprintable() else " " for c in label).split())
        assert plain in _texts(drawn.stdout.decode())


def _texts(svg: str) -> set[str]:
    from xml.etree import ElementTree

    root = ElementTree.fromstring(svg)  # noqa: S314 - what Graphviz has just written
    found = {"".join(e.itertext()).replace("\xa0", " ") for e in root.iter("{http://www.w3.org/2000/svg}text")}
    return found | {""}


def test_a_mermaid_parser_accepts_mermaid(graph: Graph, tmp_path: Path) -> None:
    (tmp_path / "g").write_bytes(mermaid.write(graph))
    read = json.loads(node_script("export_readers.cjs", "mermaid", str(tmp_path / "g")))
    assert (read["nodes"], read["edges"]) == (len(graph.nodes), len(graph.edges))
    shown = [" ".join("".join(c if c.isprintable() else " " for c in label).split()) for label in labels(graph)]
    assert [text.strip() for text in read["labels"]] == shown


def test_cytoscape_loads_and_lays_out(graph: Graph, tmp_path: Path) -> None:
    (tmp_path / "g").write_bytes(cytoscape.write(graph))
    read = json.loads(node_script("export_readers.cjs", "cytoscape", str(tmp_path / "g")))
    assert (read["nodes"], read["edges"]) == (len(graph.nodes), len(graph.edges))
    assert read["labels"] == labels(graph)
    assert read["placed"]
    assert read["apart"] == len(graph.nodes)


def test_csv_has_the_importers_header_and_one_line_a_row(graph: Graph) -> None:
    files = neo4j.write(graph)
    nodes, edges = ([*csv.DictReader(io.StringIO(files[f].decode()))] for f in ("nodes.csv", "relationships.csv"))
    assert [row["iri:ID"] for row in nodes] == [node.id for node in graph.nodes]
    assert {row[":LABEL"] for row in nodes} <= {";".join(n.classes) for n in graph.nodes}
    ids = {row["iri:ID"] for row in nodes}
    assert all(row[":START_ID"] in ids and row[":END_ID"] in ids for row in edges)
    assert len(edges) == len(graph.edges) == files["relationships.csv"].count(b"\n") - 1
    assert files["nodes.csv"].count(b"\n") == len(nodes) + 1


def test_csv_columns_are_typed() -> None:
    text = neo4j.write(small())["relationships.csv"].decode()
    head, *rows = csv.reader(io.StringIO(text))
    assert {":START_ID", ":END_ID", ":TYPE", "year:int", "value:double", "forecast:boolean"} <= set(head)
    share = next(dict(zip(head, row, strict=True)) for row in rows if row[2] == "MARKET_SHARE")
    assert (share["year:int"], share["value:double"], share["forecast:boolean"]) == ("2020", "52.0", "false")


# ---- RDF -------------------------------------------------------------------------------------------------------------


def exported(format: str, **wanted: object) -> bytes:
    with KnowledgeBase.open(kb()) as base:
        return export(base.endpoint(), Wanted(**wanted), format).files[""]  # type: ignore[arg-type]


@pytest.mark.filterwarnings("ignore:Dataset.default_context is deprecated")
@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")  # rdflib's own JSON-LD parser uses it
@pytest.mark.parametrize("full", [False, True])
def test_rdf_formats_hold_the_same_graph(full: bool) -> None:
    data = {f: exported(f, full=full) for f in ("ttl", "jsonld", "trig", "nq")}
    turtle = rdflib.Graph().parse(data=data["ttl"], format="turtle")
    assert isomorphic(turtle, rdflib.Graph().parse(data=data["jsonld"], format="json-ld"))
    trig, nquads = (
        {(q.subject, q.predicate, q.object, q.graph_name) for q in ox.parse(data[f], form)}
        for f, form in (("trig", ox.RdfFormat.TRIG), ("nq", ox.RdfFormat.N_QUADS))
    )
    assert trig == nquads
    assert {q[:3] for q in trig} == {
        (t.subject, t.predicate, t.object) for t in ox.parse(data["ttl"], ox.RdfFormat.TURTLE)
    }
    assert len(turtle) == len({q[:3] for q in trig})
    by_rdflib = rdflib.Dataset()
    by_rdflib.parse(data=data["trig"], format="trig")
    assert len({(s, p, o) for s, p, o, _ in by_rdflib.quads()}) == len(turtle)


def test_rdf_holds_facts_and_in_full_their_words() -> None:
    query = "PREFIX st: <https://w3id.org/suantu/ontology#> PREFIX oa: <http://www.w3.org/ns/oa#> SELECT * { ?o st:valueText '52%' %s }"
    for full, extra in ((False, ""), (True, "; <http://www.w3.org/ns/prov#wasDerivedFrom>/oa:exact ?words")):
        graph = rdflib.Graph().parse(data=exported("ttl", full=full), format="turtle")
        assert len(graph.query(query.replace("%s", extra))) == 1
    assert b"oa:exact" not in exported("ttl")


def test_json_ld_is_compact() -> None:
    whole = json.loads(exported("jsonld"))
    (inspur,) = [s for s in whole["@graph"] if s["@id"] == "sti:Inspur"]
    assert inspur["prefLabel"] == {"en": "Inspur", "zh": "浪潮"}
    assert inspur["partnersWith"] == "sti:NVIDIA"
    assert inspur["altLabel"] == {"zh": "浪潮信息"}


@pytest.mark.parametrize(
    "format", ["graphml", "gexf", "dot", "cytoscape", "mermaid", "jsonld", "ttl", "trig", "nq", "svg"]
)
def test_the_same_export_is_the_same_bytes(format: str) -> None:
    assert exported(format) == exported(format)


# ---- the registry ----------------------------------------------------------------------------------------------------


def test_an_unknown_format_lists_what_there_is() -> None:
    with pytest.raises(UsageError, match="there are graphml, gexf, dot"):
        get("visio")
    with pytest.raises(UsageError, match="written from RDF"):
        write(small(), "ttl")


@pytest.mark.parametrize("name", [n for n, f in FORMATS.items() if not f.rdf and n != "png"])
def test_an_empty_graph_can_be_written(name: str) -> None:
    if name == "html" and not html._LIBRARY.is_file():
        missing("Cytoscape.js in the package: python hatch_build.py")
    assert write(Graph((), (), "zh", {}), name)


def test_graphml_is_written_as_fast_as_networkx_writes_it() -> None:
    """10,000 nodes take no longer than twice what networkx takes for the same graph."""
    graph = large(10_000)
    read = nx.parse_graphml(graphml.write(graph).decode(), force_multigraph=True)

    def seconds(run) -> float:
        started = time.perf_counter()
        run()
        return time.perf_counter() - started

    ours = min(seconds(lambda: graphml.write(graph)) for _ in range(3))
    theirs = min(seconds(lambda: nx.write_graphml(read, io.BytesIO())) for _ in range(2))
    assert ours < 2 * theirs


def test_hostile_names_are_there_to_be_tested() -> None:
    assert len(HOSTILE) == len(hostile().nodes)
