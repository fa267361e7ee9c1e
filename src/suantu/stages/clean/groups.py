"""Joins hard-wrapped lines: decides which lines belong to one paragraph, item or caption."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from suantu.expressions import compiled
from suantu.stages.clean.lines import Ending, Line, Role, columns
from suantu.stages.layout import Layout, LineRule
from suantu.stages.lengths import PARAGRAPH

_SUPPORT = 3  # lines of about one width that show where the text was wrapped
_NEAR = 3  # columns by which wrapped lines of Chinese differ
_NEAR_LATIN = 10
_SLACK = 4  # columns that justified setting may leave at the end of a line
_LOOSE_SLACK = 8  # the same, where other lines of the text are as wide
_RAGGED = 1.4  # how much wider the next line may be where a sentence is plainly under way
_RAGGED_SPREAD = 1.15  # the same over an empty line
_WIDEST = 400
_PATIENCE = 12  # lines of a figure that may interrupt a sentence
_UNFINISHED = (Ending.NONE, Ending.COMMA)


@dataclass(slots=True)
class Group:
    """Lines that make one block; ``widest`` is the widest of them in columns."""

    role: Role
    lines: list[Line]
    rule: LineRule | None = None
    widest: int = 0
    level: int = -1
    length: int = 0

    def __post_init__(self) -> None:
        self.length = sum(len(line.text) for line in self.lines)

    def add(self, line: Line) -> None:
        self.lines.append(line)
        self.length += len(line.text)
        self.widest = max(self.widest, line.width)

    def has_room(self, line: Line) -> bool:
        """Whether the line can be read together with the others."""
        return self.length + len(line.text) <= PARAGRAPH

    @property
    def ending(self) -> Ending:
        return self.lines[-1].ending


class Joiner:
    """Groups classified lines; built for one text, whose line widths it knows."""

    def __init__(self, lines: Sequence[Line], layout: Layout, *, spread: bool) -> None:
        self.layout, self.spread = layout, spread
        openers, closers = re.escape(layout.openers), re.escape(layout.closers + layout.sentence_end + "，、；：,;:%")
        self.first_token = compiled(f"[{openers}]*(?:[A-Za-z0-9][A-Za-z0-9.,%+/-]*|.)[{closers}]*")
        self.clause = compiled(f"[{re.escape(layout.list_separators)}]")
        self.widths = self._count(lines)

    def _count(self, lines: Sequence[Line]) -> list[int]:
        """How many unfinished lines are at most so wide, by width."""
        counts = [0] * (_WIDEST + 2)
        for line in lines:
            unfinished = line.role is Role.PLAIN and line.ending in _UNFINISHED
            if unfinished and self.layout.widths.wrapped <= line.width <= _WIDEST:
                counts[line.width + 1] += 1
        for width in range(1, len(counts)):
            counts[width] += counts[width - 1]
        return counts

    def groups(self, lines: Sequence[Line]) -> list[Group]:
        """The lines in groups, in the order in which the groups begin."""
        self._unmask_items(lines)
        found: list[Group] = []
        current: Group | None = None
        waiting: Group | None = None
        waited = 0
        for line in lines:
            if line.role is Role.FURNITURE:
                found.append(Group(Role.FURNITURE, [line]))
                continue
            if current is not None and self.goes_on(current, line) and current.has_room(line):
                current.add(line)
                continue
            if current is not None and self._is_cut(current):
                waiting, waited = current, 0
            if waiting is not None and self._resumes(waiting, line) and waiting.has_room(line):
                current, waiting = waiting, None
                current.add(line)
                continue
            waited += 1
            if waited > _PATIENCE or line.role in (Role.HEADING, Role.ITEM):
                waiting = None
            group = Group(line.role, [line], line.rule, line.width)
            found.append(group)
            current = group if line.role in (Role.PLAIN, Role.ITEM, Role.CAPTION) else None
        return found

    def _unmask_items(self, lines: Sequence[Line]) -> None:
        """A numbered line that is cut in the middle of a sentence is no heading: the next line carries it on."""
        for line, after in pairwise(line for line in lines if line.role is not Role.FURNITURE):
            numbered = line.role is Role.HEADING and line.rule is not None and not line.rule.strong
            if not numbered or line.width < self.layout.widths.prose or line.ending not in _UNFINISHED:
                continue
            near = after.role is Role.PLAIN and after.gap <= self.spread
            prose = after.ending is not Ending.NONE or self.clause.search(after.text)
            if near and prose and self.clause.search(line.text) and after.width <= line.width * _RAGGED:
                line.role = Role.ITEM

    def _is_cut(self, group: Group) -> bool:
        """Whether a paragraph of several lines stops in the middle of a sentence."""
        last = group.lines[-1]
        wide = group.widest >= self.layout.widths.prose and last.width + _LOOSE_SLACK >= group.widest
        return len(group.lines) > 1 and last.ending in _UNFINISHED and wide

    def _resumes(self, group: Group, line: Line) -> bool:
        """Whether ``line``, after a figure or a caption, carries on the sentence that ``group`` broke off."""
        wider = line.width > group.widest + _LOOSE_SLACK
        if line.role is not Role.PLAIN or wider or self._is_indented(group, line):
            return False
        return line.width * 10 >= group.widest * 6 or (line.ending is Ending.SENTENCE and line.width > _SLACK)

    @staticmethod
    def _is_indented(group: Group, line: Line) -> bool:
        """Whether the line is set in as the first of a paragraph."""
        return line.indent >= 2 and line.indent > group.lines[-1].indent and group.role is Role.PLAIN

    def goes_on(self, group: Group, line: Line) -> bool:
        """Whether ``line`` belongs to ``group``, whose last line stands before it."""
        last = group.lines[-1]
        if group.role is Role.CAPTION:
            return last.ending is Ending.COMMA and line.role is Role.PLAIN and line.gap == 0
        if line.role in (Role.ROW, Role.CAPTION):
            return False
        if line.role in (Role.HEADING, Role.ITEM):
            return self._looks_like_start(group, line)
        if self._is_indented(group, line) and last.ending is not Ending.COMMA:
            return False
        if group.role is Role.ITEM and line.gap == 0 and line.indent >= 2 and line.indent > group.lines[0].indent:
            return True
        if last.ending in (Ending.SENTENCE, Ending.CLAUSE):
            return self._goes_on_after_stop(group, line)
        if last.ending is Ending.COMMA:
            return group.widest >= self.layout.widths.wrapped // 2 and line.gap <= 2
        return self._goes_on_in_sentence(group, line)

    def _looks_like_start(self, group: Group, line: Line) -> bool:
        """Whether a line that begins like a heading or an item is only the rest of a sentence."""
        if line.rule is None or line.rule.strong or (line.rule.level == 0 and line.role is Role.ITEM):
            return False
        last = group.lines[-1]
        cut = len(group.lines) > 1 and last.ending in _UNFINISHED and self._fills(group, line)
        return cut and not (group.role is Role.ITEM and line.rule is group.rule)

    def _goes_on_after_stop(self, group: Group, line: Line) -> bool:
        """Whether a paragraph goes on although its last line ends a sentence or a clause."""
        last = group.lines[-1]
        if last.ending is Ending.CLAUSE:
            near = line.gap <= 1
        elif self.spread:  # only inside a box that is set without empty lines
            near = line.gap == 0 and line.indent == last.indent and len(group.lines) > 1 and last.gap == 0
        else:
            near = line.gap == 0
        if not near or last.width < self.layout.widths.prose or self._is_scrap(group, line):
            return False
        return self._supported(last, 2) and self._fills(group, line, _SLACK)

    def _goes_on_in_sentence(self, group: Group, line: Line) -> bool:
        last, widths = group.lines[-1], self.layout.widths
        if line.text[0].islower() and last.text[-1].isascii() and last.width >= widths.wrapped:
            return line.gap <= self.spread
        if self._is_scrap(group, line):
            return False
        if len(group.lines) > 1 and group.widest >= widths.wrapped:
            return line.width <= group.widest + _LOOSE_SLACK
        if last.width < widths.wrapped:
            return False
        if self._supported(last, _SUPPORT) and self._fills(group, line, _LOOSE_SLACK):
            return True
        if line.gap > self.spread:
            return False
        if last.width >= widths.prose and line.ending in _UNFINISHED and self.clause.search(last.text):
            return line.width <= last.width * (_RAGGED_SPREAD if line.gap else _RAGGED)
        near = line.width <= last.width + _SLACK and (last.width >= widths.prose or line.width * 5 >= last.width * 4)
        return line.gap == 0 and near and self._fills(group, line, _SLACK)

    def _is_scrap(self, group: Group, line: Line) -> bool:
        """Whether the line is rather a label than the end of a paragraph: short, and without a stop."""
        open_end = line.ending is Ending.NONE or (
            line.ending is Ending.CLAUSE and group.widest < self.layout.widths.prose
        )
        return open_end and line.width * 2 < group.widest

    def _fills(self, group: Group, line: Line, slack: int = _SLACK) -> bool:
        """Whether the first word of ``line`` had no room any more in the line before."""
        match = self.first_token.match(line.text)
        token = columns(match.group()[:60]) if match else 2
        slack = slack if line.text[0] > "\u2e7f" else slack // 2
        return group.lines[-1].width + max(token, 2) + slack >= max(group.widest, line.width)

    def _supported(self, line: Line, wanted: int) -> bool:
        """Whether enough unfinished lines of the text are about as wide as this one."""
        if line.width > _WIDEST:
            return False
        near = _NEAR_LATIN if line.text.isascii() else _NEAR
        low, high = max(line.width - near, 0), min(line.width + near, _WIDEST)
        return self.widths[high + 1] - self.widths[low] >= wanted
