"""Neighbourhoods and connections around a hub, on a generated graph."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from suantu import lookup, ways
from suantu.api import Graph, open_graph

sys.path.insert(0, str(Path(__file__).parent / "benchmarks"))
import graphs


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Graph]:
    base = tmp_path_factory.mktemp("hub") / "kb"
    graphs.make(base, 6000, hub=1500)
    with open_graph(base) as opened:
        yield opened


def test_a_card_of_a_hub_keeps_to_its_limit(graph: Graph) -> None:
    assert len(lookup.show(graph.endpoint, graphs.HUB, limit=50).relations) == 50
    assert len(lookup.show(graph.endpoint, graphs.HUB).relations) > 1000


def test_a_neighbourhood_keeps_to_its_limit(graph: Graph) -> None:
    assert len(ways.neighbourhood(graph.endpoint, graphs.HUB, hops=2, limit=200)) == 200
    net = graph.to_networkx(around=graphs.HUB, limit=100)
    assert net.number_of_edges() == 100
    assert all(graphs.HUB in edge for edge in net.edges())
    assert graph.to_networkx(around="NVLink", hops=1).number_of_edges() > 3


def test_ways_lead_to_a_hub_and_through_it(graph: Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ways, "EDGES", 100)
    made = [r.object for r in lookup.relations(graph.endpoint, graphs.HUB) if r.predicate.endswith("makes")]
    a, b = made[0], next(one for one in made if one != made[0])
    assert [r.object for r in ways.paths(graph.endpoint, graphs.HUB, a)[0]] == [a]
    (way, *_) = ways.paths(graph.endpoint, a, b)
    assert len(way) == 2
    assert ways.paths(graph.endpoint, a, a) == []
    assert ways.paths(graph.endpoint, a, "https://w3id.org/suantu/id/nothing") == []
