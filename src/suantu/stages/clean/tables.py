"""Finds tables: pipe rows of Markdown, and the rows that remain of a table when its rules are lost."""

from __future__ import annotations

from collections.abc import Sequence

from suantu.expressions import compiled
from suantu.stages.clean.lines import Line, Role, columns
from suantu.stages.layout import Layout

Cells = tuple[tuple[int, int], ...]

_SPACED = compiled(r"\S+(?: \S+)*")
_WORDS = compiled(r"\S+")
_APART = compiled(r"\S(?: {3,}|\t\s*)\S")
_WIDEST_ROW = 200  # columns
_WIDEST_CELL = 30
_WIDEST_WORD = 16
_LONGEST_GAP = 2  # blank lines between two rows
_TEXT_ROWS = 3  # rows and columns that make a table without figures
_TEXT_COLUMNS = 3
_FEWEST_BARS = 4  # in rows that have none around them
_LABELS = 3  # single words in a line that are as many labels


def mark_tables(lines: Sequence[Line], layout: Layout) -> None:
    """Give rows of tables the role ROW, their cells and their header; other lines with wide gaps are labels."""
    shown = [line for line in lines if line.role is not Role.FURNITURE]
    _mark_pipes(lines, layout)
    finder = _Finder(shown, layout)
    index = 0
    while index < len(shown):
        index += finder.mark_from(index)
    for line in shown:
        if line.role is Role.PLAIN and line.width <= _WIDEST_ROW and _APART.search(line.text):
            line.role = Role.LABEL


def label_cells(text: str) -> Cells:
    """The cells of a line of labels set apart by wide spaces, or of single words; empty where it is one label."""
    cells = tuple(match.span() for match in _SPACED.finditer(text))
    if len(cells) > 1:
        return cells
    words = tuple(match.span() for match in _WORDS.finditer(text))
    han = all(text[start] > "\u2000" and columns(text[start:end]) <= _WIDEST_WORD for start, end in words)
    return words if len(words) >= _LABELS and han else ()


def _pipe_cells(text: str) -> Cells:
    inner_start = 1 if text.startswith("|") else 0
    inner_end = len(text) - 1 if text.endswith("|") and len(text) > 1 else len(text)
    cells = []
    start = inner_start
    for index in [i for i in range(inner_start, inner_end) if text[i] == "|" and text[i - 1 : i] != "\\"] + [inner_end]:
        cell = text[start:index]
        lead = len(cell) - len(cell.lstrip())
        kept = cell.strip()
        cells.append((start + lead, start + lead + len(kept)) if kept else (start, start))
        start = index + 1
    return tuple(cells)


def _is_separator(text: str) -> bool:
    return "-" in text and "|" in text and not text.strip("|-:+ ")


def _mark_pipes(lines: Sequence[Line], layout: Layout) -> None:
    block: list[Line] = []
    for line in lines:
        if "|" in line.text and line.role is not Role.FURNITURE and (not block or line.gap == 0):
            block.append(line)
            continue
        _mark_pipe_block(block, layout)
        block = [line] if "|" in line.text and line.role is not Role.FURNITURE else []
    _mark_pipe_block(block, layout)


def _mark_pipe_block(block: Sequence[Line], layout: Layout) -> None:
    rules = [index for index, line in enumerate(block) if _is_separator(line.text)]
    if not rules and not all(line.text.startswith("|") and line.text.count("|") > 1 for line in block):
        counts = {line.text.count("|") for line in block}  # without outer bars, rows are as long as one another
        if len(counts) > 1 or len(block) < 2 or max(counts) * len(block) < _FEWEST_BARS:
            return
    rows = [line for index, line in enumerate(block) if index not in rules]
    for index in rules:
        block[index].role = Role.FURNITURE
    for row in rows:
        row.role, row.cells = Role.ROW, _pipe_cells(row.text)
    _set_header(rows, layout, known=rules[:1] == [1])


def _set_header(rows: Sequence[Line], layout: Layout, *, known: bool = False) -> None:
    if len(rows) > 1 and (known or _heads(rows[0], layout)):
        for row in rows[1:]:
            row.header = rows[0]


def _heads(row: Line, layout: Layout) -> bool:
    figures = [text for start, end in row.cells if layout.tables.figure.match(text := row.text[start:end])]
    return all(layout.tables.year.match(text) for text in figures)


class _Finder:
    """Looks for rows whose columns are only set apart by spaces."""

    def __init__(self, lines: Sequence[Line], layout: Layout) -> None:
        self.lines, self.layout = lines, layout
        self.ends = layout.sentence_end + layout.running_on + layout.clause_end
        self.options = [self._options(line) for line in lines]

    def mark_from(self, first: int) -> int:
        """Mark a table that starts at line ``first``; return how many lines to go on by."""
        if not self.options[first] or first + 1 >= len(self.lines) or not self.options[first + 1]:
            return 1
        for count in sorted(self.options[first + 1], reverse=True):
            rows = self._rows(first, count)
            if rows:
                for line, cells in rows:
                    line.role, line.rule, line.cells = Role.ROW, None, cells
                _set_header([line for line, _ in rows], self.layout)
                return len(rows)
        return 1

    def _rows(self, first: int, count: int) -> list[tuple[Line, Cells]]:
        head = self.options[first].get(count) or self.options[first].get(count - 1)
        if head is None or len(head) < 2:
            return []
        rows = [(self.lines[first], head)]
        second = self.options[first + 1][count]
        text_only = not self._has_figures(self.lines[first + 1], second)
        if text_only and (count < _TEXT_COLUMNS or len(head) < count):
            return []
        wordless = 0
        for index in range(first + 1, len(self.lines)):
            line, cells = self.lines[index], self.options[index].get(count)
            if cells is None or line.gap > _LONGEST_GAP or (index > first + 1 and line.new_page):
                break
            figures = self._has_figures(line, cells)
            wordless = 0 if figures else wordless + 1
            if not figures and (not self._spaced(index, first) or (wordless > 1 and not text_only)):
                break
            rows.append((line, cells))
        if not self._spaced(first, first + 1) and not self._dense(rows, count):
            return []
        return rows if len(rows) >= (_TEXT_ROWS if text_only or len(head) < count else 2) else []

    def _dense(self, rows: Sequence[tuple[Line, Cells]], count: int) -> bool:
        """Whether rows set apart by single spaces are a table: two columns need names before the figures."""
        return count > 2 or all(self._wide(line) or line.text[0] >= "\u4e00" for line, _ in rows)

    def _spaced(self, index: int, first: int) -> bool:
        return self._wide(self.lines[index]) and self._wide(self.lines[first])

    @staticmethod
    def _wide(line: Line) -> bool:
        return "  " in line.text or "\t" in line.text

    def _has_figures(self, line: Line, cells: Cells) -> bool:
        """Whether half the cells beside the first are figures."""
        found = [self.layout.tables.figure.match(line.text[start:end]) is not None for start, end in cells]
        return sum(found) * 2 >= len(found) and any(found[1:])

    def _options(self, line: Line) -> dict[int, Cells]:
        """The ways to cut a line into cells, by their number."""
        if line.width > _WIDEST_ROW or line.role not in (Role.PLAIN, Role.ITEM):
            return {}
        if " " not in line.text and "\t" not in line.text:
            return {}
        options: dict[int, Cells] = {}
        words = tuple(match.span() for match in _WORDS.finditer(line.text))
        if len(words) > 1 and self._short(line.text, words, _WIDEST_WORD):
            options[len(words)] = words
        cells = tuple(match.span() for match in _SPACED.finditer(line.text))
        if len(cells) > 1 and self._short(line.text, cells, _WIDEST_CELL):
            options[len(cells)] = cells
        return options

    def _short(self, text: str, cells: Cells, widest: int) -> bool:
        if text[-1] in self.ends:
            return False
        return all(columns(text[a:b]) <= widest and text[b - 1] not in self.ends for a, b in cells)
