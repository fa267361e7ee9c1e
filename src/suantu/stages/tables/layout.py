"""A table as it is laid out: its rows, heads and titles; and what comes of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from suantu.expressions import compiled
from suantu.records import Block, Claim, Evidence, Loose, Observation, RankingEntry, Span, Thing
from suantu.stages.tables.heads import Head

_MONTH = compiled(r"\d{4}-\d{2}")


@dataclass(slots=True)
class TableFacts:
    """What a table says. ``things`` are named in it without being in the lexicon's sure names, with their words."""

    claims: list[Claim] = field(default_factory=list)
    observations: list[Observation] = field(default_factory=list)
    rankings: list[RankingEntry] = field(default_factory=list)
    loose: list[Loose] = field(default_factory=list)
    things: list[tuple[Thing, Evidence]] = field(default_factory=list)


@dataclass(slots=True)
class Table:
    """One table being read: its rows, the heads of its columns, its titles (the nearest first).

    ``numbered``: the column that numbers the rows of a ranking without being called so.
    """

    rows: list[Block]
    header: Block | None
    heads: list[Head]
    titles: list[Head]
    shift: int = 0
    subject: int = -1
    numbered: int = -1
    place: Thing | None = None
    issued: str = ""
    above: tuple[Thing | None, Head] | None = None
    names: Mapping[str, Thing] = field(default_factory=dict)

    def head(self, column: int) -> Head:
        """The head of a column (heads stand on the right where the header lacks its corner)."""
        at = column - self.shift
        return self.heads[at] if 0 <= at < len(self.heads) else Head("")

    def head_span(self, column: int) -> list[Span]:
        at = column - self.shift
        if self.header is None or not 0 <= at < len(self.header.cells):
            return []
        start, end = self.header.cells[at]
        return [self.header.span(start, end)] if end > start else []


def ranked_when(table: Table, titles: Sequence[Head], ranks: re.Pattern[str]) -> str:
    """The time of a ranking: its caption's, else the one of its figures (columns that ``ranks`` does not match), else the
    document's title's, where a month is publication."""
    captions = (h.period for h in titles if h.text != titles[-1].text)
    if near := next((period for period in captions if period and "/" not in period), ""):
        return near
    heads = (table.head(column) for column in range(len(table.heads)))
    figures = {h.period for h in heads if h.period and not ranks.match(h.text)}
    if len(figures) == 1:
        return figures.pop()
    title = titles[-1].period if titles else ""
    return "" if "/" in title or _MONTH.fullmatch(title) else title


def says_columns(table: Table, fits: Callable[[Thing, str], bool]) -> bool:
    """Whether the corner says what stands across (城市 | 上海 | 杭州), not what stands below it."""
    cls = table.head(table.subject).item_class
    others = [table.head(c) for c in range(len(table.heads)) if c != table.subject] if cls else []
    return bool(others) and all(any(fits(t, cls) for t in head.things) for head in others)


def with_unit(titles: list[Head]) -> list[Head]:
    """The titles of a table; the unit that stands alone below its caption is the caption's."""
    if len(titles) > 1 and titles[1].unit and not (titles[0].unit or titles[1].rest):
        return [replace(titles[0], unit=titles[1].unit), *titles[2:]]
    return titles


def cell_text(block: Block, column: int) -> str:
    """The text of a cell; empty where the row has none there."""
    if column >= len(block.cells):
        return ""
    start, end = block.cells[column]
    return block.text[start:end].strip(" *_`")


def group_rows(blocks: Sequence[Block], is_row: Callable[[Block], bool]) -> list[list[Block]]:
    """The rows of a document table by table: neighbours that share a header, or have none."""
    tables: list[list[Block]] = []
    last: Block | None = None
    for block in blocks:
        if is_row(block):
            if last is not None and tables and _belongs(block, last, tables[-1]):
                tables[-1].append(block)
            else:
                tables.append([block])
        last = block if is_row(block) else None
    return tables


def _belongs(block: Block, last: Block, rows: Sequence[Block]) -> bool:
    if block.header is not None:
        return block.header is rows[0] or block.header is rows[-1].header
    headless = rows[-1].header is None and len(block.cells) == len(last.cells)
    return headless and block.sections == rows[0].sections
