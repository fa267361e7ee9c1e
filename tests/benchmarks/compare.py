"""How fast answers come, as ratios to what is measured beside them; nothing here is asserted.

``python tests/benchmarks/compare.py TRIPLES [KB]`` makes a knowledge base of that size (or takes the one in KB) and prints:
queries through the library beside pyoxigraph itself and rdflib in memory (up to a million triples), every named
question, FILTER NOT EXISTS as written and as MINUS, and lookups as whole processes beside the imports they cannot do
without. Times are of the processor (this process and those it starts), so that a busy machine does not count; each is
the best of a few.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import graphs
import pyoxigraph as ox

from suantu.api import Graph, open_graph
from suantu.border.vocab import PREFIXES, ST
from suantu.errors import SuantuError
from suantu.paths import ontology_dir
from suantu.query import NamedQuery, bind, load

_LEAST = 0.02  # seconds that are measured at once
RDFLIB_UP_TO = 1_200_000
SUITE = {
    "label": 'SELECT ?x { ?x skos:prefLabel "Vendor-2"@en }',
    "one thing": "SELECT ?p ?o { <https://w3id.org/suantu/id/vendor/2> ?p ?o }",
    "top ten": "SELECT ?f ?v { ?f st:metric stm:marketSize ; st:value ?v } ORDER BY DESC(?v) LIMIT 10",
    "three hops": "SELECT ?v ?c { ?v st:partnersWith/st:partnersWith ?w . ?w st:locatedIn ?c } LIMIT 5000",
    "group by": "SELECT ?y (COUNT(?f) AS ?n) (AVG(?v) AS ?m) { ?f st:year ?y ; st:value ?v } GROUP BY ?y",
    "contains": 'SELECT ?p { ?p oa:exact ?w FILTER(CONTAINS(?w, "智能")) }',
    "sources": "SELECT ?f ?d { ?f a st:Claim ; prov:wasDerivedFrom/dcterms:isPartOf ?d } LIMIT 5000",
}
NOT_EXISTS = (
    "SELECT DISTINCT ?item { ?e st:item ?item ; st:inRanking/st:year '2021'^^xsd:gYear FILTER NOT EXISTS "
    "{ ?f st:item ?item ; st:inRanking/st:year '2020'^^xsd:gYear } }"
)
LOOKUPS = (["show", "Vendor-3"], ["find", "Vendor-3", "--things"], ["query", "products-of", "maker=Vendor-3"])
GIVEN = {"thing": "sti:vendor/2", "class": "Entity", "year": "2020", "int": "2020", "text": "USD"}


def best(work: Callable[[], object], times: int = 3) -> float:
    """The shortest of some runs, in seconds; once where it takes long, and many times over where it is soon done."""
    taken = float("inf")
    for _ in range(times):
        began, runs, spent = _spent(), 0, 0.0
        while spent < _LEAST:
            work()
            runs += 1
            spent = _spent() - began
        taken = min(taken, spent / runs)
        if taken > 2:
            break
    return taken


def _spent() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def line(name: str, seconds: float, *beside: str) -> None:
    print(f"  {name:<28}{seconds * 1000:>10,.1f} ms  {'  '.join(beside)}", flush=True)


def suite(graph: Graph) -> None:
    """The library, pyoxigraph on the same store, rdflib in memory: the rows as bytes of JSON each time."""
    print("queries: the library; times pyoxigraph itself; rdflib in memory over the library")
    assert graph.kb is not None
    store, other = graph.kb.store, _rdflib(graph.kb.store)
    ratios, total, others = [], 0.0, 0.0
    for name, query in SUITE.items():
        own = bare = float("inf")
        for _ in range(5):  # in turn, so that what else the machine does falls on both
            own = min(own, best(lambda query=query: graph.endpoint.answer(query)))  # type: ignore[misc]
            bare = min(bare, best(lambda query=query: _bare(store, query)))  # type: ignore[misc]
        ratios.append(own / bare)
        slow = best(lambda query=query: other(query)) if other else 0.0  # type: ignore[misc]
        total, others = total + own, others + slow
        line(name, own, f"{own / bare:.2f} ×", f"{slow / own:,.1f} ×" if other else "")
    line("the suite", total, f"median {sorted(ratios)[len(ratios) // 2]:.2f} ×", f"{others / total:,.1f} ×")


def _bare(store: ox.Store, query: str) -> bytes:
    results = store.query(query, prefixes=PREFIXES)
    assert isinstance(results, ox.QuerySolutions)
    return results.serialize(format=ox.QueryResultsFormat.JSON) or b""


def _rdflib(store: ox.Store) -> Callable[[str], object] | None:
    if len(store) > 2 * RDFLIB_UP_TO:
        return None
    import rdflib

    data = b"".join(
        f"{q.subject} {q.predicate} {q.object} .\n".encode()
        for q in store.quads_for_pattern(None, None, None, ox.DefaultGraph())
    )
    memory = rdflib.Graph(bind_namespaces="none").parse(data=data, format="nt")
    return lambda query: memory.query(query, initNs=PREFIXES).serialize(format="json")


def questions(graph: Graph) -> None:
    """Every named question, the slowest first."""
    taken = sorted(((_asked(graph, q), q.name) for q in load(ontology_dir())), reverse=True)
    print(f"named questions: {len(taken)}; {sum(t > 1 for t, _ in taken)} take more than a second; the slowest")
    for seconds, name in taken[:6]:
        line(name, seconds)


def _asked(graph: Graph, question: NamedQuery) -> float:
    given = {p.name: GIVEN[p.type] for p in question.parameters if p.default is None}
    text = bind(question, given, graph.find, lambda cls: ST + cls)
    return best(lambda: graph.endpoint.answer(text, "csv", timeout=120), 2)


def not_exists(graph: Graph) -> None:
    """As it is asked, and as it is written."""
    print("FILTER NOT EXISTS: as the library asks it; as it is written")
    assert graph.kb is not None
    own = best(lambda: graph.endpoint.answer(NOT_EXISTS))
    try:
        # A comparison that is always true keeps the query from being rewritten
        graph.endpoint.answer(NOT_EXISTS.replace(" } }", " FILTER(?item = ?item && RAND() < 2) } }"), timeout=60)
    except SuantuError:
        line("what came in a year", own, "as written more than 60 s")
    else:
        written = best(lambda: _bare(graph.kb.store, NOT_EXISTS), 1)  # type: ignore[union-attr]
        line("what came in a year", own, f"as written {written / own:,.0f} × as long")


def processes(directory: Path) -> None:
    """Lookups as whole processes beside the imports that each needs."""
    compiled = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    env = {**compiled, "SUANTU_KB": str(directory), "PYTHONPATH": os.pathsep.join(sys.path)}

    def run(*args: str) -> None:
        subprocess.run([sys.executable, *args], env=env, stdout=subprocess.DEVNULL, check=True)

    floor = best(lambda: run("-c", "import click, pyoxigraph"), 9)
    print(f"whole processes: beside the imports of click and pyoxigraph ({floor * 1000:.0f} ms)")
    for args in LOOKUPS:
        run("-m", "suantu", *args)  # the first search of a knowledge base keeps its names
        seconds = best(lambda args=args: run("-m", "suantu", *args), 9)  # type: ignore[misc]
        line(" ".join(args), seconds, f"{seconds / floor:.2f} ×")


def main(triples: int, directory: Path) -> None:
    """Make what is not there, and measure."""
    if not (directory / "manifest.json").is_file():
        began = time.perf_counter()
        graphs.make(directory, triples)
        print(f"made in {time.perf_counter() - began:.0f} s")
    with open_graph(directory, language="en") as graph:
        count = json.loads(graph.endpoint.answer("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }").data)
        print(f"{int(count['results']['bindings'][0]['n']['value']):,} triples")
        suite(graph)
        questions(graph)
        not_exists(graph)
    processes(directory)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        main(int(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else Path(folder) / "kb")
