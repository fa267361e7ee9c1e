"""Tables as text: aligned for a terminal (Chinese characters are two columns wide), tab-separated for a pipe.

Nothing that a document says can steer the terminal: control characters come out as visible escapes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from unicodedata import combining, east_asian_width

# C0, DEL, C1, line and paragraph separators, and the marks that turn the direction of text
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_NUMBER = re.compile(r"[-+]?[\d,]*\.?\d+%?$")
_NARROWEST = 10  # what is no wider is never cut: dates, amounts, the numbers of facts


def visible(text: str) -> str:
    """``text`` on one line, with control characters written as escapes (``\\n``, ``\\x1b``)."""
    return _CONTROL.sub(_escape, text)


def harmless(text: str) -> str:
    """``text`` with its lines and tabs, and every other control character written as ``\\u…`` (as JSON would)."""
    return _CONTROL.sub(lambda m: m[0] if m[0] in "\n\t" else f"\\u{ord(m[0]):04x}", text)


def _escape(match: re.Match[str]) -> str:
    return match[0].encode("unicode_escape").decode("ascii")


def width(text: str) -> int:
    """The columns that ``text`` takes on a terminal."""
    if text.isascii():
        return len(text)
    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)


def cut(text: str, columns: int) -> str:
    """``text`` in at most ``columns`` columns, with an ellipsis where something is left out."""
    if width(text) <= columns:
        return text
    used, kept = 1, []
    for char in text:
        used += width(char)
        if used > columns:
            break
        kept.append(char)
    return "".join(kept) + "…"


def pad(text: str, columns: int, *, right: bool = False) -> str:
    """``text`` filled with blanks to ``columns`` columns."""
    blanks = " " * (columns - width(text))
    return blanks + text if right else text + blanks


def aligned(header: Sequence[str], rows: Iterable[Sequence[str]], columns: int = 0) -> list[str]:
    """Lines of a table, the header first; numbers to the right. ``columns`` is the width to keep to, 0 for any: wide
    cells are cut then, and where even that is not enough each row becomes a block of ``header: cell`` lines."""
    body = [[visible(cell) for cell in row] for row in rows]
    head = [visible(cell) for cell in header]
    if not head:
        return []
    widths = [max(width(row[i]) for row in (head, *body)) for i in range(len(head))]
    if columns and not _shrink(widths, columns):
        return _blocks(head, body)
    right = [bool(body) and all(_NUMBER.match(row[i]) for row in body if row[i]) for i in range(len(head))]
    return [_line(row, widths, right) for row in (head, *body)]


def _shrink(widths: list[int], columns: int) -> bool:
    """Take from the widest until all fit; False where they cannot."""
    for _ in range(sum(widths) + 2 * (len(widths) - 1) - columns):
        widest = max(range(len(widths)), key=widths.__getitem__)
        if widths[widest] <= _NARROWEST:
            return False
        widths[widest] -= 1
    return True


def _blocks(head: Sequence[str], body: Iterable[Sequence[str]]) -> list[str]:
    lines: list[str] = []
    for row in body:
        lines += [""] if lines else []
        lines += [f"{name}: {cell}" for name, cell in zip(head, row, strict=True) if cell]
    return lines


def _line(row: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    cells = (pad(cut(cell, w), w, right=r) for cell, w, r in zip(row, widths, right, strict=True))
    return "  ".join(cells).rstrip()


def tabbed(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterable[str]:
    """Lines of tab-separated values, the header first; tabs and line ends inside a cell are escaped."""
    yield "\t".join(map(visible, header))
    for row in rows:
        yield "\t".join(map(visible, row))
