"""Drawn pictures: nothing covers anything, everything is labelled, and the same graph gives the same picture."""

from __future__ import annotations

import io
from itertools import combinations
from xml.etree import ElementTree

import networkx as nx
import pytest
from PIL import Image

from cli_kb import kb
from conftest import ROOT
from export_samples import S, missing, small
from suantu.errors import UsageError
from suantu.export import png, svg
from suantu.export.drawing import EDGE_SIZE, Rect, Text, draw, text_width
from suantu.export.fonts import chinese_font
from suantu.export.model import Edge, Fact, Graph, Node
from suantu.export.select import Wanted, select
from suantu.stores.kb import KnowledgeBase

_PRED = "https://w3id.org/suantu/ontology#makes"
_METRIC = "https://w3id.org/suantu/metric/marketShare"


def lifelike(count: int) -> Graph:
    """A graph with hubs, as graphs of facts have them: a third of its edges are figures, some of them forecasts."""
    drawn = nx.barabasi_albert_graph(count, 2, seed=7)
    classes = ("Vendor", "Chip", "City", "Market")
    nodes = tuple(
        Node(f"{S}{i}", {"zh": f"示例公司{i}" if i % 2 else f"Model X{i}"}, (classes[i % 4],)) for i in range(count)
    )
    edges = []
    for n, (a, b) in enumerate(drawn.edges):
        fact = Fact(f"{S}f{n}", "relation", _PRED, {"zh": "制造"})
        if n % 3 == 0:
            status = "Forecast" if n % 2 else "Actual"
            fact = Fact(
                f"{S}f{n}", "figure", _METRIC, {"zh": "市场份额"}, "2020", "2020", "10", "percent", status=status
            )
        edges.append(Edge(nodes[a].id, nodes[b].id, fact))
    return Graph(nodes, tuple(edges), "zh", {c: {"zh": c} for c in classes})


def boxes(graph: Graph) -> tuple[list[Rect], list[tuple[float, float, float, float]]]:
    """The boxes of the nodes, and those of the texts on edges."""
    shapes = draw(graph).shapes
    nodes = [s for s in shapes if isinstance(s, Rect) and s.tip]
    texts = [s for s in shapes if isinstance(s, Text) and s.size == EDGE_SIZE]
    edges = [
        (t.x - text_width(t.text, t.size) / 2, t.y - t.size / 2, text_width(t.text, t.size), t.size) for t in texts
    ]
    return nodes, edges


def overlap(a: tuple[float, ...], b: tuple[float, ...]) -> float:
    """The share of the first box that the second covers."""
    wide = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    high = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    return max(wide, 0.0) * max(high, 0.0) / (a[2] * a[3])


@pytest.mark.parametrize("count", [5, 30, 60, 200])
def test_nothing_covers_anything(count: int) -> None:
    graph = lifelike(count)
    nodes, texts = boxes(graph)
    assert len(nodes) == count
    places = [(r.x, r.y, r.width, r.height) for r in nodes]
    assert max(overlap(a, b) for a, b in combinations(places, 2)) == 0
    assert max(overlap(t, p) for t in texts for p in places) < 0.2
    assert max((overlap(a, b) for a, b in combinations(texts, 2)), default=0) < 0.2
    assert len(texts) >= (0.97 if count <= 60 else 0.9) * len(graph.edges)


def test_many_figures_between_two_things_are_one_line() -> None:
    nodes = (Node(f"{S}a", {"zh": "甲"}, ("Market",)), Node(f"{S}b", {"zh": "乙"}, ("Country",)))
    facts = [
        Fact(
            f"{S}f{i}", "figure", f"{_METRIC}{i}", {"zh": f"指标{i}"}, "2020", "2020", str(i), "percent", status=status
        )
        for i, status in enumerate(["Actual"] * 4 + ["Forecast"] * 2)
    ]
    graph = Graph(nodes, tuple(Edge(nodes[0].id, nodes[1].id, f) for f in facts), "zh", {})
    shown = {s.text for s in draw(graph).shapes if isinstance(s, Text)}
    assert {"数字 ×4", "预测 ×2"} <= shown


def test_a_line_says_its_latest_figure_where_there_is_room() -> None:
    nodes = (Node(f"{S}a", {"zh": "甲"}, ("Market",)), Node(f"{S}b", {"zh": "乙"}, ("Country",)))
    rows = [("2019", "20亿美元", "Actual"), ("2020", "26亿美元", "Actual"), ("2024", "61亿美元", "Forecast")]
    facts = [
        Fact(f"{S}{y}", "figure", _METRIC, {"zh": "规模"}, y, y, "1", "USD", words=w, status=s) for y, w, s in rows
    ]
    graph = Graph(nodes, tuple(Edge(nodes[0].id, nodes[1].id, f) for f in facts), "zh", {})
    assert "规模 2020 26亿美元 (+2)" in {s.text for s in draw(graph).shapes if isinstance(s, Text)}


def test_the_legend_names_classes_and_kinds() -> None:
    text = svg.write(small()).decode()
    root = ElementTree.fromstring(text)  # noqa: S314 - what was just drawn
    shown = {"".join(e.itertext()) for e in root.iter("{http://www.w3.org/2000/svg}text")}
    assert {"厂商", "芯片", "城市", "文档陈述的关系", "预测", "名次"} <= shown
    assert "href" not in text
    assert "<script" not in text


def test_what_is_kept_hangs_together() -> None:
    with KnowledgeBase.open(kb()) as base:
        chosen = select(base.endpoint(), Wanted(limit=8))
    graph = nx.Graph((t.subject, t.object) for t in chosen.triples)
    graph.add_edges_from((f.about, f.other) for f in chosen.figures if f.other in chosen.things)
    graph.add_edges_from((e.item, e.ranking) for e in chosen.entries)
    assert len(chosen.things) == 8
    assert nx.is_connected(graph)
    assert set(graph) == set(chosen.things)


def test_png_is_the_same_picture_in_pixels() -> None:
    try:
        chinese_font()
    except UsageError:
        missing("a font with Chinese characters")
    graph = lifelike(30)
    data, size = png.write(graph), draw(graph)
    picture = Image.open(io.BytesIO(data))
    assert abs(picture.width / picture.height - size.width / size.height) < 0.01
    assert len(picture.convert("RGB").getcolors(1 << 24) or ()) > 100
    assert png.write(graph) == data


def test_the_picture_of_the_readme_is_there() -> None:
    picture = ROOT / ".assets" / "inspur.svg"
    assert "(.assets/inspur.svg)" in (ROOT / "README.md").read_text("utf-8")
    assert picture.stat().st_size < 30_000
    root = ElementTree.parse(picture).getroot()  # noqa: S314 - a file of ours
    assert "浪潮" in {"".join(e.itertext()) for e in root.iter("{http://www.w3.org/2000/svg}text")}
