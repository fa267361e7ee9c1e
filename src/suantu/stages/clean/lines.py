"""From folded text to lines: each knows its offsets, its width, how it ends and what it looks like."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum, IntEnum

from suantu.expressions import compiled
from suantu.stages.fold import fold
from suantu.stages.layout import Layout, LineRule
from suantu.stages.lengths import PARAGRAPH, pieces


class Role(Enum):
    """What a line looks like, before its neighbours are asked."""

    PLAIN = "plain"
    HEADING = "heading"
    ITEM = "item"
    CAPTION = "caption"
    ROW = "row"
    LABEL = "label"
    FURNITURE = "furniture"


class Ending(IntEnum):
    """How a line ends: ``COMMA`` says that it goes on, ``SENTENCE`` that it may be the last."""

    NONE = 0
    COMMA = 1
    CLAUSE = 2
    SENTENCE = 3


@dataclass(slots=True)
class Line:
    """One line without its outer spaces. ``gap`` counts the blank lines before it, ``width`` is in columns."""

    text: str
    offsets: Sequence[int]
    indent: int
    gap: int
    new_page: bool = False
    width: int = 0
    ending: Ending = Ending.NONE
    role: Role = Role.PLAIN
    rule: LineRule | None = None
    cells: tuple[tuple[int, int], ...] = ()
    header: Line | None = None
    separator: bool = False


# what a reader does not see: controls, joiners, bidi marks, soft hyphens; and the stars of Markdown's bold type
_INVISIBLE = compiled(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|\\*\\*"
)
_LETTER_SPACED = compiled("(?<![\u4e00-\u9fff])(?:[\u4e00-\u9fff] ){3,}[\u4e00-\u9fff](?![\u4e00-\u9fff])")
_BESIDE_HAN = compiled(r"(?<=[\u3000-\u9fff\uff01-\uff5e]) (?=\S)|(?<=\S) (?=[\u3000-\u9fff\uff01-\uff5e])")
# the spaces beside a character that stands alone among others, which only scans leave in prose
_LONELY = compiled(
    "(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff] [\u4e00-\u9fff])|(?<=[\u4e00-\u9fff] [\u4e00-\u9fff]) (?=[\u4e00-\u9fff])"
)
_SPACES = compiled(r"\s{2,}|[^\S ]")
_FRONT_MATTER_LINES = 60
_DEEPEST_INDENT = 8  # columns; text further in is set apart, not a paragraph's first line


def columns(text: str) -> int:
    """The width of ``text`` in columns; a Han character takes two."""
    return len(text.encode("gbk", "replace"))


def split_lines(source: str, pages: Sequence[int]) -> tuple[list[Line], list[int]]:
    """The folded lines of ``source`` that show something, and the offsets of invisible characters left out."""
    text = fold(source)
    lines: list[Line] = []
    debris: list[int] = []
    odd = _INVISIBLE.search(text) is not None
    start = gap = page = 0
    new_page = True
    for raw in text.splitlines(keepends=True):
        content = raw.strip()
        first = start + (raw.index(content[0]) if content else 0)
        start += len(raw)
        offsets: Sequence[int] = range(first, first + len(content))
        indent = len(raw) - len(raw.lstrip(" \t")) if content else 0
        if odd and content:
            content, offsets = _drop_invisible(content, offsets, debris)
        if " " in content and _LETTER_SPACED.search(content):
            content, offsets = without(content, offsets, [match.start() for match in _BESIDE_HAN.finditer(content)])
        if page < len(pages) and first >= pages[page]:
            page = bisect_left(pages, first + 1)
            new_page = True
        if content:
            # the width is the source's: where full-width digits were folded, the lines were cut by their old width
            width = columns(source[first : first + len(content)]) + (indent if 2 <= indent <= _DEEPEST_INDENT else 0)
            for a, b in pieces(content, PARAGRAPH):
                lines.append(Line(content[a:b], offsets[a:b], indent, gap, new_page, width))
                gap, new_page = 0, False
            new_page = raw.endswith("\f")
        else:
            gap, new_page = gap + 1, new_page or "\f" in raw
    return lines, debris


def _drop_invisible(text: str, offsets: Sequence[int], debris: list[int]) -> tuple[str, Sequence[int]]:
    gone = [index for match in _INVISIBLE.finditer(text) for index in range(match.start(), match.end())]
    if not gone:
        return text, offsets
    debris.extend(offsets[index] for index in gone)
    text, offsets = without(text, offsets, gone)
    kept = text.strip()
    lead = len(text) - len(text.lstrip())
    return kept, offsets[lead : lead + len(kept)]


def without(text: str, offsets: Sequence[int], gone: Iterable[int]) -> tuple[str, list[int]]:
    """``text`` and its offsets without the characters at the indexes ``gone``."""
    missing = set(gone)
    kept = [index for index in range(len(text)) if index not in missing]
    return "".join(text[index] for index in kept), [offsets[index] for index in kept]


def tidy(text: str, offsets: Sequence[int], *, prose: bool) -> tuple[str, Sequence[int]]:
    """With single spaces for runs of them, and in ``prose`` none within a word of Han characters."""
    if _SPACES.search(text):
        runs = list(_SPACES.finditer(text))
        text, offsets = without(text, offsets, (i for m in runs for i in range(m.start() + 1, m.end())))
        text = _SPACES.sub(" ", text)
    if prose and (lonely := [match.start() for match in _LONELY.finditer(text)]):
        text, offsets = without(text, offsets, lonely)
    return text, offsets


class Classifier:
    """Gives each line its ending and its role, by the layout's rules."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        rules = (*layout.headings, *layout.items, *(rule for rule in layout.captions if not rule.loose))
        parts = (re.sub(r"\(\?P<\w+>", "(?:", rule.pattern.pattern) for rule in rules)
        self.any_rule = compiled("|".join(f"(?:{part})" for part in parts))
        self.endings = {
            **dict.fromkeys(layout.running_on, Ending.COMMA),
            **dict.fromkeys(layout.clause_end, Ending.CLAUSE),
            **dict.fromkeys(layout.sentence_end, Ending.SENTENCE),
        }
        self.sentence = compiled(f"[{re.escape(layout.sentence_end)}]|[a-z%)][.](?:\\s|$)")

    def classify(self, lines: Sequence[Line]) -> None:
        """Fill in ending, role and rule of every line."""
        front = _front_matter(lines)
        for index, line in enumerate(lines):
            line.ending = self.ending(line.text)
            if index < front or _says_nothing(line.text):
                line.role = Role.FURNITURE
            elif self.any_rule.match(line.text):
                self._set_role(line)

    def ending(self, text: str) -> Ending:
        last = text[-1]
        ending = self.endings.get(last)
        if ending is not None:
            return ending
        if last in self.layout.closers:
            last = text.rstrip(self.layout.closers)[-1:] or " "
        if last in self.layout.sentence_end or (last == "." and not text[-2:-1].isspace()):
            return Ending.SENTENCE
        return Ending.NONE

    def _set_role(self, line: Line) -> None:
        layout = self.layout
        finished = line.ending is Ending.SENTENCE or self.sentence.search(line.text) is not None
        short = line.width <= layout.widths.heading and line.ending in (Ending.NONE, Ending.CLAUSE) and not finished
        for rule in layout.headings:
            if match := rule.pattern.match(line.text):
                heading = "mark" in match.groupdict() or (short and not rule.weak)
                if heading or not rule.loose:
                    line.role, line.rule = (Role.HEADING if heading else Role.ITEM), rule
                    return
        for rule in layout.captions:
            if not rule.loose and rule.pattern.match(line.text) and not (finished and not rule.finished):
                line.role, line.rule = Role.CAPTION, rule
                return
        for rule in layout.items:
            if not (rule.loose and short) and rule.pattern.match(line.text):
                line.role, line.rule = Role.ITEM, rule
                return


def _says_nothing(text: str) -> bool:
    return len(text) > 1 and not any(char.isalnum() for char in text[:200]) and "|" not in text


def _front_matter(lines: Sequence[Line]) -> int:
    """How many lines a YAML front matter takes, 0 without one."""
    if not lines or lines[0].text != "---":
        return 0
    for index, line in enumerate(lines[1:_FRONT_MATTER_LINES], 1):
        if line.text in ("---", "..."):
            return index + 1
    return 0
