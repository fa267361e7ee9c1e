"""HTML with the standard library's parser: blocks on lines of their own, headings, lists and tables marked."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from suantu.stages.readers import Extracted
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
        "form",
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
    """The visible text of a page: its ``main`` or ``article`` if it has one, without menus, scripts and forms."""
    parser = _Parser()
    parser.feed(_decode(data, name))
    parser.close()
    return Extracted(parser.text())


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


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[tuple[bool, str]] = []
        self.words: list[str] = []
        self.skipped: list[str] = []
        self.inside = 0
        self.found_main = False
        self.row: list[str] | None = None
        self.header = False
        self.prefix = ""
        self.title = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self.skipped or tag in _SKIPPED or (tag in _BOILERPLATE and not self.inside):
            if tag in _SKIPPED or tag in _BOILERPLATE:
                self.skipped.append(tag)
            return
        if tag in ("main", "article"):
            self.flush()
            self.inside += 1
            self.found_main = True
        if tag == "br":
            self.words.append(" " if self.row is not None else "\n")
        elif tag in ("td", "th") and self.row is not None:
            self.words = []
            self.header = self.header or tag == "th"
        elif tag == "tr":
            self.flush()
            self.row, self.header = [], False
        elif tag in _BLOCKS and self.row is None:
            self.flush()
            self.prefix = _HEADINGS.get(tag, "-" if tag == "li" else self.prefix if tag == "p" else "")

    def handle_endtag(self, tag: str) -> None:
        if self.skipped:
            if tag == self.skipped[-1]:
                self.skipped.pop()
            return
        if tag in ("td", "th") and self.row is not None:
            self.row.append(self.take().replace("|", "\\|"))
        elif tag == "tr" and self.row is not None:
            self.end_row(self.row)
        elif tag == "title":
            self.title, self.words = self.take(), []
        elif tag in _BLOCKS and self.row is None:
            self.flush()
        if tag in ("main", "article"):
            self.inside = max(self.inside - 1, 0)

    def handle_data(self, data: str) -> None:
        if not self.skipped:
            self.words.append(_SPACE.sub(" ", data))

    def take(self) -> str:
        text = _SPACE.sub(" ", "".join(self.words)).strip()
        self.words = []
        return text

    def end_row(self, row: list[str]) -> None:
        if any(row):
            self.add("| " + " | ".join(row) + " |")
            if self.header:
                self.add("|" + " --- |" * len(row))
        self.row, self.words = None, []

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
