"""Regular expressions, kept compiled from run to run: compiling the rules takes longer than reading a page with them.

What is kept is what the interpreter's compiler makes of an expression, and only for this very interpreter. That is no
public interface: interpreters in which it was not tried compile every expression anew.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from functools import cache
from typing import Any

from suantu import kept

_MOST = 10_000  # a set of rules has some thousands; beyond, there have been many sets
_TRIED = sys.implementation.name == "cpython" and (3, 11) <= sys.version_info[:2] <= (3, 13)
_new: dict[tuple[str, int], Any] = {}


@cache
def compiled(source: str, flags: int = 0) -> re.Pattern[str]:
    """``re.compile(source, flags)``."""
    if not _TRIED:
        return re.compile(source, flags)
    import _sre  # type: ignore[import-not-found]

    key = source, int(flags)
    parts = _known().get(key)
    if parts is None:
        parts = _new[key] = _parts(*key)
    whole, code, groups, index, names = parts
    pattern: re.Pattern[str] = _sre.compile(source, whole, memoryview(code).cast("I").tolist(), groups, index, names)
    return pattern


def either(words: Iterable[object]) -> str:
    """The words, or patterns, as alternatives, the longest first."""
    return "|".join(sorted(map(str, words), key=lambda w: (-len(w), w)))


def keep() -> None:
    """Keep what this process had to compile for the next ones."""
    if _new:
        known = _known()
        kept.save("expressions", (), {**(known if len(known) < _MOST else {}), **_new})


@cache
def _known() -> dict[tuple[str, int], Any]:
    return kept.load("expressions", ()) or {}


def _parts(source: str, flags: int) -> tuple[int, bytes, int, dict[str, int], tuple[str | None, ...]]:
    """What ``re._compiler.compile`` makes of an expression, last step excepted."""
    from array import array
    from re import _compiler, _parser  # type: ignore[attr-defined]

    tree = _parser.parse(source, flags)
    code = array("I", _compiler._code(tree, flags))
    names: list[str | None] = [None] * tree.state.groups
    for name, number in tree.state.groupdict.items():
        names[number] = name
    return flags | tree.state.flags, code.tobytes(), tree.state.groups - 1, tree.state.groupdict, tuple(names)
