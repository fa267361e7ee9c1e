"""HTML: blocks on lines of their own, headings, lists and tables marked."""

from __future__ import annotations

import re
from collections.abc import Collection

from suantu.stages.readers import Extracted
from suantu.stages.readers.markup import tokens
from suantu.stages.readers.plain import decode

_SKIPPED = frozenset(
    (
        "script",
        "style",
        "noscript",
        "template",
        "svg",
        "nav",
        "aside",
        "button",
        "select",
        "iframe",
        "canvas",
        "object",
        "math",
    )
)
_BOILERPLATE = frozenset({"header", "footer"})  # outside an article only
_BLOCKS = frozenset(
    (
        "p",
        "div",
        "section",
        "article",
        "main",
        "header",
        "footer",
        "ul",
        "ol",
        "dl",
        "dt",
        "dd",
        "li",
        "blockquote",
        "pre",
        "table",
        "thead",
        "tbody",
        "tr",
        "figure",
        "figcaption",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "address",
        "nav",
        "aside",
        "details",
        "summary",
        "body",
        "title",
        "caption",
    )
)
_HEADINGS = {f"h{level}": "#" * level for level in range(1, 7)}
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset=[\"']?([A-Za-z0-9_-]{2,20})", re.IGNORECASE)
_SPACE = re.compile(r"[ \t\r\n\f\u00a0]+")
_HEAD_BYTES = 4096


def read_html(data: bytes, name: str) -> Extracted:
    """The visible text of a page: its ``main`` or ``article`` if it has one, without menus and scripts."""
    page, shown = _decode(data, name), set[str]()
    while True:
        parser = _Parser(shown)
        parser.feed(page)
        if not parser.skipped:
            return Extracted(parser.text())
        shown.update(parser.skipped)  # never closed: it would hide all that follows


def _decode(data: bytes, name: str) -> str:
    match = _CHARSET.search(data[:_HEAD_BYTES])
    encoding = match.group(1).decode("ascii").lower() if match else ""
    if encoding and encoding not in ("utf-8", "utf8"):
        if encoding in ("gb2312", "gbk"):
            encoding = "gb18030"
        try:
            return data.decode(encoding)
        except (LookupError, UnicodeDecodeError):
            pass  # the declaration is wrong: look at the bytes
    return decode(data, name)


class _Parser:
    def __init__(self, shown: Collection[str]) -> None:
        self.hidden = (_SKIPPED | _BOILERPLATE).difference(shown)
        self.lines: list[tuple[bool, str]] = []
        self.words: list[str] = []
        self.skipped: list[str] = []
        self.inside = 0
        self.found_main = False
        self.row: list[str] | None = None
        self.header = self.in_cell = False
        self.prefix = ""
        self.title = ""

    def feed(self, page: str) -> None:
        for kind, value in tokens(page):
            if kind == "text":
                if not self.skipped:
                    self.words.append(_SPACE.sub(" ", value))
            elif kind == "end":
                self.end(value)
            elif not self.hides(value):
                self.start(value)

    def hides(self, tag: str) -> bool:
        """Whether the tag, or one that it stands in, is not shown."""
        if tag in self.hidden and (self.skipped or tag in _SKIPPED or not self.inside):
            self.skipped.append(tag)
        return bool(self.skipped)

    def start(self, tag: str) -> None:
        if tag in ("main", "article"):
            self.flush()
            self.inside += 1
            self.found_main = True
        if tag == "br":
            self.words.append(" " if self.row is not None else "\n")
        elif tag in ("td", "th"):
            self.end_cell()
            if self.row is None:
                self.flush()
                self.row = []
            self.in_cell, self.header = True, self.header or tag == "th"
        elif tag in ("tr", "table"):
            self.end_row()
            self.row = [] if tag == "tr" else None
        elif tag in _BLOCKS and self.row is None:
            self.flush()
            self.prefix = _HEADINGS.get(tag, "-" if tag == "li" else self.prefix if tag == "p" else "")
        elif tag in _BLOCKS:
            self.words.append(" ")

    def end(self, tag: str) -> None:
        if self.skipped:
            if tag in self.skipped:
                while self.skipped.pop() != tag:
                    pass
            return
        if tag in ("td", "th"):
            self.end_cell()
        elif tag in ("tr", "table", "tbody", "thead", "tfoot"):
            self.end_row()
        elif tag == "title":
            self.title, self.words = self.take(), []
        elif tag in _BLOCKS and self.row is None:
            self.flush()
        if tag in ("main", "article"):
            self.inside = max(self.inside - 1, 0)

    def take(self) -> str:
        text = _SPACE.sub(" ", "".join(self.words)).strip()
        self.words = []
        return text

    def end_cell(self) -> None:
        """End the cell that is open, if one is; text between cells is a cell of its own."""
        if self.row is None:
            return
        text = self.take().replace("|", "\\|")
        if text or self.in_cell:
            self.row.append(text)
        self.in_cell = False

    def end_row(self) -> None:
        """End the row that is open, or what stands before a row."""
        self.end_cell()
        if self.row is None:
            self.flush()
        elif any(self.row):
            self.add("| " + " | ".join(self.row) + " |")
            if self.header:
                self.add("|" + " --- |" * len(self.row))
        self.row, self.header = None, False

    def flush(self) -> None:
        for part in "".join(self.words).split("\n"):
            text = _SPACE.sub(" ", part).strip()
            if text:
                self.add(f"{self.prefix} {text}" if self.prefix else text)
                self.prefix = ""
        self.words = []

    def add(self, line: str) -> None:
        self.lines.append((self.inside > 0, line))

    def text(self) -> str:
        """The lines, an empty one between blocks that are neither rows nor items."""
        self.end_row()
        self.flush()
        kept = [line for inside, line in self.lines if inside or not self.found_main]
        if self.title and not any(line.startswith("# ") for line in kept):
            kept.insert(0, f"# {self.title}")
        parts: list[str] = []
        for before, line in zip(["", *kept], kept, strict=False):
            if before and not (line[0] == before[0] and line.startswith(("- ", "|"))):
                parts.append("")
            parts.append(line)
        return "\n".join(parts) + "\n" if parts else ""
