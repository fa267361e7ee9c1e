"""Graphs for the tests of the export: the small knowledge base's, one with names that want to break out, large ones."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import NoReturn

import pytest

from cli_kb import ROOT, kb
from suantu.export.details import graph
from suantu.export.model import Edge, Fact, Graph, Node, Quote
from suantu.export.select import Wanted, select
from suantu.stores.kb import KnowledgeBase

S = "https://w3id.org/suantu/id/"
ST = "https://w3id.org/suantu/ontology#"
HOSTILE = (
    "quote \" and ' here",
    "angle <b>bold</b> & amp; &lt;",
    "two\nlines\r\nand\ttab",
    "back\\slash \\n \\N \\l %s {0}",
    "</script><script>alert(1)</script><!--",
    "]]> --> #quot; `code` |pipe| [[x]] ((y)) {z}",
    "\x1b[31mred\x1b[0m \x00 nul \x07",
    "end subgraph click style",
    "\u202eabc\u2028line",
    "浪潮“信息”；，、=1+1",
    "",
)


def small(language: str = "zh", **wanted: object) -> Graph:
    """A part of the small knowledge base."""
    with KnowledgeBase.open(kb()) as base:
        endpoint = base.endpoint()
        return graph(endpoint, select(endpoint, Wanted(**wanted)), language)  # type: ignore[arg-type]


def hostile() -> Graph:
    """Names, relations, quotes and aliases that hold what formats give a meaning to."""
    nodes = tuple(Node(f"{S}x{i}", {"zh": text, "en": text}, ("Vendor",), (text,)) for i, text in enumerate(HOSTILE))
    edges = tuple(
        Edge(
            nodes[i].id,
            nodes[(i + 1) % len(nodes)].id,
            Fact(f"{S}claim/{i}", "relation", f"{ST}makes", {"zh": t, "en": t}, quotes=(Quote(t, t, t, t, "", t),)),
        )
        for i, t in enumerate(HOSTILE)
    )
    return Graph(nodes, edges, "zh", {"Vendor": {"zh": "厂商", "en": "vendor"}})


def large(count: int) -> Graph:
    """A graph of many nodes with figures on its edges."""
    nodes = tuple(Node(f"{S}n{i}", {"zh": f"节点{i}", "en": f"node {i}"}, ("Chip",)) for i in range(count))
    quote = Quote("前文，", "某厂商的份额为一成。", "后文。", "报告", "3", "第一章")
    edges = tuple(
        Edge(
            nodes[i].id,
            nodes[(i * 7 + 1) % count].id,
            Fact(
                f"{S}o{i}",
                "figure",
                "https://w3id.org/suantu/metric/marketShare",
                {"zh": "份额"},
                "2020",
                "2020",
                "10",
                "percent",
                quotes=(quote,),
            ),
        )
        for i in range(count)
    )
    return Graph(nodes, edges, "zh", {"Chip": {"zh": "芯片", "en": "chip"}})


def missing(what: str) -> NoReturn:
    """Skip the test for want of a program; where everything should be there (``.ci/run``), fail."""
    if os.environ.get("SUANTU_NO_SKIP"):
        pytest.fail(f"needs {what}")
    pytest.skip(f"needs {what}")


def node_script(script: str, *arguments: str) -> str:
    """What a Node script of this folder prints; the test is skipped where Node or its packages are missing."""
    program = shutil.which("node")
    folder = Path(os.environ.get("SUANTU_NODE_MODULES", ROOT / "node_modules"))
    if program is None or not (folder / "cytoscape").is_dir():
        missing("Node.js and: npm install --no-save $(cat tests/npm-packages.txt)")
    environment = {**os.environ, "NODE_PATH": str(folder)}
    command = [program, str(ROOT / "tests" / script), str(folder), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout
