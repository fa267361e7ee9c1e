"""The server: the SPARQL protocol, what the explorer page asks, what is refused, and a real process."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
import rdflib

import servers
from cli_kb import ROOT, kb
from suantu.api import open_graph
from suantu.server.app import App, Source
from suantu.server.protocol import Request, Response, wanted
from suantu.stores.remote import RemoteEndpoint

ONTOLOGY = ROOT / "ontology"
MAKES = "SELECT ?o WHERE { sti:NVIDIA st:makes ?o }"
JSON = "application/sparql-results+json"


@pytest.fixture(scope="module", params=["local", "remote"])
def app(request: pytest.FixtureRequest) -> Iterator[App]:
    """The application over the knowledge base, and over another server."""
    if request.param == "local":
        yield App(Source(kb()), ONTOLOGY, timeout=20)
        return
    store = kb() / json.loads((kb() / "manifest.json").read_text("utf-8"))["store"]
    with servers.oxigraph(store) as url:
        yield App(Source(None, RemoteEndpoint(f"{url}/query")), ONTOLOGY, timeout=20)


@pytest.fixture(scope="module")
def local() -> App:
    return App(Source(kb()), ONTOLOGY, timeout=20, hosts=("localhost",))


def get(app: App, path: str, accept: str = "", host: str = "localhost:80", **parameters: str) -> Response:
    query = urllib.parse.urlencode(parameters)
    return app(Request("GET", path, query, {"accept": accept, "host": host}))


def post(app: App, body: str, kind: str, query: str = "", accept: str = "") -> Response:
    return app(
        Request("POST", "/sparql", query, {"content-type": kind, "accept": accept, "host": "localhost"}, body.encode())
    )


# ---- the protocol ----------------------------------------------------------------------------------------------------


def test_the_three_ways_to_ask(app: App) -> None:
    form = urllib.parse.urlencode({"query": MAKES})
    answers = [
        get(app, "/sparql", query=MAKES),
        post(app, form, "application/x-www-form-urlencoded"),
        post(app, MAKES, "application/sparql-query; charset=utf-8"),
    ]
    for answer in answers:
        assert (answer.status, answer.media_type) == (200, JSON)
        (row,) = json.loads(answer.data)["results"]["bindings"]
        assert row["o"]["value"].endswith("/A100")


@pytest.mark.parametrize(
    ("form", "accept", "name"),
    [
        ("SELECT", "", "json"),
        ("SELECT", "*/*", "json"),
        ("SELECT", "text/csv", "csv"),
        ("SELECT", "text/html,application/xhtml+xml,*/*;q=0.8", "json"),
        ("SELECT", "application/sparql-results+xml;q=0.5, text/tab-separated-values", "tsv"),
        ("SELECT", "application/json", "json"),
        ("SELECT", "text/turtle, application/sparql-results+xml;q=0.1", "xml"),
        ("ASK", "text/csv;q=0, */*;q=0.1", "json"),
        ("CONSTRUCT", "", "ttl"),
        ("CONSTRUCT", "application/ld+json, text/turtle;q=0.9", "jsonld"),
        ("DESCRIBE", "application/rdf+xml", "rdfxml"),
        ("CONSTRUCT", "text/plain", "nt"),
    ],
)
def test_the_format_that_is_wanted(form: str, accept: str, name: str) -> None:
    assert wanted(form, accept) == name


def test_what_cannot_be_given_is_told(app: App) -> None:
    assert get(app, "/sparql", "image/png", query=MAKES).status == 406
    assert get(app, "/sparql", query=MAKES, format="csv").data == b"o\r\nhttps://w3id.org/suantu/id/A100\r\n"
    assert get(app, "/sparql", query=MAKES, format="ttl").status == 400


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")
def test_graphs_and_truth(app: App) -> None:
    answer = get(app, "/sparql", "text/turtle", query="DESCRIBE sti:A100")
    assert answer.media_type.startswith("text/turtle")
    assert len(rdflib.Graph().parse(data=answer.data, format="turtle")) > 3
    assert json.loads(get(app, "/sparql", query="ASK { sti:A100 a st:City }").data)["boolean"] is False


def test_the_service_describes_itself(app: App) -> None:
    answer = get(app, "/sparql", "text/turtle")
    found = rdflib.Graph().parse(data=answer.data, format="turtle", publicID="http://x/sparql")
    features = {str(o).rpartition("#")[2] for o in found.objects()}
    assert {"SPARQL11Query", "UnionDefaultGraph"} <= features


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("SELECT * { ?s ?p }", "line 1, column 18"),
        ("SELECT * { ?s foo:bar ?o }", "the prefix foo: is not known"),
        ("DELETE WHERE { ?s ?p ?o }", "queries only read"),
        ("", "query is empty"),
    ],
)
def test_a_wrong_query_is_told_as_text(app: App, query: str, words: str) -> None:
    answer = get(app, "/sparql", query=query)
    assert answer.status == 400
    assert words in answer.data.decode()


def test_other_services_are_not_called(local: App) -> None:
    answer = get(local, "/sparql", query="SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }")
    assert (answer.status, b"refused" in answer.data) == (400, True)


def test_updates_are_refused(app: App) -> None:
    update = "INSERT DATA { <x:a> <x:b> <x:c> }"
    form = urllib.parse.urlencode({"update": update})
    assert post(app, form, "application/x-www-form-urlencoded").status == 403
    assert post(app, update, "application/sparql-update").status == 403
    assert post(app, MAKES, "text/plain").status == 415
    assert post(app, "query=a&query=b", "application/x-www-form-urlencoded").status == 400
    assert app(Request("DELETE", "/sparql")).status == 405
    assert app(Request("POST", "/sparql", "", {"content-type": "application/sparql-query"}, b"\xff")).status == 400


def test_a_data_set_of_the_requests_own(local: App) -> None:
    count = "SELECT (COUNT(*) AS ?n) { { ?s st:makes ?o } UNION { GRAPH ?g { ?s st:makes ?o } } }"
    ontology = "https://w3id.org/suantu/id/graph/ontology"

    def number(**parameters: str) -> int:
        return int(
            json.loads(get(local, "/sparql", query=count, **parameters).data)["results"]["bindings"][0]["n"]["value"]
        )

    assert number(**{"default-graph-uri": "http://nowhere/"}) == 0
    with open_graph(kb()) as graph:
        alone = graph.select(f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{ontology}> {{ ?s st:makes ?o }} }}")[0]["n"]
    assert number(**{"default-graph-uri": ontology}) == number(**{"named-graph-uri": ontology}) == alone


def test_a_query_that_runs_away_is_stopped() -> None:
    app = App(Source(kb()), ONTOLOGY, timeout=0.5)
    began = time.monotonic()
    answer = get(app, "/sparql", query="SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?a")
    assert (answer.status, b"--timeout" in answer.data) == (503, True)
    assert time.monotonic() - began < 10


@pytest.mark.parametrize(("wanted", "limit"), [("0.3", "0.3 s"), ("900", "0.6 s"), ("soon", "0.6 s"), ("-1", "0.6 s")])
def test_a_client_may_wait_less_long(wanted: str, limit: str) -> None:
    app = App(Source(kb()), ONTOLOGY, timeout=0.6)
    query = "query=" + urllib.parse.quote("SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?a")
    answer = app(Request("GET", "/sparql", query, {"timeout": wanted}))
    assert f"stopped after {limit}" in answer.data.decode()


def test_only_so_many_run_at_once() -> None:
    app = App(Source(kb()), ONTOLOGY, timeout=0.05, jobs=1)
    with app._waiting():
        answer = get(app, "/sparql", query=MAKES)
    assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
    assert get(App(Source(kb()), ONTOLOGY, timeout=20, jobs=1), "/sparql", query=MAKES).status == 200


# ---- the page --------------------------------------------------------------------------------------------------------


def test_the_page_and_what_it_is_made_of(local: App) -> None:
    page = get(local, "/").data.decode()
    for name in re.findall(r'(?:src|href)="([\w.]+)"', page):
        answer = get(local, f"/{name}")
        assert answer.status == 200
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert not re.search(rb"https?://", answer.data), "asks nothing of another host"
    assert "default-src 'none'" in get(local, "/").headers["Content-Security-Policy"]
    assert get(local, "/../app.py").status == get(local, "/nothing").status == 404


def test_the_script_is_sound(tmp_path: Path) -> None:
    if (node := shutil.which("node")) is None:
        pytest.skip("needs node")
    script = ROOT / "src/suantu/server/static/app.js"
    assert subprocess.run([node, "--check", script], capture_output=True, check=False).stderr == b""
    text = script.read_text("utf-8")
    words = {
        key: set(re.findall(r"(\w+): \"", body)) for key, body in re.findall(r"^  (en|zh): \{(.*)\},$", text, re.M)
    }
    assert words["en"] == words["zh"]
    assert set(re.findall(r'word\("(\w+)"\)', text)) <= words["en"]
    assert "innerHTML" not in text


def ask(app: App, what: str, /, **parameters: str) -> object:
    answer = get(app, f"/api/{what}", **parameters)
    assert answer.status == 200, answer.data.decode()
    return json.loads(answer.data)


def test_what_the_page_asks(app: App) -> None:
    overview = ask(app, "overview", lang="zh")
    assert {"iri": "https://w3id.org/suantu/ontology#City", "label": "城市", "n": 1} in overview["classes"]  # type: ignore[index]
    assert [d["title"] for d in overview["documents"]] == ["算力市场报告", "四年后的复盘"]  # type: ignore[index]
    assert ask(app, "find", q="langchao")[0]["label"] == "Inspur"  # type: ignore[index]
    assert [m["label"] for m in ask(app, "members", **{"class": "Chip"})] == ["A100", "Ascend 910"]  # type: ignore[attr-defined]
    card = ask(app, "thing", name="浪潮", lang="zh")
    assert (card["label"], card["classes"], card["mentions"]) == ("浪潮", ["厂商"], 3)  # type: ignore[index]
    (figure,) = card["figures"]  # type: ignore[index]
    assert (figure["value"], figure["metricLabel"], figure["source"]["title"]) == ("52", "市场份额", "算力市场报告")
    reason = ask(app, "why", fact=figure["fact"])
    assert reason["quotes"][0]["words"] == "52%"  # type: ignore[index]


def test_the_page_asks_questions(app: App) -> None:
    assert len(ask(app, "questions", lang="zh")) >= 30  # type: ignore[arg-type]
    found = ask(app, "question", question="products-of", maker="NVIDIA", **{"class": ""})
    assert found["rows"][0][0] == {
        "value": found["rows"][0][0]["iri"],
        "iri": found["rows"][0][0]["iri"],
        "label": "A100",
    }  # type: ignore[index]
    rows = ask(app, "select", query="SELECT ?x ?n { VALUES ?n { 7 } OPTIONAL { ?x a st:AIModel } }")
    assert rows == {"columns": ["x", "n"], "rows": [[None, {"value": "7"}]]}


@pytest.mark.parametrize(
    ("path", "parameters", "status", "words"),
    [
        ("/api/nothing", {}, 404, "there are overview"),
        ("/api/find", {}, 400, "give q="),
        ("/api/thing", {"name": "nobody at all"}, 400, "unknown thing"),
        ("/api/why", {"fact": "ffff"}, 400, "unknown fact"),
        ("/api/question", {"question": "../x"}, 400, "unknown question"),
        ("/api/question", {"question": "figures-of"}, 400, "needs thing="),
        ("/api/select", {"query": "ASK {}"}, 400, "SELECT"),
    ],
)
def test_what_the_page_is_told(app: App, path: str, parameters: dict[str, str], status: int, words: str) -> None:
    answer = get(app, path, **parameters)
    assert (answer.status, words in answer.data.decode()) == (status, True)


def test_a_page_elsewhere_cannot_ask_under_its_own_name(local: App) -> None:
    assert get(local, "/", host="evil.example").status == 403
    assert get(local, "/sparql", host="evil.example:7879", query=MAKES).status == 403
    assert get(local, "/", host="LOCALHOST:7879").status == 200


def test_a_knowledge_base_built_anew_is_taken_up(tmp_path: Path) -> None:
    shutil.copytree(kb(), tmp_path / "kb")
    app = App(Source(tmp_path / "kb"), ONTOLOGY, timeout=20)
    count = "SELECT (COUNT(?d) AS ?n) { ?d a st:Document }"
    assert b'"2"' in get(app, "/sparql", query=count).data
    from suantu.build import remove

    remove("四年后的复盘", tmp_path / "kb")
    assert b'"1"' in get(app, "/sparql", query=count).data


# ---- the process -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def running() -> Iterator[tuple[str, subprocess.Popen[str]]]:
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "LC_ALL": "C.UTF-8"}
    command = [sys.executable, "-m", "suantu", "serve", "--port", "0", "--kb", str(kb())]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=env) as process:
        assert process.stderr is not None
        line = process.stderr.readline()
        yield re.search(r"http://\S+", line)[0], process  # type: ignore[index]
        process.kill()


def test_a_process_serves_until_it_is_told_to_stop(running: tuple[str, subprocess.Popen[str]]) -> None:
    url, process = running
    with open_graph(f"{url}sparql") as graph:
        assert graph.thing("浪潮").mentions == 3
        assert [r["o"] for r in graph.select(MAKES)] == ["https://w3id.org/suantu/id/A100"]
    with urllib.request.urlopen(f"{url}api/find?q=A100") as answer:
        assert json.load(answer)[0]["label"] == "A100"
    head = urllib.request.Request(url, method="HEAD")
    with urllib.request.urlopen(head) as answer:
        assert (answer.read(), int(answer.headers["Content-Length"]) > 100) == (b"", True)
    big = urllib.request.Request(f"{url}sparql", b"x" * (1 << 20) + b"x", {"Content-Type": "application/sparql-query"})
    with pytest.raises((urllib.error.URLError, ConnectionError)) as refused:
        urllib.request.urlopen(big)
    if isinstance(refused.value, urllib.error.HTTPError):
        assert refused.value.code == 413
        refused.value.close()
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0


def test_what_serve_refuses(tmp_path: Path) -> None:
    import socket

    from click.testing import CliRunner

    from suantu.cli import cli

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        result = CliRunner().invoke(cli, ["serve", "--port", port, "--kb", str(kb())])
    assert (result.exit_code, "give another --port" in result.stderr) == (2, True)
    result = CliRunner().invoke(cli, ["serve", "--kb", str(tmp_path / "none")])
    assert (result.exit_code, "no knowledge base" in result.stderr) == (3, True)
    assert CliRunner().invoke(cli, ["serve", "--port", "x"]).exit_code == 2
