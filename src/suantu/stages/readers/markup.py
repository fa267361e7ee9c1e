"""HTML in tokens, in time that grows with its length alone, however broken it is.

The standard library's parser takes hours for some kilobytes of unclosed tags. Here every character is looked at once or
twice: whatever is opened and never closed is text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Literal, NamedTuple

_NAME = re.compile(r"/?([A-Za-z][^\s/><\"']{0,60})")
_INSIDE = re.compile(r"[<>\"']")
_LONG_REFERENCE = re.compile(r"&#(?:[0-9]{8,}|[xX][0-9A-Fa-f]{8,});?")
_RAW = frozenset({"script", "style"})  # hold no tags


class Token(NamedTuple):
    """A piece of a page: a tag (``value`` is its name) or text (``value`` itself, references resolved)."""

    kind: Literal["start", "end", "text"]
    value: str


def tokens(page: str) -> Iterator[Token]:
    """The tags and the texts of a page in their order; without comments, declarations, scripts and styles."""
    return _Tokens(page).tokens()


class _Tokens:
    def __init__(self, page: str) -> None:
        self.page, self.at = page, 0
        self.missing: set[str] = set()  # what was looked for and does not come any more

    def tokens(self) -> Iterator[Token]:
        text: list[str] = []
        while (start := self.page.find("<", self.at)) >= 0:
            text.append(self.page[self.at : start])
            self.at = start
            found = self._markup()
            if not found:
                continue
            if isinstance(found, str):
                text.append(found)
                continue
            if "".join(text):
                yield Token("text", _plain("".join(text)))
            text = []
            yield from found
        text.append(self.page[self.at :])
        if "".join(text):
            yield Token("text", _plain("".join(text)))

    def _markup(self) -> str | list[Token]:
        """What begins with the ``<`` that was reached: tags, or text to be taken as it stands; goes behind it."""
        page, start = self.page, self.at
        for opening, closing in (("<!--", "-->"), ("<![CDATA[", "]]>"), ("<!", ">"), ("<?", ">")):
            if page.startswith(opening, start):
                end = self._find(closing, start + len(opening))
                if end < 0:
                    break
                self.at = end + len(closing)
                return page[start + 9 : end].replace("&", "&amp;") if opening == "<![CDATA[" else ""
        match = _NAME.match(page, start + 1)
        end = self._tag_end(match.end()) if match else -1
        if match is None or end < 0:
            self.at = start + 1
            return "&lt;"
        self.at = end
        name = match[1].lower()
        if page[start + 1] == "/":
            return [Token("end", name)]
        if page[end - 2 : end] == "/>":
            return [Token("start", name), Token("end", name)]
        if name in _RAW:
            self._skip_raw(name)
            return []
        return [Token("start", name)]

    def _find(self, what: str, start: int) -> int:
        if what in self.missing:
            return -1
        found = self.page.find(what, start)
        if found < 0:
            self.missing.add(what)
        return found

    def _tag_end(self, at: int) -> int:
        """Behind the ``>`` of a tag, or before the ``<`` that shows it was never closed; -1 at the end of the page."""
        while match := _INSIDE.search(self.page, at):
            if match[0] in "<>":
                return match.end() if match[0] == ">" else match.start()
            end = self._find(match[0], match.end())
            at = match.end() if end < 0 else end + 1
        return -1

    def _skip_raw(self, name: str) -> None:
        match = re.compile(f"</{name}", re.IGNORECASE).search(self.page, self.at)
        self.at = match.start() if match else len(self.page)


def _plain(text: str) -> str:
    return unescape(_LONG_REFERENCE.sub("\ufffd", text)) if "&" in text else text
