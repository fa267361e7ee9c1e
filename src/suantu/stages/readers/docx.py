"""Word files through python-docx (an extra: ``suantu[docx]``).

The body is walked element by element, as python-docx's own paragraphs leave out what stands in content controls, text
boxes, footnotes, insertions that are tracked, and tables inside tables. What was deleted, and placeholders, is no text.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

from suantu.errors import InputError
from suantu.stages.readers import LARGEST_TEXT, Extracted, missing

_MOST_UNPACKED = 256 * 1024 * 1024  # bytes of all parts of the archive
_MOST_COLUMNS = 63  # of a table, as Word has it
_HEADING = re.compile(r"(?:heading|title)\s*(\d)?", re.IGNORECASE)
_SPACE = re.compile(r"\s+")
_MARKS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_NOT_TEXT = frozenset(
    ("pPr", "rPr", "sdtPr", "sdtEndPr", "tcPr", "trPr", "tblPr", "del", "moveFrom", "rt", "instrText")
)
_WRAPPERS = frozenset(("sdt", "sdtContent", "customXml", "smartTag", "ins", "moveTo", "AlternateContent", "Choice"))
_NOTES = {"footnoteReference": "footnotes", "endnoteReference": "endnotes"}


def check(name: str) -> None:
    """InputError where the library is missing."""
    try:
        import docx  # noqa: F401
    except ImportError:
        missing(name, ".docx", "python-docx", "docx")


def read_docx(data: bytes, name: str) -> Extracted:
    """The text of a Word file; headings, list items and table rows are marked as in Markdown."""
    import docx

    _check_size(data, name)
    try:
        walk = _Walk(docx.Document(io.BytesIO(data)))
        lines = list(walk.lines())
    except Exception as error:  # python-docx lets errors of zip, XML and its own come through
        reason = _SPACE.sub(" ", str(error))[:80]
        raise InputError(f"{name}: is no readable Word file ({reason}): save it anew as .docx") from error
    text = "\n".join(lines) + "\n" if lines else ""
    if len(text) > LARGEST_TEXT:
        raise InputError(f"{name}: holds more than {LARGEST_TEXT} characters: split it")
    return Extracted(text, (), tuple(walk.unread))


def _check_size(data: bytes, name: str) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            size = sum(info.file_size for info in archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise InputError(f"{name}: is no Word file ({error}): save it anew as .docx") from None
    if size > _MOST_UNPACKED:
        raise InputError(f"{name}: unpacks to {size} bytes, more than {_MOST_UNPACKED}: split it")


def _kind(element: Any) -> str:  # noqa: ANN401 (lxml ships no types)
    """An element's name without its namespace; empty for comments and the like."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _value(element: Any, name: str, of: str = "val") -> str | None:  # noqa: ANN401
    """The attribute ``of`` of the first descendant called ``name``: empty where it has none, None where there is none
    such."""
    found = next(element.iter(f"{{*}}{name}"), None)
    if found is None:
        return None
    return next((str(v) for k, v in found.attrib.items() if k.rpartition("}")[2] == of), "")


def _children(element: Any) -> Iterator[Any]:  # noqa: ANN401
    """The children of an element, those in wrappers in the wrappers' place; of alternatives the first."""
    for child in element:
        kind = _kind(child)
        if kind == "sdt" and _value(child, "showingPlcHdr") is not None:
            continue
        if kind == "AlternateContent" and len(child):
            yield from _children(child[0])
        elif kind in _WRAPPERS:
            yield from _children(child)
        elif kind not in _NOT_TEXT:
            yield child


class _Walk:
    """One way through a document. ``unread`` says what of it cannot be read."""

    def __init__(self, document: Any) -> None:  # noqa: ANN401
        from docx.oxml import parse_xml

        self.body = document.element.body
        self.unread: list[str] = []
        self._styles = {style.style_id: style.name or "" for style in document.styles}
        self._notes: dict[tuple[str, str], Any] = {}
        for rel in document.part.rels.values():
            part = rel.reltype.rpartition("/")[2]
            if part in _NOTES.values() and not rel.is_external:
                for note in parse_xml(rel.target_part.blob):
                    self._notes[part, next((str(v) for k, v in note.attrib.items() if k.endswith("}id")), "")] = note

    def lines(self) -> Iterator[str]:
        """The lines of the body, with those of text boxes and notes behind the block that they belong to."""
        yield from self._blocks(self.body)

    def _blocks(self, element: Any) -> Iterator[str]:  # noqa: ANN401
        for child in _children(element):
            kind, aside = _kind(child), list[Any]()
            if kind == "p":
                yield from self._paragraph(child, aside)
            elif kind == "tbl":
                yield from ("", *self._table(child, aside), "")
            elif kind == "altChunk":
                self.unread.append("a document that is embedded in it: save it anew from Word")
            for part in aside:
                yield from self._blocks(part)

    def _paragraph(self, paragraph: Any, aside: list[Any]) -> list[str]:  # noqa: ANN401
        text = self._text(paragraph, aside).strip()
        if not text:
            return [""]
        properties = next((c for c in paragraph if _kind(c) == "pPr"), ())
        style = self._styles.get(_value(properties, "pStyle") or "", "") if len(properties) else ""
        if heading := _HEADING.match(style):
            return ["", "#" * int(heading.group(1) or 1) + " " + _SPACE.sub(" ", text), ""]
        if style.startswith("List") or (len(properties) and _value(properties, "numPr") is not None):
            return [f"- {text}"]
        return [*text.split("\n"), ""]

    def _text(self, element: Any, aside: list[Any]) -> str:  # noqa: ANN401
        """The text of a paragraph; ``aside`` takes its text boxes and notes."""
        parts: list[str] = []
        for child in _children(element):
            kind = _kind(child)
            if kind == "t":
                parts.append(child.text or "")
            elif kind in _MARKS:
                parts.append(_MARKS[kind])
            elif kind == "txbxContent":
                aside.append(child)
            elif kind in _NOTES:
                note = self._notes.get(
                    (_NOTES[kind], str(next((v for k, v in child.attrib.items() if k.endswith("}id")), "")))
                )
                aside.extend(() if note is None else (note,))
            else:
                parts.append(self._text(child, aside))
        return "".join(parts)

    def _table(self, table: Any, aside: list[Any]) -> list[str]:  # noqa: ANN401
        lines = []
        above: list[str] = []
        for row in (child for child in _children(table) if _kind(child) == "tr"):
            above = self._row(row, above, aside)
            if any(above):
                lines.append("| " + " | ".join(above) + " |")
        return lines

    def _row(self, row: Any, above: list[str], aside: list[Any]) -> list[str]:  # noqa: ANN401
        """The cells of a row: one that spans several columns comes once, one that spans several rows in each."""
        properties = next((c for c in row if _kind(c) == "trPr"), ())
        before = _value(properties, "gridBefore") if len(properties) else None
        cells = [""] * _number(before, 0)
        for cell in (child for child in _children(row) if _kind(child) == "tc"):
            shape = next((c for c in cell if _kind(c) == "tcPr"), ())
            merged = _value(shape, "vMerge") if len(shape) else None
            if merged in ("", "continue") and len(cells) < len(above):
                text = above[len(cells)]
            else:
                text = " ".join(filter(None, self._cell(cell, aside))).replace("|", "\\|")
            cells += [text, *[""] * (_number(_value(shape, "gridSpan") if len(shape) else None, 1) - 1)]
        return cells

    def _cell(self, cell: Any, aside: list[Any]) -> Iterator[str]:  # noqa: ANN401
        """The paragraphs of a cell and of the tables in it."""
        for child in _children(cell):
            if _kind(child) in ("tbl", "tr", "tc"):
                yield from self._cell(child, aside)
            elif _kind(child) == "p":
                yield _SPACE.sub(" ", self._text(child, aside)).strip()


def _number(value: str | None, usual: int) -> int:
    return min(int(value), _MOST_COLUMNS) if value and value.isdecimal() else usual
