"""The sentence around a quote: what stands before and after the words, on one line, an ellipsis where it was cut."""

from __future__ import annotations

import re

REACH = 160  # characters on either side that are looked at
# A full stop with what closes after it, an empty line, a row of a table
_END = re.compile(r"[。！？!?]+[”’」』）)\"]*|\.(?=\s)|\n[ \t\u3000]*\n|\|[ \t]*\n")
_BREAK = re.compile(r"[ \t\u3000]*\r?\n[ \t\u3000]*")
_WIDE = re.compile("[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]")


def before(text: str, *, whole: bool) -> str:
    """The end of ``text`` from where its last sentence begins. ``whole`` says that nothing stands before ``text``."""
    starts = [m.end() for m in _END.finditer(text)]
    if starts or whole:
        return _joined(text[starts[-1] if starts else 0 :].lstrip())
    return "…" + _joined(text)


def after(text: str, *, whole: bool) -> str:
    """The beginning of ``text`` to where its first sentence ends. ``whole`` says that nothing stands after it."""
    end = _END.search(text)
    if end or whole:
        return _joined(text[: end.end() if end else None].rstrip())
    return _joined(text) + "…"


def _joined(text: str) -> str:
    """Wrapped lines as one: without a blank where either side is Chinese."""

    def gap(match: re.Match[str]) -> str:
        beside = text[max(0, match.start() - 1) : match.start()] + text[match.end() : match.end() + 1]
        return "" if _WIDE.search(beside) else " "

    return _BREAK.sub(gap, text)
