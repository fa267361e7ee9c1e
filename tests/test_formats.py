"""One text in four formats gives the same facts: the words are the same, whatever carries them."""

from __future__ import annotations

from html import escape
from pathlib import Path

import pytest

from conftest import ROOT
from suantu.ontology import Ontology
from suantu.pipeline import Pipeline
from suantu.records import Thing
from suantu.stages.read import read

TITLE, DATE = "2020年中国人工智能算力市场", "2020年12月15日"
Facts = dict[str, list[tuple[str, ...]]]


@pytest.fixture(scope="module")
def pipeline(ontology: Ontology) -> Pipeline:
    return Pipeline(ontology)


@pytest.fixture(scope="module")
def lines() -> list[tuple[int, str]]:
    """The lines of a packaged document with their levels as headings (0: a paragraph), without what is Markdown's own."""
    text = (ROOT / "corpus" / "2020-2021" / "02-compute-market.md").read_text("utf-8").split("---\n", 2)[2]
    marked = [line.strip() for line in text.splitlines() if line.strip()]
    found = [(len(line) - len(line.lstrip("#")), line.lstrip("# ")) for line in marked]
    assert len(found) > 15
    return [(1, TITLE), (0, DATE), *((level + 1 if level else 0, line) for level, line in found)]


def facts(pipeline: Pipeline, path: Path) -> Facts:
    """All that the file says, without where it says it."""

    def shown(value: object) -> str:
        return value.iri if isinstance(value, Thing) else str(value)

    found = pipeline.extract(read(path, pipeline.layout))
    without = {"evidence", "confidence"}
    return {
        kind: sorted(
            tuple(shown(getattr(record, name)) for name in type(record).__slots__ if name not in without)
            for record in getattr(found, kind)
        )
        for kind in ("claims", "observations", "rankings")
    }


@pytest.fixture(scope="module")
def of_text(pipeline: Pipeline, lines: list[tuple[int, str]], tmp_path_factory: pytest.TempPathFactory) -> Facts:
    path = tmp_path_factory.mktemp("formats") / "report.md"
    path.write_text("\n\n".join(f"{'#' * level} {line}".strip() for level, line in lines) + "\n", "utf-8")
    found = facts(pipeline, path)
    assert min(len(found["claims"]), len(found["observations"])) > 15
    assert found["rankings"]
    return found


def test_html(pipeline: Pipeline, lines: list[tuple[int, str]], of_text: Facts, tmp_path: Path) -> None:
    body = "\n".join(
        f"<{tag}>{escape(line)}</{tag}>" for level, line in lines for tag in [f"h{level}" if level else "p"]
    )
    path = tmp_path / "report.html"
    path.write_text(f"<!DOCTYPE html><html><head><title>{TITLE}</title></head><body>{body}</body></html>", "utf-8")
    assert facts(pipeline, path) == of_text


def test_docx(pipeline: Pipeline, lines: list[tuple[int, str]], of_text: Facts, tmp_path: Path) -> None:
    docx = pytest.importorskip("docx")
    file = docx.Document()
    for level, line in lines:
        if level:
            file.add_heading(line, level)
        else:
            file.add_paragraph(line)
    file.save(str(tmp_path / "report.docx"))
    assert facts(pipeline, tmp_path / "report.docx") == of_text


def test_pdf(pipeline: Pipeline, lines: list[tuple[int, str]], of_text: Facts, tmp_path: Path) -> None:
    """Lines end where the page does, some within a number or a name; each page has a header and its number."""
    pytest.importorskip("pypdfium2")
    pytest.importorskip("reportlab")
    path = tmp_path / "report.pdf"
    write_pdf(path, lines)
    found = facts(pipeline, path)
    assert len(read(path, pipeline.layout).pages) > 2
    assert found == of_text


def write_pdf(path: Path, lines: list[tuple[int, str]]) -> None:
    from reportlab.lib.pagesizes import A5
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfgen.canvas import Canvas
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer

    font = "STSong-Light"  # every reader of PDF has it: no font file is needed
    pdfmetrics.registerFont(UnicodeCIDFont(font))

    def page(canvas: Canvas, document: SimpleDocTemplate) -> None:
        canvas.setFont(font, 8)
        canvas.drawString(60, A5[1] - 40, "计算力观察")
        canvas.drawCentredString(A5[0] / 2, 30, str(document.page))

    def style(level: int) -> ParagraphStyle:
        size = 18 - 2 * level if level else 10
        return ParagraphStyle(f"level{level}", fontName=font, fontSize=size, leading=size * 1.5, wordWrap="CJK")

    story = [part for level, line in lines for part in (Paragraph(escape(line), style(level)), Spacer(1, 8))]
    SimpleDocTemplate(str(path), pagesize=A5, title=TITLE, invariant=1).build(
        story, onFirstPage=page, onLaterPages=page
    )
