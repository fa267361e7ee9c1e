"""One suite for every endpoint, and what only the local or only the remote one does."""

from __future__ import annotations

import csv
import inspect
import io
import json
import sys
import threading
import time
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib

import graph_samples as samples
import servers
from suantu import child
from suantu.build import build
from suantu.errors import EndpointError, LateError, QueryError, StoreError
from suantu.load import load
from suantu.stores import sparql
from suantu.stores.base import Endpoint, Term, iri, text
from suantu.stores.kb import KnowledgeBase
from suantu.stores.local import LocalEndpoint
from suantu.stores.remote import RemoteEndpoint
from suantu.stores.transfer import target

RUNAWAY = "SELECT * WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l } ORDER BY ?l"


@pytest.fixture(scope="module")
def base(tmp_path_factory) -> Path:
    """A knowledge base of two documents that say the same."""
    root = tmp_path_factory.mktemp("stores")
    for name in ("one", "two"):
        (root / f"{name}.txt").write_text(f"{name}\n{samples.TEXT}", encoding="utf8")
    sources = [root / "one.txt", root / "two.txt"]
    build(sources, root / "kb", samples.ontology(root / "onto"), samples.extract, samples.read)
    return root / "kb"


@pytest.fixture(scope="module")
def server(base):
    """A real SPARQL server over the same store."""
    with servers.oxigraph(base / "store") as url:
        yield f"{url}/query"


@pytest.fixture(params=["local", "oxigraph"])
def endpoint(request, base):
    made: Endpoint
    if request.param == "local":
        made = KnowledgeBase.open(base).endpoint()
    else:
        made = RemoteEndpoint(request.getfixturevalue("server"))
    yield made
    made.close()


@pytest.fixture
def local(base):
    made = KnowledgeBase.open(base).endpoint()
    yield made
    made.close()


# ---- both -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("timeout", [None, 30])
def test_rows_come_as_terms(endpoint, timeout):
    table = endpoint.select(
        "SELECT ?value ?year ?place ?label ?none WHERE { ?o st:value ?value ; st:year ?year ; st:place ?place . "
        "?place skos:prefLabel ?label OPTIONAL { ?o st:within ?none } } LIMIT 1",
        timeout=timeout,
    )
    assert table.columns == ("value", "year", "place", "label", "none")
    (row,) = table.rows
    assert [t and t.python() for t in row] == [
        Decimal(6270000000),
        2024,
        "https://w3id.org/suantu/id/China",
        "中国",
        None,
    ]
    assert row[3] == Term("literal", "中国", "zh")
    assert [set(r) for r in table] == [{"value", "year", "place", "label"}]


def test_a_triple_that_two_documents_state_is_one_row(endpoint):
    table = endpoint.select("SELECT ?x WHERE { sti:Inspur st:makes ?x }")
    assert [t.value for (t,) in table.rows] == [samples.SERVER.iri]
    graphs = endpoint.select("SELECT ?g WHERE { GRAPH ?g { sti:Inspur st:makes ?x } }")
    assert len(graphs) == 2


def test_counts_are_of_things_not_of_graphs(endpoint):
    table = endpoint.select(
        "SELECT (COUNT(?x) AS ?n) WHERE { ?x a st:Vendor ; skos:prefLabel ?l FILTER(LANG(?l) = 'zh') }"
    )
    assert table.rows[0][0].python() == 2


def test_ask(endpoint):
    assert endpoint.ask("ASK { sti:Inspur a st:Vendor }") is True
    assert endpoint.ask("ASK { sti:Inspur a st:City }", timeout=30) is False


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")  # rdflib's own JSON-LD parser uses it
@pytest.mark.parametrize("format", ["ttl", "nt", "rdfxml", "jsonld"])
def test_graphs_in_every_format(endpoint, format):
    query = "CONSTRUCT { ?s skos:prefLabel ?l } WHERE { ?s skos:prefLabel ?l VALUES ?s { sti:Inspur sti:China } }"
    data = endpoint.construct(query, format)
    names = {"ttl": "turtle", "nt": "nt", "rdfxml": "xml", "jsonld": "json-ld"}
    read = rdflib.Graph().parse(data=data, format=names[format])
    assert {str(o) for o in read.objects()} == {"浪潮", "Inspur", "中国"}


def test_rows_in_every_format(endpoint):
    query = "SELECT DISTINCT ?l WHERE { sti:Inspur skos:prefLabel ?l } ORDER BY STR(?l)"
    answers = {f: endpoint.answer(query, f, timeout=30) for f in ("json", "xml", "csv", "tsv")}
    assert [b["l"]["value"] for b in json.loads(answers["json"].data)["results"]["bindings"]] == ["Inspur", "浪潮"]
    assert [r[0] for r in csv.reader(io.StringIO(answers["csv"].text))] == ["l", "Inspur", "浪潮"]
    assert answers["tsv"].text.split() == ["?l", '"Inspur"@en', '"浪潮"@zh']
    assert answers["xml"].text.count("<result>") == 2
    assert answers["xml"].media_type == "application/sparql-results+xml"


def test_a_format_that_cannot_hold_the_answer_is_refused(endpoint):
    with pytest.raises(QueryError, match="use ttl, nt, rdfxml, jsonld"):
        endpoint.answer("CONSTRUCT WHERE { ?s ?p ?o }", "csv")
    with pytest.raises(QueryError, match="use json, xml, csv, tsv"):
        endpoint.answer("SELECT * WHERE { ?s ?p ?o }", "ttl")


def test_variables_are_bound_without_joining_strings(endpoint):
    query = "SELECT (COUNT(?l) AS ?n) WHERE { ?thing skos:prefLabel ?l }"
    assert endpoint.select(query, bind={"thing": iri(samples.INSPUR.iri)}).rows[0][0].python() == 2
    found = endpoint.select("SELECT ?s WHERE { ?s skos:prefLabel ?name }", bind={"name": text("浪潮", "zh")})
    assert [t.value for (t,) in found.rows] == [samples.INSPUR.iri]
    odd = text('a" } { ?x ?y ?z } \\ "\n')
    assert len(endpoint.select("SELECT ?s WHERE { ?s skos:prefLabel ?name }", bind={"name": odd})) == 0
    with pytest.raises(QueryError, match="not an IRI"):
        endpoint.select(query, bind={"thing": iri("x:y> } #")})


def test_a_mistake_is_shown_where_it_is(endpoint):
    with pytest.raises(QueryError) as caught:
        endpoint.select("SELECT ?x WHERE {\n  ?x st:makes ?y ;; . ?z }")
    assert "line 2, column 26: } is not expected here" in str(caught.value)
    assert str(caught.value).splitlines()[1:] == ["      ?x st:makes ?y ;; . ?z }", " " * 29 + "^"]


def test_a_runaway_query_ends(endpoint):
    late = []
    while len(late) < 3 and min(late, default=1) >= 1:  # another try where the machine was busy
        began = time.monotonic()
        with pytest.raises(LateError, match="--timeout"):
            endpoint.select(RUNAWAY, timeout=1)
        late.append(time.monotonic() - began - 1)
    assert min(late) < 1


def test_updates_and_wrong_forms_are_refused(endpoint):
    with pytest.raises(QueryError, match="queries only read"):
        endpoint.answer("PREFIX a: <x:> INSERT DATA { a:b a:c a:d }")
    with pytest.raises(QueryError, match="a SELECT query is needed here, not ASK"):
        endpoint.select("ASK {}")


# The suite above, with the arguments of each test, and what Virtuoso does otherwise.
SUITE = [
    (test_rows_come_as_terms, (None,)),
    (test_rows_come_as_terms, (30,)),
    (test_a_triple_that_two_documents_state_is_one_row, ()),
    (test_counts_are_of_things_not_of_graphs, ()),
    (test_ask, ()),
    *((test_graphs_in_every_format, (one,)) for one in ("ttl", "nt", "rdfxml", "jsonld")),
    (test_rows_in_every_format, ()),
    (test_a_format_that_cannot_hold_the_answer_is_refused, ()),
    (test_variables_are_bound_without_joining_strings, ()),
    (test_a_mistake_is_shown_where_it_is, ()),
    (test_a_runaway_query_ends, ()),
    (test_updates_and_wrong_forms_are_refused, ()),
]
VIRTUOSO_FAILS = {
    "test_a_triple_that_two_documents_state_is_one_row": "its union gives a triple once for each graph that holds it",
}


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")
def test_the_suite_on_virtuoso(base, tmp_path, monkeypatch):
    """One test, so that the server starts once however the tests are spread over processes."""
    with servers.virtuoso(tmp_path) as url:
        monkeypatch.setenv("SUANTU_ENDPOINT_USER", "dba")
        monkeypatch.setenv("SUANTU_ENDPOINT_PASSWORD", "dba")
        with KnowledgeBase.open(base) as kb:
            done = load(kb, url, target(f"{url}/sparql-graph-crud-auth", 60))
        assert not done.default_graph
        failed = {}
        for test, arguments in SUITE:
            try:
                test(RemoteEndpoint(f"{url}/sparql"), *arguments)
            except (AssertionError, QueryError, EndpointError) as error:
                failed[test.__name__] = str(error)
    assert failed.keys() == VIRTUOSO_FAILS.keys(), failed


def test_the_suite_is_whole():
    own = [n for n, f in globals().items() if n.startswith("test_") and "endpoint" in inspect.signature(f).parameters]
    assert {f.__name__ for f, _ in SUITE} == set(own)


# ---- the local store ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("SELEC * {}", "line 1, column 1: SELEC is not expected here"),
        ("SELECT * {\n ?a foaf:x ?c }", "line 2, column 5: the prefix foaf: is not known; known are st:, sti:"),
        ("SELECT * { ?a ex:makes ?c }", "line 1, column 15: the prefix ex: is not known; did you mean st:makes?"),
        ("SELECT * { ?a sks:broader ?c }", "the prefix sks: is not known; did you mean skos:broader?"),
        ("SELECT * { ?a ?b ?c", "line 1, column 20: the query ends too early"),
        ("SELECT * {\n\t?a st:value 'x }", "line 2, column 14: ' is not expected here"),
        ("SELECT * { ?a rdf:type/ ?c }", "line 1, column 25: ?c is not expected here"),
        ("SELECT ?a (COUNT(?b) AS ?n) { ?a ?b ?c }", "the SELECT contains a variable that is unbound"),
        ("# only a comment", "the query is empty"),
    ],
)
def test_what_is_wrong_with_a_query(local, query, message):
    with pytest.raises(QueryError) as caught:
        local.select(query)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("query", "columns"),
    [
        ("SELECT * { ?s ?p ?o }", ("s", "p", "o")),
        (
            "PREFIX x: <x:y> # *\nSELECT DISTINCT * { GRAPH ?g { ?z st:makes ?b } OPTIONAL { ?b a ?a } }",
            ("g", "z", "b", "a"),
        ),
        ("SELECT ?p ?s { { SELECT * { ?s ?p ?o } } }", ("p", "s")),
        ("SELECT (2 * 3 AS ?n) {}", ("n",)),
        ("SELECT * { ?z a ?b FILTER NOT EXISTS { ?z st:x ?a } MINUS { ?b ?c ?d } }", ("z", "b")),
    ],
)
def test_columns_stand_in_the_order_of_the_query(local, query, columns):
    assert local.select(query).columns == columns


def test_the_caret_stands_under_the_word_behind_wide_characters(local):
    with pytest.raises(QueryError) as caught:
        local.select("SELECT * { ?s ?p '浪潮' , } LIMIT 1")
    first, line, caret = str(caught.value).splitlines()
    assert "column 25: }" in first
    assert caret.index("^") == line.index("}") + 2  # two characters of double width before it


def test_services_are_called_only_where_allowed(local, base):
    query = "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }"
    with pytest.raises(QueryError, match="--allow-service"):
        local.select(query)
    allowed = KnowledgeBase.open(base).endpoint(allow_service=True)
    with pytest.raises(QueryError, match="the query failed"):
        allowed.select(query, timeout=20)


@pytest.mark.parametrize(
    ("query", "calls"),
    [
        ("SELECT * { service <x:y> {} }", True),
        ("SELECT * { SERVICE?x{} }", True),
        ("SELECT * { ?s ?p 'SERVICE <x:y> {}' }", False),
        ('SELECT * { ?s ?p """a " SERVICE """ }', False),
        ("SELECT * { ?service st:SERVICE <x:SERVICE> } # SERVICE", False),
        ("SELECT * { ?s ?p '\\' SERVICE ' }", False),
        ("SELECT * { FILTER(?a<?b) SERVICE <x:y> {} FILTER(?b>1) }", True),
        ("SELECT * { <x:#> ?p ?o . SERVICE <x:y> {} }", True),
    ],
)
def test_services_are_seen_among_words_that_are_none(query, calls):
    assert sparql.uses_service(query) is calls


def test_a_query_beside_other_threads_is_stopped_too(local):
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    try:
        with pytest.raises(LateError, match="stopped after"):
            local.select(RUNAWAY, timeout=0.5)
        assert len(local.select("SELECT * { sti:Inspur st:makes ?x }", timeout=30)) == 1
    finally:
        done.set()
        thread.join()


@pytest.mark.skipif(sys.platform != "linux", reason="limits the memory of a forked child")
def test_a_query_that_eats_all_memory_ends_alone(local, monkeypatch):
    monkeypatch.setattr(child, "memory_limit", lambda: 400_000_000)
    with pytest.raises(QueryError, match="too much memory"):
        local.select(RUNAWAY, timeout=120)
    assert local.ask("ASK { sti:Inspur st:makes ?x }", timeout=30)


def test_big_answers_come_whole_from_the_child(local):
    query = "SELECT * { ?a ?b ?c . ?d a st:Vendor , st:Entity ; skos:prefLabel ?e }"
    assert local.answer(query, "csv", timeout=60).data == local.answer(query, "csv").data


def test_no_child_is_left(local):
    with pytest.raises(QueryError):
        local.select(RUNAWAY, timeout=0.3)
    children = Path(f"/proc/self/task/{threading.get_native_id()}/children")
    if children.exists():
        running = [Path(f"/proc/{pid}/cmdline").read_text() for pid in children.read_text().split()]
        assert not [c for c in running if "oxigraph" not in c and "virtuoso" not in c]


def test_a_closed_endpoint_and_a_missing_store_say_so(local, tmp_path):
    local.close()
    with pytest.raises(StoreError, match="closed"):
        local.select("SELECT * {}")
    with pytest.raises(StoreError, match="not a store"):
        LocalEndpoint(tmp_path)


def test_json_is_the_stores_own(local, base):
    query = "SELECT ?s ?o { ?s st:value ?o } ORDER BY ?s"
    store = ox.Store.read_only(str(base / "store"))
    native = store.query(f"PREFIX st: <https://w3id.org/suantu/ontology#> {query}")
    assert local.answer(query, "json", timeout=30).data == native.serialize(format=ox.QueryResultsFormat.JSON)


# ---- the remote service ---------------------------------------------------------------------------------------------


class _Service(BaseHTTPRequestHandler):
    """A service that fails in the ways that servers fail."""

    seen: list[tuple[str, str, str]] = []  # noqa: RUF012
    limits: list[tuple[str, str]] = []  # noqa: RUF012

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.seen.append((self.path, self.headers.get("Authorization", ""), body))
        self.limits.append((self.headers["Timeout"], self.headers["X-BIGDATA-MAX-QUERY-MILLIS"]))
        if self.path == "/lost" and sum(p == "/lost" for p, _, _ in self.seen) == 1:
            self.close_connection = True
            return
        status, data = {
            "/broken": (500, b"Virtuoso 42000 Error: the estimated execution time is too long"),
            "/private": (401, b"who are you"),
            "/cut": (200, b'{"head":{"vars":["x"]},"results":{"bindings":[{"x"'),
            "/page": (200, b"<html>hello</html>"),
            "/few": (200, b'{"head":{"vars":["x"]},"results":{"bindings":[]}}'),
            "/partial": (200, b'{"head":{"vars":["x"]},"results":{"bindings":[]}}'),
        }.get(self.path, (200, b'{"head":{},"boolean":true}'))
        self.send_response(status)
        self.send_header("Content-Type", "application/sparql-results+json")
        if self.path == "/partial":
            self.send_header("X-SQL-State", "S1TAT")
        if self.path == "/few":
            self.send_header("X-SPARQL-MaxRows", "10")
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def service():
    _Service.seen.clear()
    with HTTPServer(("127.0.0.1", 0), _Service) as httpd:
        thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{httpd.server_address[1]}"
        httpd.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/broken", "estimated execution time is too long"),
        ("/private", "SUANTU_ENDPOINT_USER"),
        ("/cut", "breaks off"),
        ("/page", "hello"),
    ],
)
def test_errors_say_what_the_server_said(service, path, words):
    with pytest.raises(EndpointError) as caught:
        RemoteEndpoint(service + path).select("SELECT * WHERE { ?s ?p ?x }")
    assert words in str(caught.value)
    assert service + path in str(caught.value)


def test_a_part_of_an_answer_is_not_taken_for_all_of_it(service):
    with pytest.raises(LateError, match="a part of the answer"):
        RemoteEndpoint(service + "/partial").select("SELECT * WHERE { ?s ?p ?x }")
    few = RemoteEndpoint(service + "/few")
    for query in ("SELECT * { ?s ?p ?x }", "SELECT * { { SELECT * { ?s ?p ?x } LIMIT 5 } }", "SELECT * {} LIMIT 11"):
        with pytest.raises(EndpointError, match="10 rows at most"):
            few.select(query)
    assert len(few.select("SELECT * { ?s ?p ?x } LIMIT 10")) == 0


def test_the_service_is_told_how_long_it_may_take(service):
    _Service.limits.clear()
    RemoteEndpoint(service + "/ok").ask("ASK { ?s a st:Vendor }", timeout=2.5)
    RemoteEndpoint(service + "/ok").ask("ASK { ?s a st:Vendor }")
    assert _Service.limits == [("2.5", "2500"), ("300", "300000")]


def test_a_lost_connection_is_tried_once_more(service):
    assert RemoteEndpoint(service + "/lost").ask("ASK { ?s a st:Vendor }") is True
    assert [path for path, _, _ in _Service.seen] == ["/lost", "/lost"]


def test_queries_go_form_encoded_with_their_prefixes_and_credentials(service, monkeypatch):
    monkeypatch.setenv("SUANTU_ENDPOINT_USER", "me")
    monkeypatch.setenv("SUANTU_ENDPOINT_PASSWORD", "秘密")
    assert RemoteEndpoint(service + "/ok").ask("ASK { ?s a st:Vendor }") is True
    ((_, credentials, body),) = _Service.seen
    assert body.startswith("query=PREFIX+st%3A+")
    assert "skos" not in body
    assert credentials.startswith("Basic ")


def test_a_service_that_is_not_there_cannot_be_reached():
    with pytest.raises(EndpointError, match="cannot be reached"):
        RemoteEndpoint("http://127.0.0.1:9/sparql").ask("ASK {}")
    with pytest.raises(EndpointError, match="not an address"):
        RemoteEndpoint("file:///etc/passwd")
