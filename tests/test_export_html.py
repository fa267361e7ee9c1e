"""The exported page in a real browser, without a screen: what a reader does with it, and that it asks nobody."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Request, sync_playwright

from cli_kb import ROOT
from export_samples import HOSTILE, S, hostile, large, missing, small
from suantu.export import html, svg
from suantu.export.model import Graph

FLAGS = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
FLAGS += " --disable-component-update --disable-sync"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        missing("Chromium")
    if not html._LIBRARY.is_file():
        missing("Cytoscape.js in the package: python hatch_build.py")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, args=FLAGS.split())
        yield opened
        opened.close()


@dataclass
class Viewer:
    """An open page and what it should not do: ask for anything, complain, or show a dialog."""

    page: Page
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def js(self, expression: str) -> Any:
        """What an expression gives once what was done has been drawn: until then elements count as visible as before."""
        self.page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(0))))")
        return self.page.evaluate(expression)

    def shown(self, kind: str) -> int:
        return int(self.js(f"suantu.cy.{kind}s(':visible').length"))

    def find(self, text: str) -> None:
        self.page.fill("#search", text)
        self.page.keyboard.press("Enter")

    def details(self) -> str:
        return self.page.inner_text("#details")

    def spot(self, element: str) -> tuple[float, float]:
        """Where an element stands on the page, once the view is at rest."""
        self.page.wait_for_function("!suantu.cy.animated()")
        x, y = self.js(
            f"(() => {{ const e = {element}, p = e.isNode() ? e.renderedPosition() : e.renderedMidpoint(),"
            " r = document.getElementById('graph').getBoundingClientRect(); return [p.x + r.left, p.y + r.top]; })()"
        )
        return x, y


@pytest.fixture
def view(browser: Browser, tmp_path: Path) -> Iterator[Any]:
    opened: list[Viewer] = []

    def show(graph: Graph) -> Viewer:
        path = tmp_path / "page.html"
        path.write_bytes(html.write(graph))
        page = browser.new_page(viewport={"width": 1400, "height": 900})
        viewer = Viewer(page)

        def note(request: Request) -> None:
            if request.url.partition("#")[0] != path.as_uri() and not request.url.startswith(("data:", "blob:")):
                viewer.asked.append(request.url)

        page.on("request", note)
        page.on("console", lambda m: viewer.complaints.append(m.text) if m.type in {"error", "warning"} else None)
        page.on("pageerror", lambda e: viewer.complaints.append(str(e)))
        page.on("dialog", lambda d: (viewer.complaints.append(d.message), d.dismiss()))
        opened.append(viewer)
        page.goto(path.as_uri())
        page.wait_for_function("window.suantu")
        return viewer

    yield show
    for viewer in opened:
        assert viewer.asked == []
        assert viewer.complaints == []
        viewer.page.close()


def test_it_shows_the_whole_graph(view: Any) -> None:
    graph = small()
    viewer = view(graph)
    assert (viewer.shown("node"), viewer.shown("edge")) == (len(graph.nodes), len(graph.edges))
    assert viewer.js("suantu.cy.nodes().map(n => n.data('label'))") == [n.label("zh") for n in graph.nodes]
    extent, size = viewer.js("suantu.cy.elements().renderedBoundingBox()"), viewer.js("suantu.cy.width()")
    assert extent["x1"] >= 0
    assert extent["x2"] <= size


def test_search_by_any_name_opens_the_thing(view: Any) -> None:
    viewer = view(small())
    for typed in ("浪潮信息", "inspur", "浪潮"):  # another name, the other language, its label
        viewer.find(typed)
        assert viewer.page.inner_text("#details h2") == "浪潮"
        assert "市场份额 2020-H1 52%" in viewer.details()
    viewer.page.fill("#search", "nothing of that name")
    assert viewer.page.is_hidden("#results")
    assert "0" in viewer.page.inner_text("#shown")


def test_a_click_on_a_thing_shows_its_facts_and_on_an_edge_the_words(view: Any) -> None:
    viewer = view(small())
    node = "suantu.cy.nodes().filter(n => n.data('label') === '英伟达')"
    viewer.js(f"void suantu.cy.zoom(1).center({node})")
    viewer.page.mouse.click(*viewer.spot(node))
    assert viewer.page.inner_text("#details h2") == "英伟达"
    assert "A100" in viewer.details()
    edge = f"{node}.edgesTo(suantu.cy.nodes()).filter(e => e.target().data('label') === 'A100')"
    viewer.js(f"void suantu.cy.center({edge})")
    viewer.page.mouse.click(*viewer.spot(edge))
    assert viewer.page.inner_text("#details mark") == "英伟达推出A100"
    assert viewer.page.inner_text("#details blockquote").startswith("浪潮在人工智能服务器市场的份额为52%")
    assert [b.inner_text() for b in viewer.page.query_selector_all("#details mark b")] == ["英伟达", "A100"]
    assert "算力市场报告" in viewer.page.inner_text("#details cite")
    viewer.page.mouse.click(*(viewer.spot(edge)[0], 80))
    assert viewer.page.locator("#details blockquote").count() == 0


def test_a_figure_in_the_list_shows_its_words(view: Any) -> None:
    viewer = view(small())
    viewer.find("昇腾910")
    viewer.page.click("#details li button:has-text('32GB')")
    assert viewer.page.inner_text("#details mark") == "32GB"


def test_filters_by_class_property_year_and_forecast(view: Any) -> None:
    graph = small()
    viewer = view(graph)
    everything = viewer.shown("node"), viewer.shown("edge")
    viewer.page.uncheck("#classes input[value='City']")
    cities = sum("City" in n.classes for n in graph.nodes)
    assert viewer.shown("node") == everything[0] - cities > 0
    viewer.page.check("#classes input[value='City']")
    viewer.page.uncheck("#properties input[value$='#makes']")
    made = sum(e.fact.predicate.endswith("#makes") for e in graph.edges)
    assert viewer.shown("edge") == everything[1] - made < everything[1]
    viewer.page.check("#properties input[value$='#makes']")
    viewer.page.select_option("#year", "2019")
    years = viewer.js(
        "suantu.cy.edges(':visible').map(e => suantu.data.facts[suantu.data.edges[e.data('i')].f].y || '')"
    )
    assert set(years) <= {"", "2019"}
    assert "2019" in years
    viewer.page.select_option("#year", "")
    viewer.page.select_option("#forecast", "only")
    facts = "suantu.cy.edges(':visible').map(e => suantu.data.facts[suantu.data.edges[e.data('i')].f])"
    assert set(viewer.js(f"{facts}.filter(f => f.k === 'figure').map(f => f.s)")) == {"Forecast"}
    viewer.page.select_option("#forecast", "all")
    assert (viewer.shown("node"), viewer.shown("edge")) == everything
    viewer.page.click("#classes-both button:last-child")
    assert viewer.shown("node") == 0
    viewer.find("浪潮")  # what is looked for is shown, whatever the filters say
    assert viewer.shown("node") >= 1


def test_the_language_changes_everywhere(view: Any) -> None:
    viewer = view(small())
    viewer.find("Inspur")
    viewer.page.click("#language")
    assert viewer.page.inner_text("#details h2") == "Inspur"
    assert viewer.page.get_attribute("html", "lang") == "en"
    assert "Classes" in viewer.page.inner_text("#filters")
    assert "vendor" in viewer.page.inner_text("#filters").lower()
    assert "Inspur" in viewer.js("suantu.cy.nodes().map(n => n.data('label'))")


def test_mouse_pans_zooms_and_drags(view: Any) -> None:
    viewer = view(small())
    mouse = viewer.page.mouse
    pan, zoom = viewer.js("({...suantu.cy.pan()})"), viewer.js("suantu.cy.zoom()")
    mouse.move(320, 80)
    mouse.down()
    mouse.move(380, 140, steps=5)
    mouse.up()
    assert viewer.js("suantu.cy.pan().x") == pytest.approx(pan["x"] + 60, abs=2)
    mouse.wheel(0, -300)
    viewer.page.wait_for_function(f"suantu.cy.zoom() > {zoom}")
    viewer.js("void suantu.cy.zoom(1).center(suantu.cy.nodes()[0])")
    before = viewer.js("({...suantu.cy.nodes()[0].position()})")
    x, y = viewer.spot("suantu.cy.nodes()[0]")
    mouse.move(x, y)
    mouse.down()
    mouse.move(x + 40, y + 30, steps=5)
    mouse.up()
    assert viewer.js("suantu.cy.nodes()[0].position().x") > before["x"]


def test_keys_alone_do(view: Any) -> None:
    viewer = view(small())
    keys = viewer.page.keyboard
    keys.press("/")
    keys.type("英伟")
    keys.press("Enter")
    assert viewer.js("document.activeElement.id") == "details"
    keys.press("Tab")
    keys.press("Enter")
    assert viewer.page.locator("#details blockquote").count() > 0
    keys.press("Escape")
    assert viewer.page.locator("#details blockquote").count() == 0
    viewer.page.focus("#graph")
    pan, zoom = viewer.js("suantu.cy.pan().x"), viewer.js("suantu.cy.zoom()")
    keys.press("ArrowRight")
    assert viewer.js("suantu.cy.pan().x") < pan
    keys.press("+")
    assert viewer.js("suantu.cy.zoom()") > zoom


def test_screen_readers_find_their_way(view: Any) -> None:
    """No fault that axe, the accessibility checker, knows, before and after a choice, in both languages."""
    folder = Path(os.environ.get("SUANTU_NODE_MODULES", ROOT / "node_modules"))
    checker = folder / "axe-core" / "axe.min.js"
    if not checker.is_file():
        missing("npm install --no-save $(cat tests/npm-packages.txt)")
    viewer = view(small())
    viewer.js(checker.read_text("utf-8"))
    for step in (lambda: None, lambda: viewer.find("浪潮"), lambda: viewer.page.click("#language")):
        step()
        found = viewer.js("axe.run().then(r => r.violations.map(v => [v.id, v.nodes.map(n => n.html.slice(0, 200))]))")
        assert found == []


def test_names_cannot_break_out(view: Any) -> None:
    viewer = view(hostile())
    assert viewer.shown("node") == len(HOSTILE)
    for i in range(len(HOSTILE)):
        viewer.js(f"void suantu.cy.getElementById('e{i}').emit('tap')")
    assert viewer.page.locator("#details script, #details b:has-text('bold')").count() == 0
    assert viewer.js("document.scripts.length") == 3


def test_two_thousand_things_can_be_used(view: Any) -> None:
    viewer = view(large(2000))
    assert viewer.shown("node") == 2000
    readable = viewer.js("suantu.cy.nodes('.map').length") or viewer.page.wait_for_function(
        "suantu.cy.nodes('.map').length"
    )
    assert readable
    seconds = viewer.js(
        "(() => { const t = performance.now(); const s = document.getElementById('search'); s.value = '节点1999';"
        " s.dispatchEvent(new Event('input')); return (performance.now() - t) / 1000; })()"
    )
    assert seconds < 1
    viewer.page.keyboard.press("/")
    viewer.find("节点1999")
    assert viewer.page.inner_text("#details h2") == "节点1999"
    viewer.page.uncheck("#classes input")
    assert viewer.shown("node") == 0


@pytest.mark.parametrize("language", ["zh", "en"])
def test_labels_fit_their_boxes_in_a_drawn_picture(browser: Browser, tmp_path: Path, language: str) -> None:
    """As a browser draws the SVG with the font that is here: no name of a thing is wider than its box."""
    path = tmp_path / "picture.svg"
    path.write_bytes(svg.write(small(language)))
    page = browser.new_page()
    page.goto(path.as_uri())
    boxes = page.evaluate(
        "[...document.querySelectorAll('rect > title')].map(t => { const r = t.parentNode.getBBox();"
        " const own = [...document.querySelectorAll('text')].map(x => x.getBBox()).filter(b => b.x + b.width / 2 > r.x"
        " && b.x + b.width / 2 < r.x + r.width && b.y + b.height / 2 > r.y && b.y + b.height / 2 < r.y + r.height);"
        " return own.map(b => [b.x - r.x, r.x + r.width - b.x - b.width]); })"
    )
    page.close()
    assert len(boxes) == len(small(language).nodes)
    assert all(own for own in boxes)
    assert min(room for own in boxes for pair in own for room in pair) >= 0


def test_the_page_carries_its_data_and_licence_and_no_address() -> None:
    if not html._LIBRARY.is_file():
        missing("Cytoscape.js in the package: python hatch_build.py")
    text = html.write(small()).decode()
    record = json.loads(text.split('<script type="application/json" id="data">')[1].split("</script>")[0])
    assert {n["n"]["zh"] for n in record["nodes"]} >= {"浪潮", "英伟达"}
    assert "The Cytoscape Consortium" in text
    assert "Permission is hereby granted" in text
    assert S not in text.split("<script>")[0].split("</style>")[0]
