"""A knowledge base put into remote stores, by both protocols, whole or in two goes; and what servers refuse."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import servers
from cli_kb import kb
from suantu.api import open_graph
from suantu.cli import cli
from suantu.errors import EndpointError
from suantu.load import load
from suantu.stores import transfer
from suantu.stores.kb import KnowledgeBase

COUNTS = "SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY ?g"
EACH_ONCE = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with servers.oxigraph() as url:
        yield url


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The knowledge base, where a journal may be written beside it."""
    shutil.copytree(kb(), tmp_path / "kb")
    return tmp_path / "kb"


def call(*args: str, code: int = 0) -> Result:
    result = CliRunner().invoke(cli, ["load", *args, "--lang", "en"])
    assert result.exit_code == code, (result.exit_code, result.stdout, result.stderr)
    return result


def counted(where: str | Path) -> tuple[list[tuple[object, ...]], object]:
    with open_graph(where) as graph:
        return [tuple(row.values()) for row in graph.select(COUNTS)], graph.select(EACH_ONCE)[0]["n"]


@pytest.mark.parametrize("way", ["store", "update"])
def test_every_graph_arrives_whole(server: str, copy: Path, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transfer.GraphStore, "most", 4000)
    monkeypatch.setattr(transfer.Updates, "most", 4000)
    for _ in range(2):  # the second time replaces what the first brought
        assert call(f"{server}/{way}", "--kb", str(copy)).stderr.startswith("Loaded 5 graphs, ")
        assert counted(f"{server}/query") == counted(copy)
    assert not list(copy.glob("load-*"))


class _Stops:
    """A target that is lost after some calls."""

    most = 1 << 20

    def __init__(self, calls: int) -> None:
        self.left, self.names = calls, list[str]()

    def put(self, graph: str, data: bytes, *, replace: bool) -> None:
        self.left -= 1
        if self.left < 0:
            raise EndpointError("lost")
        self.names.append(graph)


def test_an_interrupted_load_goes_on(copy: Path) -> None:
    with KnowledgeBase.open(copy) as base:
        first = _Stops(2)
        with pytest.raises(EndpointError, match="lost"):
            load(base, "http://x/", first)
        other, second = _Stops(99), _Stops(99)
        assert load(base, "http://y/", other).skipped == 0
        assert load(base, "http://x/", second).skipped == 2
        assert not set(first.names) & set(second.names)
        third = _Stops(99)
        load(base, "http://x/", third)
        assert sorted(set(third.names)) == sorted({*first.names, *second.names})
        with pytest.raises(EndpointError):
            load(base, "http://x/", _Stops(2))
        assert load(base, "http://x/", _Stops(99), again=True).skipped == 0


class _Server(BaseHTTPRequestHandler):
    """Refuses, is busy once, and asks for credentials."""

    seen: list[tuple[str, str]] = []  # noqa: RUF012

    def _answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.seen.append((self.command, self.headers.get("Authorization", "")))
        status, more = 204, {}
        if self.path.startswith("/broken"):
            status = 507
        elif self.path.startswith("/busy") and len(self.seen) == 1:
            status = 503
        elif self.path.startswith("/basic") and not self.headers.get("Authorization"):
            status, more = 401, {"WWW-Authenticate": 'Basic realm="x"'}
        self.send_response(status)
        for name, value in more.items():
            self.send_header(name, value)
        self.send_header("Content-Length", "0" if status == 204 else "10")
        self.end_headers()
        self.wfile.write(b"" if status == 204 else b"disk full!")

    do_GET = do_PUT = do_POST = _answer  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def service() -> Iterator[str]:
    _Server.seen.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), _Server) as httpd:
        thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{httpd.server_address[1]}"
        httpd.shutdown()
        thread.join()


def test_what_the_server_says_is_told(service: str, copy: Path) -> None:
    text = call(f"{service}/broken", "--kb", str(copy), code=5).stderr
    assert text == f"suantu: {service}/broken: HTTP 507: disk full!\n"
    text = call(f"{service}/basic", "--kb", str(copy), code=5).stderr
    assert "SUANTU_ENDPOINT_USER" in text


def test_a_busy_server_is_asked_again(service: str, copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transfer, "_PAUSES", (0.01,))
    found = json.loads(call(f"{service}/busy", "--kb", str(copy), "--format", "json").stdout)
    assert found["graphs"] == 5
    assert found["default_graph"] is True


def test_credentials_go_only_where_they_are_asked_for_and_are_never_told(
    service: str, copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_both = service.replace("//", "//me:geheim@")
    assert "geheim" not in call(f"{with_both}/broken", "--kb", str(copy), code=5).stderr
    assert not any(credentials for _, credentials in _Server.seen)
    call(f"{with_both}/basic", "--kb", str(copy))
    assert _Server.seen[-1][1].startswith("Basic ")
    monkeypatch.setenv("SUANTU_ENDPOINT_USER", "me")
    monkeypatch.setenv("SUANTU_ENDPOINT_PASSWORD", "geheim")
    call(f"{service}/basic", "--kb", str(copy))


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (["http://127.0.0.1:9/store"], 5, "cannot be reached"),
        (["file:///etc/passwd"], 5, "not an address"),
        (["http://127.0.0.1:9/", "--kb", "/nowhere"], 3, "no knowledge base"),
        (["http://127.0.0.1:9/", "--protocol", "ftp"], 2, "--protocol"),
        ([], 2, "Missing argument"),
    ],
)
def test_what_load_refuses(args: list[str], code: int, words: str, copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transfer, "_PAUSES", ())
    monkeypatch.setenv("SUANTU_KB", str(copy))
    result = call(*args, code=code)
    assert words in result.stderr
    assert result.stdout == ""


def test_an_address_that_is_neither_says_so(server: str, copy: Path) -> None:
    assert "Nor does it take SPARQL Update" in call(f"{server}/query", "--kb", str(copy), code=5).stderr
