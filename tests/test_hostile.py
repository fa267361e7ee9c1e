"""What documents say is data: names that want to break out go through every command and export harmlessly."""

from __future__ import annotations

import hashlib
import io
import json
import xml.etree.ElementTree as ElementTree  # what is read here was just written here
from decimal import Decimal
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from click.testing import CliRunner, Result

import cli_kb
from suantu.build import build, export_trig
from suantu.cli import cli
from suantu.identity import discovered
from suantu.records import Claim, Document, Evidence, Extraction, Loose, Observation, RankingEntry, Span, Thing
from suantu.stores.kb import KnowledgeBase

STEERING = "\x1b]0;owned\x07\x1b[31m\x9b2J\u202e\u2028\x00\x7f"
BREAKS = '"/><script>alert(1)</script><img src=x onerror=alert(2)>&amp;\'); DROP ALL; """ \\u0022 \\ }} ${x} `x` -->'
SPARQL = '> } ; DELETE WHERE { ?s ?p ?o } #"^^<x'
NAMES = {
    "firm": f"{BREAKS}{STEERING}公司",
    "chip": f"{SPARQL}\n\r\t|芯片,=cmd()",
    "city": "'\"\\\"'''\u2066城\ufeff",
    "market": "]]><!--{{7*7}}--><市场",
}
LABELS = {" ".join(name.split()) for name in NAMES.values()}  # white space is one blank in a name
SENTENCES = [f"{name}在这里。" for name in NAMES.values()]
TEXT = f"{BREAKS}标题\n" + "\n".join(SENTENCES) + "\n值为52%。\n又有7项。\n"
CLASSES = {"firm": "Vendor", "chip": "Chip", "city": "City", "market": "Market"}
FORBIDDEN = "\x00\x07\x1b\x7f\x9b\r\u202e\u2028\u2066"


def things() -> dict[str, Thing]:
    parents = {"Vendor": ("Organization",), "Organization": ("Entity",)}
    found = {
        key: discovered(name, CLASSES[key], parents, f"rule-{BREAKS}", Decimal("0.6")) for key, name in NAMES.items()
    }
    assert all(ox.NamedNode(thing.iri) for thing in found.values())
    return found


def read(path: Path) -> Document:
    text = path.read_bytes().decode()
    return Document(
        text,
        hashlib.sha256(text.encode()).hexdigest(),
        path.name,
        title=f"{BREAKS}{STEERING}报告",
        issued="2020",
        publisher=f"{SPARQL}{STEERING}社",
    )


def extract(document: Document) -> Extraction:
    t, text = things(), document.text

    def said(words: str) -> Evidence:
        start = text.index(words)
        return Evidence((Span(start, start + len(words)),), f"{BREAKS}{STEERING}节")

    of = {key: said(sentence) for key, sentence in zip(NAMES, SENTENCES, strict=True)}
    figure = {"evidence": said("值为52%"), "found_by": f"r{STEERING}", "within": t["market"], "place": t["city"]}
    seven = Span(text.index("7项"), text.index("7项") + 2)
    return Extraction(
        document,
        tuple((t[key], of[key]) for key in NAMES),
        (
            Claim(t["firm"], "makes", t["chip"], of["firm"], f"makes{STEERING}"),
            Claim(t["firm"], "locatedIn", t["city"], of["city"], "in"),
        ),
        tuple(
            Observation("marketShare", t["firm"], Decimal(n), f"{n}%{STEERING}", "percent", period="2020", **figure)  # type: ignore[arg-type]
            for n in (52, 61)
        ),
        (RankingEntry(f"{BREAKS}{STEERING}榜", 1, t["firm"], of["firm"], "rank", "2020", t["city"]),),
        (Loose(f"7项{STEERING}", seven, Span(seven.start - 2, seven.end + 1), f"no{STEERING}"),),
    )


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    source = folder / "a\x1b[31m\n\"'<b>.txt"
    source.write_bytes(TEXT.encode())
    build([source], folder / "kb", cli_kb.ontology(folder / "ontology"), extract, read)
    return folder


@pytest.fixture
def call(root: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SUANTU_KB", str(root / "kb"))
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")

    def run(*args: str) -> Result:
        result = CliRunner().invoke(cli, list(args))
        assert result.exit_code in {0, 1}, (args, result.exit_code, result.output, result.exception)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    return run


FIRM, CHIP, CITY = NAMES["firm"], NAMES["chip"], NAMES["city"]
COMMANDS: dict[str, list[list[str]]] = {
    "check": [["--only", "sources", "--only", "cube", "--only", "figures", "--only", "arithmetic", "--all"]],
    "compare": [[FIRM, CHIP]],
    "conflicts": [["--all"], ["--about", FIRM]],
    "diff": [["--forecasts"], ["@title", "@title"]],
    "documents": [[]],
    "eval": [["@gold", "--misses", "--extras", "--by-rule"]],
    "facts": [[], ["--about", FIRM, "--place", CITY]],
    "find": [["公司"], [FIRM], ["alert(1)"], ["芯片,"]],
    "list": [["Vendor"], ["Chip"]],
    "path": [[FIRM, CHIP]],
    "query": [["SELECT ?l { ?e st:mentionedIn ?p ; skos:prefLabel ?l }"], ["SELECT * { ?s ?p ?o FILTER(isLiteral(?o)) }"]],
    "rank": [[], ["榜"]],
    "review": [["--list"]],
    "show": [[FIRM], [CHIP], [CITY], [NAMES["market"]]],
    "why": [[FIRM, CHIP], ["@fact"]],
}  # fmt: skip
# They show nothing of a knowledge base as text, or are looked at on their own.
ELSEWHERE = {"add", "build", "remove", "rules", "export", "plot", "serve", "load", "completion"}


def test_every_command_is_looked_at() -> None:
    assert set(COMMANDS) | ELSEWHERE == set(cli.list_commands(None))  # type: ignore[arg-type]


def filled(root: Path, args: list[str]) -> list[str]:
    gold = root / "small.gold"
    gold.write_text("E|Vendor|无此名|\n", "utf-8")
    with KnowledgeBase.open(root / "kb") as base:
        title = base.documents[0].title
        fact = base.endpoint().select("SELECT ?o { ?o a st:Observation }").rows[0][0]
    special = {"@gold": str(gold), "@title": title, "@fact": fact.value if fact else ""}
    return [special.get(arg, arg) for arg in args]


@pytest.mark.parametrize(("name", "args"), [(name, args) for name, calls in COMMANDS.items() for args in calls])
def test_commands_show_it_and_do_not_obey_it(root: Path, call, name: str, args: list[str]) -> None:
    for form in ("table", "tsv", "csv", "json"):
        if form in ("tsv", "csv") and name in ("check", "query", "show", "why"):
            continue  # no such format; of query, the bytes that SPARQL 1.1 wants
        result = call(name, *filled(root, args), "--format", form)
        found = [repr(c) for c in FORBIDDEN if c in result.stdout and c not in "\n\t"]
        # what programs read comes as it is; on a terminal it is escaped as well (test_cli_process)
        assert not found or form == "csv" or (name, form) == ("query", "json"), (name, form, found)
        assert not [c for c in FORBIDDEN if c in result.stderr]
        if form == "json":
            json.loads(result.stdout)


def test_names_are_found_by_every_character(call) -> None:
    for key, name in NAMES.items():
        shown = json.loads(call("show", name, "--format", "json").stdout)
        assert shown["iri"] == things()[key].iri, key


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # rdflib's own TriG parser uses what it deprecates
def test_the_graph_keeps_them_to_the_character(root: Path) -> None:
    with KnowledgeBase.open(root / "kb") as base:
        data = export_trig(base)
        labels = {
            r[0].value
            for r in base.endpoint().select("SELECT ?l { ?e st:mentionedIn ?p ; skos:prefLabel ?l }").rows
            if r[0]
        }
    assert labels >= LABELS
    one = {q for q in ox.parse(data, format=ox.RdfFormat.TRIG)}
    other = rdflib.Dataset()
    other.parse(data=data, format="trig")
    quads = list(other.quads())
    assert len(one) == len(quads)
    assert {str(quad[2]) for quad in quads if isinstance(quad[2], rdflib.Literal)} >= LABELS


@pytest.mark.parametrize(
    "form", ["html", "svg", "graphml", "gexf", "jsonld", "cytoscape", "ttl", "trig", "nq", "dot", "mermaid"]
)
def test_exports_hold_it_as_text(root: Path, call, form: str, tmp_path: Path) -> None:
    out = tmp_path / f"out.{form}"
    call("export", "--format", form, "-o", str(out))
    data = out.read_bytes()
    text = data.decode("utf-8")
    if form in {"html", "svg", "graphml", "gexf"}:
        assert "<script>alert(1)" not in text
        assert "<img src=x" not in text
    if form in {"svg", "graphml", "gexf"}:
        ElementTree.parse(io.BytesIO(data))  # noqa: S314
    if form in {"jsonld", "cytoscape"}:
        json.loads(text)
    if form in {"ttl", "trig", "nq"}:
        formats = {"ttl": ox.RdfFormat.TURTLE, "trig": ox.RdfFormat.TRIG, "nq": ox.RdfFormat.N_QUADS}
        labels = {q.object.value for q in ox.parse(data, format=formats[form]) if isinstance(q.object, ox.Literal)}
        assert labels >= LABELS


def test_charts_hold_it_as_text(call, tmp_path: Path) -> None:
    for args in (["marketShare"], ["rank"]):
        out = tmp_path / "chart.svg"
        result = call("plot", *args, "-o", str(out))
        assert not [c for c in FORBIDDEN if c in result.output]
        if out.exists():
            assert "<script>" not in out.read_text("utf-8")
            ElementTree.parse(out)  # noqa: S314


def test_a_real_build_of_hostile_text(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    text = (
        '《"><script>alert(1)</script>》由<b>云岭"芯科技</b>发布。\n英伟达推出了\x1b[31mA100\x07，'
        f"占52%{STEERING}。\n{SPARQL}科技推出X1芯片。\n![x](javascript:alert(1)) 浪潮的份额为\u202e31%。\n"
    )
    (folder / "a\x1b]0;x\x07\n<i>.txt").write_bytes(text.encode().replace(b"\0", b""))
    (folder / "b\x1b[31m.txt").write_bytes(b"\x00\x01")
    base = tmp_path / "kb"
    for args in (
        ["build", str(folder)],
        ["add", str(folder), "--force"],
        ["documents"],
        ["check", "--only", "sources", "--only", "figures", "--all"],
        ["export", "--format", "trig"],
    ):
        result = CliRunner().invoke(cli, [*args, "--kb", str(base)])
        assert result.exit_code in {0, 3}, result.output
        assert not [c for c in FORBIDDEN if c in result.output], args
    result = CliRunner().invoke(cli, ["remove", "a\x1b]0;x\x07\n<i>.txt", "--kb", str(base)])
    assert result.exit_code == 0, result.output
