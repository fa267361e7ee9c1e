"""Puts the blocks of a document together: lines, furniture, tables, paragraphs, headings, copies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from suantu.expressions import compiled
from suantu.records import Block, BlockKind, Document
from suantu.stages.clean.across import join_heads
from suantu.stages.clean.copies import merge_copies
from suantu.stages.clean.furniture import mark_furniture
from suantu.stages.clean.groups import Group, Joiner
from suantu.stages.clean.kinds import Kinds, Sections, is_spread
from suantu.stages.clean.lines import Classifier, Line, split_lines, tidy
from suantu.stages.clean.stacked import BRACKETED, stack_rows
from suantu.stages.clean.tables import label_cells, mark_tables
from suantu.stages.fold import fold
from suantu.stages.layout import Layout

_LATIN_END = compiled(r"[A-Za-z0-9.,;:!?%)\]}”’\"'\u00c0-\u024f]$")
_LATIN_START = compiled(r"[A-Za-z0-9(\[{“‘\"'$\u00c0-\u024f]")
_BROKEN_NUMBER = compiled(r"\d[,.]?$")
_HAN = compiled("[\u4e00-\u9fff]")
_WIDE = compiled("[\uff10-\uff5a]")
_WORD = compiled("[a-z]+")
_WORD_END = compiled("([A-Za-z]+)-$")
_WORD_START = compiled("[a-z]+")
_TITLE_REACH = 3  # blocks above a table in which its title is looked for


def clean(document: Document, layout: Layout) -> list[Block]:
    """The blocks of ``document`` in the order of the source.

    Every visible character of the source stands in exactly one block (in one of its ``copies`` where a text is printed
    twice); what is not text (bullets, heading marks, control characters) stands in a FURNITURE block of its own.
    """
    source = document.text
    lines, debris = split_lines(source, document.pages)
    if not lines:
        return _moved(_debris_block(source, debris), document.start)
    classifier = Classifier(layout)
    classifier.classify(lines)
    lines = stack_rows(join_heads(lines, layout), layout)
    mark_furniture(lines, layout, document.title)
    mark_tables(lines, layout)
    spread = is_spread(lines, layout)
    groups = Joiner(lines, layout, spread=spread).groups(lines)
    builder = _Builder(source, debris, layout)
    blocks = builder.build(Kinds(layout, classifier.sentence, spread=spread).decide(groups))
    blocks = merge_copies(blocks) + _debris_block(source, builder.debris)
    return _moved(sorted(blocks, key=lambda block: block.offsets[0]), document.start)


def _moved(blocks: list[Block], by: int) -> list[Block]:
    """The blocks of a portion, with the offsets of the whole document."""
    if not by:
        return blocks

    def move(offsets: Sequence[int]) -> Sequence[int]:
        if isinstance(offsets, range):
            return range(offsets.start + by, offsets.stop + by)
        return [offset + by for offset in offsets]

    moved: dict[int, Block] = {}

    def shifted(block: Block) -> Block:
        if id(block) not in moved:
            header = shifted(block.header) if block.header else None
            copies = tuple(map(move, block.copies))
            moved[id(block)] = replace(block, offsets=move(block.offsets), copies=copies, header=header)
        return moved[id(block)]

    return [shifted(block) for block in blocks]


def _debris_block(source: str, debris: Sequence[int]) -> list[Block]:
    offsets = sorted(offset for offset in debris if not source[offset].isspace())
    if not offsets:
        return []
    return [Block(BlockKind.FURNITURE, fold("".join(source[offset] for offset in offsets)), offsets)]


class _Builder:
    def __init__(self, source: str, debris: list[int], layout: Layout) -> None:
        self.source, self.debris, self.layout = source, debris, layout
        self.sections = Sections()
        self.headers: dict[int, Block] = {}
        self.words: set[str] | None = None

    def build(self, groups: Sequence[tuple[Group, BlockKind]]) -> list[Block]:
        blocks: list[Block] = []
        title: tuple[str, ...] = ()
        shown: list[tuple[Group, BlockKind, str]] = []
        for group, kind in groups:
            text, offsets = self._text(group, kind)
            if kind is BlockKind.ROW:
                if not shown or shown[-1][1] is not BlockKind.ROW:
                    title = self._table_title(shown)
                elif group.lines[0].header is None and shown[-1][0].lines[0].header is not None:
                    title = ()  # another table follows at once
                blocks.append(self._row(group, text, offsets, title))
            elif kind is BlockKind.HEADING:
                blocks.append(Block(kind, text, offsets, sections=self.sections.enter(group.level, text)))
            else:
                cells = label_cells(text) if kind is BlockKind.LABEL else ()
                blocks.append(Block(kind, text, offsets, sections=self.sections.above(), cells=cells))
            if kind is not BlockKind.FURNITURE:
                shown.append((group, kind, text))
        return blocks

    def _table_title(self, shown: Sequence[tuple[Group, BlockKind, str]]) -> tuple[str, ...]:
        """The caption or label just above a table, if it has one; the unit that stands there comes before it."""
        found: list[str] = []
        for group, kind, text in reversed(shown[-_TITLE_REACH:]):
            rule = group.rule
            unit = kind is BlockKind.CAPTION and rule is not None and rule.unit
            unit = unit or (kind is BlockKind.LABEL and bool(BRACKETED.match(text)))
            title = kind is BlockKind.LABEL or (kind is BlockKind.CAPTION and not (rule is not None and rule.finished))
            if not unit and not title:
                break
            found.append(text)
            if title and not unit:
                break
        return tuple(found)

    def _row(self, group: Group, text: str, offsets: Sequence[int], title: tuple[str, ...]) -> Block:
        line = group.lines[0]
        header = self.headers.get(id(line.header)) if line.header else None
        sections = (*self.sections.above(), *title)
        block = Block(BlockKind.ROW, text, offsets, sections=sections, cells=line.cells, header=header)
        self.headers[id(line)] = block
        return block

    def _text(self, group: Group, kind: BlockKind) -> tuple[str, Sequence[int]]:
        """The joined text of a group; tidied where spaces have no meaning."""
        parts = group.lines
        first, start = parts[0], self._mark_end(group, kind)
        if len(parts) == 1:
            text, offsets = first.text[start:], first.offsets[start:]
        else:
            text, offsets = self._joined(parts, start)
        if kind in (BlockKind.ROW, BlockKind.LABEL, BlockKind.FURNITURE):
            return text, offsets
        return tidy(text, offsets, prose=kind in (BlockKind.PARAGRAPH, BlockKind.ITEM))

    def _mark_end(self, group: Group, kind: BlockKind) -> int:
        """Where the text begins after a heading mark or a bullet, which go to the debris."""
        line = group.lines[0]
        match = group.rule.pattern.match(line.text) if group.rule and kind is not BlockKind.FURNITURE else None
        if match is None or not match.groupdict():
            return 0
        if match.end() >= len(line.text):
            return 0
        self.debris.extend(line.offsets[: match.end()])
        return match.end()

    def _joined(self, lines: Sequence[Line], start: int) -> tuple[str, list[int]]:
        texts = [lines[0].text[start:]]
        offsets = list(lines[0].offsets[start:])
        for before, line in pairwise(lines):
            if before.text[-1] == "-" and self._is_hyphenated(before.text, line.text):
                texts[-1] = texts[-1][:-1]
                self.debris.append(offsets.pop())
            elif self._needs_space(before, line):
                texts.append(" ")
                offsets.append(offsets[-1])
            texts.append(line.text)
            offsets.extend(line.offsets)
        return "".join(texts), offsets

    def _is_hyphenated(self, before: str, after: str) -> bool:
        """Whether the hyphen at the line's end only divides a word, which the text has undivided elsewhere."""
        first, second = _WORD_END.search(before), _WORD_START.match(after)
        if first is None or second is None:
            return False
        if self.words is None:
            self.words = set(_WORD.findall(self.source.lower()))
        return first.group(1).lower() + second.group() in self.words

    def _needs_space(self, before: Line, line: Line) -> bool:
        """Whether a space stood where the line was broken: between Latin words, not inside a number."""
        if not (_LATIN_END.search(before.text) and _LATIN_START.match(line.text)):
            return False
        if _WIDE.match(self.source[before.offsets[-1]]) or _WIDE.match(self.source[line.offsets[0]]):
            return False
        number = line.text[0].isdigit() and _BROKEN_NUMBER.search(before.text)
        return not (number and _HAN.search(before.text[-12:] + line.text[:12]))
