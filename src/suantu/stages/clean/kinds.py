"""Decides what each group of lines is: paragraph, heading, label …, and under which headings it stands."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from suantu.expressions import compiled
from suantu.records import BlockKind
from suantu.stages.clean.groups import Group
from suantu.stages.clean.lines import Ending, Line, Role
from suantu.stages.clean.tables import label_cells
from suantu.stages.layout import Layout
from suantu.stages.lengths import PARAGRAPH

_KINDS = {
    Role.HEADING: BlockKind.HEADING,
    Role.ITEM: BlockKind.ITEM,
    Role.CAPTION: BlockKind.CAPTION,
    Role.ROW: BlockKind.ROW,
    Role.LABEL: BlockKind.LABEL,
    Role.FURNITURE: BlockKind.FURNITURE,
}
_COLON = compiled("[:：].")
_VERTICAL = 3  # lines of one character that are a label set upright
_LOOSE_BEFORE = 1  # loose lines that a heading may have before it: more are a figure's labels
_TITLE_LINES = 2
_FEWEST_LETTERS = 2  # in a heading


class Kinds:
    """Names the kind of every group of a text."""

    def __init__(self, layout: Layout, sentence: re.Pattern[str], *, spread: bool) -> None:
        self.layout, self.sentence, self.spread = layout, sentence, spread

    def decide(self, groups: Sequence[Group]) -> list[tuple[Group, BlockKind]]:
        """The groups, loose ones split or joined, with their kinds; ``level`` is set for headings."""
        groups = self._upright([part for group in groups for part in self._split(group)])
        shown = [group for group in groups if group.role is not Role.FURNITURE]
        if self.spread:
            groups, shown = self._join_titles(groups, shown)
        kinds = {}
        loose_before = 0
        for index, group in enumerate(shown):
            kind = self._kind(shown, index, loose_before)
            loose_before = loose_before + 1 if kind is BlockKind.LABEL else 0
            kinds[id(group)] = kind
        return [(group, kinds.get(id(group), BlockKind.FURNITURE)) for group in groups]

    def _split(self, group: Group) -> list[Group]:
        """Lines that were joined although none holds a sentence are so many labels."""
        short = group.role is Role.PLAIN and len(group.lines) > 1 and group.widest < self.layout.widths.label
        if not short or group.ending is not Ending.NONE or any(self.sentence.search(line.text) for line in group.lines):
            return [group]
        return [Group(Role.PLAIN, [line], None, line.width) for line in group.lines]

    def _upright(self, groups: list[Group]) -> list[Group]:
        """Join the characters of a label that is set from top to bottom."""
        found: list[Group] = []
        run: list[Group] = []
        for group in groups:
            if (
                group.role is Role.PLAIN
                and len(group.lines) == 1
                and group.lines[0].text.isalpha()
                and group.widest < 3
            ):
                run.append(group)
                continue
            found += self._joined(run)
            run = []
            found.append(group)
        return found + self._joined(run)

    @staticmethod
    def _joined(run: list[Group]) -> list[Group]:
        if not _VERTICAL <= len(run) <= PARAGRAPH or not all(len(group.lines[0].text) == 1 for group in run):
            return run
        return [Group(Role.PLAIN, [group.lines[0] for group in run], None, 2)]

    def _is_loose(self, group: Group) -> bool:
        """Whether the group is one short unfinished line, or an upright label."""
        if group.role is not Role.PLAIN or group.widest > self.layout.widths.heading:
            return False
        if len(group.lines) > 1:
            return group.level == self.layout.unnumbered_level or group.widest <= 2
        return group.ending is Ending.NONE and self.sentence.search(group.lines[0].text) is None

    def _is_prose(self, group: Group | None) -> bool:
        return group is not None and group.role in (Role.PLAIN, Role.ITEM) and not self._is_loose(group)

    def _join_titles(self, groups: list[Group], shown: list[Group]) -> tuple[list[Group], list[Group]]:
        """Where every line is followed by an empty one, two short lines without one are a title in two lines."""
        gone: set[int] = set()
        for index, group in enumerate(shown[:-_TITLE_LINES]):
            second, third = shown[index + 1], shown[index + 2]
            before = shown[index - 1] if index else None
            pair = self._is_loose(group) and self._is_loose(second) and second.lines[0].gap == 0
            if not pair or id(group) in gone or second.widest > self.layout.widths.label or group.widest < 8:
                continue
            alone = third.lines[0].gap > 0 and (before is None or not self._is_loose(before))
            if alone and (third.role is Role.HEADING or self._is_prose(third)):
                group.add(second.lines[0])
                group.level = self.layout.unnumbered_level
                gone.add(id(second))
        return [g for g in groups if id(g) not in gone], [g for g in shown if id(g) not in gone]

    def _kind(self, shown: Sequence[Group], index: int, loose_before: int) -> BlockKind:
        group = shown[index]
        following = shown[index + 1] if index + 1 < len(shown) else None
        if group.role is Role.ITEM and group.rule is not None and group.rule.weak:
            before = shown[index - 1] if index else None
            return self._numbered(group, before, following)
        if group.role is not Role.PLAIN:
            if group.role is Role.HEADING and group.rule is not None:
                group.level = self._level(group)
            return _KINDS[group.role]
        if not self._is_loose(group):
            return BlockKind.PARAGRAPH
        text = group.lines[0].text
        if label_cells(text) or sum(char.isalpha() for char in text) < _FEWEST_LETTERS:
            return BlockKind.LABEL
        if index == 0 and not (following and following.role is Role.ROW):
            group.level = self.layout.title_level
            return BlockKind.HEADING
        if any(rule.loose and rule.pattern.match(text) for rule in self.layout.captions):
            return BlockKind.CAPTION
        heads = self._is_prose(following) or (following is not None and following.role is Role.HEADING)
        if heads and loose_before <= _LOOSE_BEFORE:
            group.level = self.layout.unnumbered_level
            return BlockKind.HEADING
        listed = _COLON.search(text) and any(mark in text for mark in self.layout.list_separators)
        return BlockKind.PARAGRAPH if listed or group.widest > self.layout.widths.label else BlockKind.LABEL

    def _numbered(self, group: Group, before: Group | None, following: Group | None) -> BlockKind:
        """A numbered line is a heading where prose or a table follows it, else an item of a list."""
        line = group.lines[0]
        short = len(group.lines) == 1 and line.ending is Ending.NONE and group.widest <= self.layout.widths.label
        if short and following is not None and not self.sentence.search(line.text):
            prose = following.role is Role.PLAIN and self._is_prose(following)
            in_list = before is not None and before.rule is group.rule
            if (prose or following.role in (Role.ROW, Role.CAPTION)) and not in_list:
                group.level = self._level(group)
                return BlockKind.HEADING
        return BlockKind.ITEM

    def _level(self, group: Group) -> int:
        rule = group.rule
        match = rule.pattern.match(group.lines[0].text) if rule else None
        if rule is None or match is None:
            return self.layout.unnumbered_level
        if "mark" in match.groupdict():
            return len(match["mark"])
        return rule.level + (2 * match.group().strip(" .").count(".") if rule.dots else 0)


class Sections:
    """The headings above the place that has been reached."""

    def __init__(self) -> None:
        self.stack: list[tuple[int, str]] = []

    def enter(self, level: int, text: str) -> tuple[str, ...]:
        """Go under a heading; return the headings above it."""
        while self.stack and self.stack[-1][0] >= level:
            self.stack.pop()
        above = self.above()
        self.stack.append((level, text))
        return above

    def above(self) -> tuple[str, ...]:
        return tuple(text for _, text in self.stack)


def is_spread(lines: Sequence[Line], layout: Layout) -> bool:
    """Whether the text has an empty line after nearly every line, as dumps of PDF files do."""
    unfinished = (Ending.NONE, Ending.COMMA)
    pairs = pairwise(lines)
    gaps = [b.gap > 0 for a, b in pairs if a.width >= layout.widths.prose and a.ending in unfinished]
    return sum(gaps) * 2 > len(gaps)
