"""Files in, documents out: readers, encodings, what a document says of itself, and one clear line for what fails."""

from __future__ import annotations

import hashlib
import io
import sys
import zipfile
from pathlib import Path

import pytest
import yaml

from suantu.errors import InputError, RuleError
from suantu.stages.layout import Layout
from suantu.stages.read import document_from_text, find_sources, read
from suantu.stages.readers import docx as docx_reader

RULES = Path(__file__).parents[1] / "ontology" / "rules" / "layout.yaml"
SETTINGS = yaml.load(RULES.read_text(encoding="utf-8"), yaml.CSafeLoader)
LAYOUT = Layout.from_settings(SETTINGS, "layout.yaml")
CHINESE = "算力市场观察\n\n2023年，甲公司的服务器出货量为三万台，同比增长一成。\n"


def write(folder: Path, name: str, data: bytes | str) -> Path:
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_encodings_give_the_same_text(tmp_path: Path, encoding: str) -> None:
    document = read(write(tmp_path, "a.txt", CHINESE.encode(encoding)), LAYOUT)
    assert document.text == CHINESE
    assert document.sha256 == hashlib.sha256(CHINESE.encode()).hexdigest()
    assert (document.name, document.language, document.pages) == ("a.txt", "zh", ())


def test_line_ends_stay(tmp_path: Path) -> None:
    assert read(write(tmp_path, "a.txt", "甲\r\n乙\r丙\n"), LAYOUT).text == "甲\r\n乙\r丙\n"


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.txt", b"", ["a.txt", "empty"]),
        ("a.txt", b" \n\n", ["empty"]),
        ("a.txt", b"abc\0def", ["binary", "3"]),
        ("a.txt", b"%PDF-1.7 rest", ["PDF", ".pdf"]),
        ("a.txt", b"PK\x03\x04rest", ["zip", ".docx"]),
        ("a.txt", "12 é è".encode("latin-1"), ["byte 3", "UTF-8"]),
        ("a.txt", "算力".encode() + b"\xff\xff", ["byte 6", "UTF-8"]),
        ("a.txt", b"\xff\xfea", ["UTF-16"]),
        ("a.docx", b"no archive", ["a.docx", "Word"]),
        ("a.pdf", b"no pdf", ["a.pdf", "PDF"]),
        ("a.csv", b"a,b", [".csv", ".txt"]),
        ("a", b"text", ["without suffix"]),
    ],
)
def test_unreadable_files_say_why(tmp_path: Path, name: str, data: bytes, words: list[str]) -> None:
    with pytest.raises(InputError) as caught:
        read(write(tmp_path, name, data), LAYOUT)
    message = str(caught.value)
    assert "\n" not in message
    assert all(word in message for word in words), message


def test_missing_files_and_directories(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read(tmp_path / "none.txt", LAYOUT)
    with pytest.raises(InputError, match="directory"):
        read(tmp_path, LAYOUT)


def test_find_sources_expands_directories(tmp_path: Path) -> None:
    for name in ("b.txt", "a.md", "README.md", "a.gold", ".hidden.txt", "picture.png"):
        write(tmp_path, name, "x")
    inner = tmp_path / "inner"
    inner.mkdir()
    write(inner, "c.html", "<p>x</p>")
    named = write(tmp_path, "odd.xyz", "x")
    found = find_sources([named, tmp_path, tmp_path / "b.txt"])
    assert [path.name for path in found] == ["odd.xyz", "a.md", "b.txt", "c.html"]


def test_find_sources_refuses_what_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such"):
        find_sources([tmp_path / "none"])
    with pytest.raises(InputError, match="no file"):
        find_sources([tmp_path])


HTML = """<html><head><title>Shipments grow</title><style>p {}</style></head><body>
<nav><a href="/">Home</a></nav><article><h2>Markets</h2><p>Acme shipped <b>300</b>
units.</p><ul><li>First</li><li><p>Second</p></li></ul>
<table><tr><th>Vendor</th><th>Units</th></tr><tr><td>Acme</td><td>300</td></tr></table>
<script>var x = "<p>no</p>";</script></article><footer>About us</footer></body></html>"""


def test_html_keeps_blocks_and_tables(tmp_path: Path) -> None:
    text = read(write(tmp_path, "a.html", HTML), LAYOUT).text
    assert text.splitlines() == [
        "# Shipments grow",
        "",
        "## Markets",
        "",
        "Acme shipped 300 units.",
        "",
        "- First",
        "- Second",
        "",
        "| Vendor | Units |",
        "| --- | --- |",
        "| Acme | 300 |",
    ]


def test_html_follows_its_charset(tmp_path: Path) -> None:
    page = '<meta charset="gbk"><p>算力规模为三百</p>'
    assert read(write(tmp_path, "a.htm", page.encode("gbk")), LAYOUT).text == "算力规模为三百\n"


def small_pdf(*pages: str) -> bytes:
    """A PDF by hand: one line of text on each page."""
    kids = " ".join(f"{4 + 2 * index} 0 R" for index in range(len(pages)))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for index, line in enumerate(pages):
        stream = f"BT /F1 12 Tf 72 700 Td ({line}) Tj ET"
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents {5 + 2 * index} 0 R "
            "/Resources << /Font << /F1 3 0 R >> >> >>"
        )
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
    body, places = "%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(body))
        body += f"{number} 0 obj\n{content}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    trailer = f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(body)}\n%%EOF\n"
    return (body + f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}" + trailer).encode()


def test_pdf_keeps_the_places_of_its_pages(tmp_path: Path) -> None:
    pytest.importorskip("pypdfium2")
    document = read(write(tmp_path, "a.pdf", small_pdf("First page here", "Second page there")), LAYOUT)
    first, second = document.pages
    assert document.text[first:].startswith("First page here")
    assert document.text[second:].startswith("Second page there")


def test_pdf_without_text_is_refused(tmp_path: Path) -> None:
    pytest.importorskip("pypdfium2")
    with pytest.raises(InputError, match="no text"):
        read(write(tmp_path, "a.pdf", small_pdf("")), LAYOUT)


def test_docx_keeps_paragraphs_and_tables_in_order(tmp_path: Path) -> None:
    docx = pytest.importorskip("docx")
    file = docx.Document()
    file.add_heading("Chips", 1)
    file.add_paragraph("Acme makes chips.")
    table = file.add_table(rows=2, cols=2)
    for cell, word in zip((c for row in table.rows for c in row.cells), ("Vendor", "Units", "Acme", "3"), strict=True):
        cell.text = word
    file.add_paragraph("First", style="List Bullet")
    file.save(str(tmp_path / "a.docx"))
    lines = [line for line in read(tmp_path / "a.docx", LAYOUT).text.splitlines() if line]
    assert lines == ["# Chips", "Acme makes chips.", "| Vendor | Units |", "| Acme | 3 |", "- First"]


def test_docx_that_unpacks_to_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("docx")
    monkeypatch.setattr(docx_reader, "_MOST_UNPACKED", 1000)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", "x" * 5000)
    with pytest.raises(InputError, match="unpacks to 5000 bytes"):
        read(write(tmp_path, "a.docx", buffer.getvalue()), LAYOUT)


@pytest.mark.parametrize(("suffix", "module"), [("pdf", "pypdfium2"), ("docx", "docx")])
def test_missing_library_names_the_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str, module: str
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(InputError, match=rf"pip install 'suantu\[{suffix}\]'"):
        read(write(tmp_path, f"a.{suffix}", b"anything"), LAYOUT)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("# 芯片观察 2023\n\n正文在此。\n", "芯片观察 2023"),
        ('---\ntitle: "Chips in brief"\n---\n\nText follows here.\n', "Chips in brief"),
        ("丙市新建两座智算中心\n\n丙市政府昨日宣布了这一计划。\n", "丙市新建两座智算中心"),
        ("某某评估报告\n2020-2021\n甲。\n某某评估报告\n2020-2021\n乙。\n某某评估报告\n", "2020-2021某某评估报告"),
        ("甲公司昨天发布了《算力白皮书（第三版）》，共六章。\n全文已公开。\n", "算力白皮书（第三版）"),
        ("甲公司昨天开会。\n会议顺利。\n", ""),
    ],
)
def test_title(text: str, title: str) -> None:
    assert document_from_text(text, LAYOUT).title == title


@pytest.mark.parametrize(
    ("text", "issued"),
    [
        ("标题在此\n\n（上海，2022年3月5日）甲公司今天宣布新计划。\n", "2022-03-05"),
        ("标题在此\n正文。\n发布日期：2023-07-01\n", "2023-07-01"),
        ("标题在此\n正文在此。\n某局办公室\n２０２４年１月９日\n", "2024-01-09"),
        ("Title here\nPublished 12 March 2024\n\nText follows.\n", "2024-03-12"),
        ("---\ndate: 2021-05-06\n---\nText follows.\n", "2021-05-06"),
        ("甲。\n来源：某社, 2019\n乙。\n来源：某社, 2021\n丙。\n来源：某社, 2021\n", "2021"),
        ("2022-2023算力评估报告\n\n正文在此。\n", "2023"),
        ("标题在此\n（丙市发展和改革委员会，2025年4月18日）\n\n正文在此。\n", "2025-04-18"),
        ("标题在此\n摘自《智算报告》，甲研究院，2025年12月\n\n正文在此。\n", "2025-12"),
        ("双周要闻（2025年第9期，4月21日—5月4日）\n\n正文在此。\n", "2025-05-04"),
        ("芯片观察（2025年春季版）\n\n正文在此。\n", "2025"),
        ("Accelerator Brief, Spring 2025: More Vendors\n\nText follows here.\n", "2025"),
        ("标题在此\n甲公司成立于2001年4月5日，总部在丙市。\n", ""),
    ],
)
def test_issued(text: str, issued: str) -> None:
    assert document_from_text(text, LAYOUT).issued == issued


def test_publisher_and_language() -> None:
    chinese = document_from_text("标题\n发布单位：丙市统计局\n正文在此。\n", LAYOUT)
    assert (chinese.publisher, chinese.language) == ("丙市统计局", "zh")
    for note in ("来源：丙省工业厅　　发布日期：2025年2月6日", "丙省工业厅  2025年2月", "（2025年2月  丙省工业厅）"):
        assert document_from_text(f"标题在此\n{note}\n\n正文在此。\n", LAYOUT).publisher == "丙省工业厅"
    english = document_from_text("Title\n\nAcme, known as 甲公司, ships servers.\nSource: Example, 2024\n", LAYOUT)
    assert (english.publisher, english.language) == ("Example", "en")


def test_lone_surrogates_are_hashed() -> None:
    assert len(document_from_text("甲\ud800乙\n", LAYOUT).sha256) == 64


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"headings": [{"name": "bad", "pattern": "("}]}, ["bad", "regular expression"]),
        ({"headings": [{"name": "a", "pattern": "x"}, {"name": "a", "pattern": "y"}]}, ["a", "twice"]),
        ({"items": [{"name": "a", "pattern": "x", "levle": 1}]}, ["levle"]),
        ({"items": [{"name": "a", "pattern": "x*"}]}, ["empty text"]),
        ({"widths": {}}, ["wrapped", "missing"]),
        ({"title_level": "one"}, ["title_level", "number"]),
        ({"captions": "x"}, ["captions", "list"]),
    ],
)
def test_bad_rules_name_themselves(change: dict[str, object], words: list[str]) -> None:
    with pytest.raises(RuleError) as caught:
        Layout.from_settings({**SETTINGS, **change}, "rules/layout.yaml")
    message = str(caught.value)
    assert message.startswith("rules/layout.yaml: rule ")
    assert all(word in message for word in words), message
