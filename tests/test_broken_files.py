"""Files that are broken, or made to harm: one clear line each, in bounded time and memory, and nothing is lost."""

from __future__ import annotations

import contextlib
import io
import os
import time
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from suantu import child
from suantu.cli import cli
from suantu.errors import InputError
from suantu.stages import readers
from suantu.stages.read import read
from suantu.stages.readers import Extracted, Reader
from suantu.stages.readers.html import read_html
from test_read import HTML, LAYOUT, small_pdf, write

# ---- HTML ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("page", "lines"),
    [
        ("<form><p>A</p><p>B</form>", ["A", "B"]),
        ("<nav>menu</nav><p>A<nav>menu<p>B", ["menu", "A", "menu", "B"]),  # never closed: all is shown
        ("<nav>menu<button>x</nav><p>A", ["A"]),
        ("<table><tr><td>A<td>1<tr><td>B<td>2</table>C", ["| A | 1 |", "| B | 2 |", "C"]),
        (
            "<table><tr><td>A<table><tr><td>1</td></tr></table>B</td><td>C</td></tr></table>",
            ["| A |", "| 1 |", "B", "| C |"],
        ),
        ("<tr><td><p>A</p><p>B</p></td><td>x|y</td></tr>", ["| A B | x\\|y |"]),
        ("A<!-- no --> B<!-- to the end", ["A B<!-- to the end"]),
        ("<p>3 < 5 & 7 > 6 <5% &lt;b&gt; &#x41;&#99999999999;", ["3 < 5 & 7 > 6 <5% <b> A\ufffd"]),
        ("<![CDATA[A & B]]><p title='<b>'>C", ["A & B", "C"]),
        ("<script>if (a<b) '<p>no'</script>A<style>p {}", ["A"]),
        ("<p>A<br/>B<br>C</p><P CLASS=x>D", ["A", "B", "C", "D"]),
        ("&#" + "1" * 5000 + ";A", ["\ufffdA"]),
    ],
)
def test_html_of_any_kind_loses_nothing(tmp_path: Path, page: str, lines: list[str]) -> None:
    assert [line for line in read(write(tmp_path, "a.html", page), LAYOUT).text.splitlines() if line] == lines


@pytest.mark.parametrize(
    "piece", ["<", "<!--", "<a ", '<a href="', "<a href='\"", "<?", "</", "<![CDATA[", "&#", "<td>x", "<nav>x"]
)
def test_broken_html_takes_linear_time(tmp_path: Path, piece: str) -> None:
    with contextlib.suppress(InputError):  # nothing is shown
        read(write(tmp_path, "a.html", piece * 50_000), LAYOUT)  # a quadratic reader would not come to its end


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["<", ">", "/", "!", "--", "p", "td", "tr", "nav", '"', "'", "=", " ", "甲", "&", "#1;", "[CDATA["]
        )
    )
)
def test_any_html_is_read(words: list[str]) -> None:
    text = read_html("".join(words).encode(), "a.html").text
    assert text.count("甲") <= words.count("甲")
    if "<" not in words:
        assert text.count("甲") == words.count("甲")


@pytest.mark.skipif(not child.FORKS, reason="limits what a child process may take")
@pytest.mark.parametrize(
    ("work", "words"),
    [
        (lambda data, name: time.sleep(60), "stopped after 0.5 s"),
        (lambda data, name: os.abort(), "too much memory, or is broken"),
        (lambda data, name: Extracted("x" * (1 << 31)), "cannot be read"),
        (lambda data, name: 1 / 0, "division by zero"),
    ],
)
def test_a_library_that_loops_or_crashes_loses_one_file(
    monkeypatch: pytest.MonkeyPatch, work: Reader, words: str
) -> None:
    monkeypatch.setattr(readers, "SECONDS", 0.5)
    monkeypatch.setattr(readers, "MEMORY", 1 << 30)
    with pytest.raises(InputError, match=words):
        readers.apart(work, b"", "a.pdf")


# ---- Word, PDF and all others ----------------------------------------------------------------------------------------


def word_file(body: str) -> bytes:
    """A Word file with this body."""
    docx = pytest.importorskip("docx")
    plain, made = io.BytesIO(), io.BytesIO()
    file = docx.Document()
    file.add_paragraph("PLACE")
    file.save(plain)
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "word/document.xml":
                data = data.replace(b"<w:p><w:r><w:t>PLACE</w:t></w:r></w:p>", body.encode())
            new.writestr(name, data)
    return made.getvalue()


@pytest.mark.parametrize(
    "body",
    [
        "<w:p>" * 5000,
        "<w:p>" * 5000 + "</w:p>" * 5000,
        "<w:p><w:r><w:t>" + "x" * 12_000_000 + "</w:t></w:r></w:p>",
        '<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="90000000"/></w:tcPr><w:p/></w:tc></w:tr></w:tbl>',
        "<w:p/>" * 2_000_000 + "<w:p",
    ],
    ids=["unclosed", "deep", "long", "wide", "many"],
)
def test_word_files_that_are_bombs_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str) -> None:
    monkeypatch.setattr(readers, "SECONDS", 5)
    with pytest.raises(InputError, match=r"^a\.docx: "):
        read(write(tmp_path, "a.docx", word_file(body)), LAYOUT)


def run(text: str) -> str:
    return f"<w:r><w:t>{text}</w:t></w:r>"


def cells(*bodies: str) -> str:
    return "<w:tr>" + "".join(f"<w:tc>{body}</w:tc>" for body in bodies) + "</w:tr>"


PARAGRAPH = "<w:p>" + run("甲") + "</w:p>"
FIRST = '<w:tcPr><w:vMerge w:val="restart"/></w:tcPr>'
BELOW = "<w:tcPr><w:vMerge/></w:tcPr><w:p/>"
WIDE = '<w:tcPr><w:gridSpan w:val="2"/></w:tcPr>'
CONTROL = "<w:sdt><w:sdtPr/><w:sdtContent>{}</w:sdtContent></w:sdt>"


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        (CONTROL.format(PARAGRAPH), ["甲"]),
        (f"<w:p>{run('甲')}{CONTROL.format(run('乙'))}{run('丙')}</w:p>", ["甲乙丙"]),
        ("<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>" + PARAGRAPH + "</w:sdtContent></w:sdt>" + PARAGRAPH, ["甲"]),
        (
            f"<w:p>{run('甲')}<w:ins>{run('乙')}</w:ins><w:del><w:r><w:delText>丙</w:delText></w:r></w:del>"
            f"<w:moveFrom>{run('丁')}</w:moveFrom><w:hyperlink>{run('戊')}</w:hyperlink><w:fldSimple>{run('己')}</w:fldSimple></w:p>",
            ["甲乙戊己"],
        ),
        (
            f"<w:p>{run('甲')}<w:r><mc:AlternateContent xmlns:mc='http://schemas.openxmlformats.org/markup-compatibility/2006'>"
            f"<mc:Choice><w:drawing><w:txbxContent>{PARAGRAPH}</w:txbxContent></w:drawing></mc:Choice>"
            f"<mc:Fallback><w:pict><w:txbxContent>{PARAGRAPH}</w:txbxContent></w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>",
            ["甲", "甲"],
        ),
        (
            f"<w:tbl>{cells(PARAGRAPH, f'<w:tbl>{cells(PARAGRAPH, PARAGRAPH)}</w:tbl>' + PARAGRAPH)}"
            f"{CONTROL.format(cells(CONTROL.format(PARAGRAPH), '<w:p>' + run('x|y') + '</w:p>'))}</w:tbl>",
            ["| 甲 | 甲 甲 甲 |", "| 甲 | x\\|y |"],
        ),
        (
            f"<w:tbl>{cells(FIRST + PARAGRAPH, PARAGRAPH)}{cells(BELOW, '<w:p>' + run('乙') + '</w:p>')}"
            f"{cells(WIDE + PARAGRAPH)}</w:tbl>",
            ["| 甲 | 甲 |", "| 甲 | 乙 |", "| 甲 |  |"],
        ),
        ("<w:p>" + run("5") + "<w:r><w:noBreakHyphen/><w:t>6</w:t><w:br/><w:t>乙</w:t></w:r></w:p>", ["5-6", "乙"]),
    ],
    ids=["control", "inline", "placeholder", "tracked", "box", "nested", "merged", "marks"],
)  # fmt: skip
def test_word_files_lose_nothing(tmp_path: Path, body: str, lines: list[str]) -> None:
    assert [
        line for line in read(write(tmp_path, "a.docx", word_file(body)), LAYOUT).text.splitlines() if line
    ] == lines


def test_footnotes_are_read_and_embedded_documents_told(tmp_path: Path) -> None:
    docx = pytest.importorskip("docx")
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part

    file = docx.Document(
        io.BytesIO(word_file(f"<w:p>{run('甲')}<w:r><w:footnoteReference w:id='2'/></w:r></w:p><w:altChunk/>"))
    )
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    notes = f"<w:footnotes xmlns:w='{space}'><w:footnote w:id='2'><w:p>{run('注')}</w:p></w:footnote></w:footnotes>"
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    part = Part(PackURI("/word/footnotes.xml"), kind, notes.encode(), file.part.package)
    file.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)
    file.save(str(tmp_path / "a.docx"))
    found = read(tmp_path / "a.docx", LAYOUT)
    assert [line for line in found.text.splitlines() if line] == ["甲", "注"]
    assert found.unread == ("a document that is embedded in it: save it anew from Word",)


def pictures(texts: list[str], *, locked: bool = False) -> bytes:
    """A PDF of which pages without a text hold a picture, or nothing where the text is a blank."""
    canvas, encrypt = pytest.importorskip("reportlab.pdfgen.canvas"), pytest.importorskip("reportlab.lib.pdfencrypt")
    image = pytest.importorskip("PIL.Image")
    utils = pytest.importorskip("reportlab.lib.utils")
    made = io.BytesIO()
    page = canvas.Canvas(made, encrypt=encrypt.StandardEncryption("x") if locked else None)
    for text in texts:
        if text:
            page.drawString(72, 700, text)
        else:
            page.drawImage(utils.ImageReader(image.new("RGB", (20, 20))), 72, 600)
        page.showPage()
    page.save()
    return made.getvalue()


def test_pages_that_are_pictures_are_told(tmp_path: Path) -> None:
    pytest.importorskip("pypdfium2")
    (tmp_path / "a.pdf").write_bytes(pictures(["One", "", "Two", "", "", " "]))
    found = read(tmp_path / "a.pdf", LAYOUT)
    assert found.unread == ("pages with pictures and no text (2, 4–5): run text recognition over them",)
    result = CliRunner().invoke(
        cli, ["build", str(tmp_path / "a.pdf"), "--kb", str(tmp_path / "kb"), "--quiet"], env={"LC_ALL": "C"}
    )
    assert result.exit_code == 0
    assert result.stderr == f"suantu: not all of it was read: a.pdf: {found.unread[0]}\n"
    (tmp_path / "b.pdf").write_bytes(pictures(["", ""]))
    with pytest.raises(InputError, match="holds no text"):
        read(tmp_path / "b.pdf", LAYOUT)
    (tmp_path / "c.pdf").write_bytes(pictures(["One"], locked=True))
    with pytest.raises(InputError, match="repair or decrypt it"):
        read(tmp_path / "c.pdf", LAYOUT)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_broken_files_are_refused_or_read(tmp_path: Path, data: st.DataObject) -> None:
    """Bytes changed, cut or made up: one clear error, or a text."""
    pytest.importorskip("pypdfium2")
    suffix, whole = data.draw(
        st.sampled_from(
            [
                ("pdf", small_pdf("One page")),
                ("docx", word_file("<w:p><w:r><w:t>A</w:t></w:r></w:p>")),
                ("txt", "甲公司的份额为三成。".encode("gb18030")),
                ("html", HTML.encode()),
            ]
        )
    )
    at = data.draw(st.integers(0, len(whole)))
    broken = whole[:at] + data.draw(st.binary(max_size=40)) + whole[data.draw(st.integers(at, len(whole))) :]
    path = tmp_path / f"a.{suffix}"
    path.write_bytes(broken)
    try:
        assert read(path, LAYOUT).text.strip()
    except InputError as error:
        assert str(error).startswith("a.")
        assert "\n" not in str(error)


def test_a_file_that_is_too_large_is_refused_unread(tmp_path: Path) -> None:
    with (tmp_path / "a.txt").open("wb") as file:
        file.truncate(150_000_000)
    tracemalloc.start()
    with pytest.raises(InputError, match="larger than 134217728 bytes: split it"):
        read(tmp_path / "a.txt", LAYOUT)
    assert tracemalloc.get_traced_memory()[1] < 1_000_000
    tracemalloc.stop()


def test_names_of_files_need_not_be_utf8(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"a\xff.txt")
    path.write_text("甲公司的份额为三成。", encoding="utf-8")
    assert read(path, LAYOUT).name == "a\ufffd.txt"
