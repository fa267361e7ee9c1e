"""FILTER NOT EXISTS as MINUS, where both mean the same: Oxigraph asks the first once for every row, and joins anew each
time (minutes where MINUS takes a hundredth of a second).

For the rows of a group P, ``FILTER NOT EXISTS { Q }`` drops a row for which Q, with the row's values put in, has an
answer; ``MINUS { Q }`` at the end of P drops a row that an answer of Q agrees with on the variables that both bind, if
there is at least one. These are the same rows where

- Q is made of triple patterns, groups, UNION, GRAPH and FILTER only. An OPTIONAL, BIND or sub-select in it could bind
  a variable otherwise when a value is put in.
- a FILTER in Q speaks of variables only that its own group binds for certain; with others it would see values of P.
- P and Q have a variable that both bind for certain, so that there always is one to agree on.
- Q has no path of ``*`` or ``?``, which also connects a value to itself that is nowhere in the graph. (``+`` would be
  sound; but followed from everywhere it may take longer than from the rows.)
- P is no OPTIONAL's group, whose filters see the rows outside, and stands in no ``GRAPH ?variable`` and no EXISTS.

A single triple pattern stays as it is: looking it up for each row is fast. A test compares the answers of generated
queries on generated graphs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from suantu.stores.sparql import Token, tokens

_ELEMENTS = frozenset({"FILTER", "OPTIONAL", "MINUS", "GRAPH", "SERVICE", "BIND", "VALUES"})
_CHANCE = frozenset({"RAND", "UUID", "STRUUID", "BNODE", "EXISTS"})
_OPEN, _CLOSE = {"(": ")", "{": "}", "[": "]"}, {")", "}", "]"}


class Rewritten(NamedTuple):
    """The query, and the offsets of those FILTER NOT EXISTS in it that stayed and may take long."""

    query: str
    slow: list[int]


@dataclass(slots=True)
class _Group:
    """A group graph pattern: what it binds for certain, and whether it is made of joins and filters only."""

    start: int
    end: int = 0
    certain: set[str] = field(default_factory=set)
    filters: list[tuple[int, int]] = field(default_factory=list)
    plain: bool = True
    patterns: int = 0
    sites: list[_Site] = field(default_factory=list)


@dataclass(slots=True)
class _Site:
    """A FILTER NOT EXISTS: its first and last token, and its group."""

    start: int
    end: int
    inner: _Group
    barred: bool


class _UnreadError(Exception):
    """The query is not what this reader knows; it is left alone."""


def rewritten(query: str) -> Rewritten:
    """The query with MINUS in place of each FILTER NOT EXISTS for which that is proven to be the same and worth it."""
    if "EXISTS" not in query.upper() or "<<" in query or "{|" in query:
        return Rewritten(query, [])
    reader = _Reader(query)
    try:
        groups = reader.groups()
    except (_UnreadError, IndexError):
        return Rewritten(query, [])
    edits: list[tuple[int, int, str]] = []
    slow: list[int] = []
    for group in groups:
        for site in group.sites:
            if site.inner.patterns < 2:
                continue
            if site.barred or not reader.same(group, site.inner):
                slow.append(reader.tokens[site.start].start)
                continue
            inner = query[reader.tokens[site.inner.start].start : reader.tokens[site.inner.end].end]
            end = reader.tokens[group.end].start
            edits.append((reader.tokens[site.start].start, reader.tokens[site.end].end, "FILTER(true)"))
            edits.append((end, end, f" MINUS {inner} "))
    for start, stop, text in sorted(edits, reverse=True):
        query = query[:start] + text + query[stop:]
    return Rewritten(query, sorted(slow))


class _Reader:
    """Reads the groups of a query from its tokens."""

    def __init__(self, query: str) -> None:
        self.tokens = list(tokens(query))
        self._at = 0
        self._found: list[_Group] = []

    def groups(self) -> list[_Group]:
        """All groups in which a filter means what it says by itself."""
        while self._at < len(self.tokens):
            if self._text() == "{":
                self._group(barred=False)
                break  # what follows a query's pattern holds no group that matters
            if self._text() == "(":
                self._skip()
            elif self._word() == "CONSTRUCT" and self.tokens[self._at + 1].text == "{":
                self._at += 1
                self._skip()
            else:
                self._at += 1
        return self._found

    def same(self, outer: _Group, inner: _Group) -> bool:
        """Whether MINUS is the same for the rows of ``outer``."""
        return inner.plain and bool(outer.certain & inner.certain)

    # ---- reading ----

    def _text(self) -> str:
        return self.tokens[self._at].text

    def _word(self) -> str:
        return self.tokens[self._at].word

    def _skip(self) -> tuple[int, int]:
        """Past what a bracket holds; where it began and ended."""
        start, wanted = self._at, list[str]()
        while True:
            text = self._text()
            if text in _OPEN:
                wanted.append(_OPEN[text])
            elif text in _CLOSE and (not wanted or wanted.pop() != text):
                raise _UnreadError
            self._at += 1
            if not wanted:
                return start, self._at - 1

    def _group(self, *, barred: bool) -> _Group:
        if self._text() != "{":
            raise _UnreadError
        group = _Group(self._at)
        self._found.append(group)
        self._at += 1
        if self._word() == "SELECT":
            self._subselect(group)
        while self._text() != "}":
            self._element(group, barred)
        group.end = self._at
        self._at += 1
        group.plain &= all(self._speaks_of_own(span, group) for span in group.filters)
        return group

    def _subselect(self, group: _Group) -> None:
        group.plain = False
        while self._text() != "{":
            if self._text() == "(":
                self._skip()
            else:
                self._at += 1
        self._group(barred=False)
        while self._text() != "}":  # GROUP BY … VALUES
            if self._text() in _OPEN:
                self._skip()
            else:
                self._at += 1

    def _element(self, group: _Group, barred: bool) -> None:
        word = self._word()
        if word == "FILTER":
            self._filter(group, barred)
        elif word == "GRAPH":
            self._at += 1
            graph = self.tokens[self._at]
            self._at += 1
            inner = self._group(barred=barred or graph.kind == "variable")
            self._take(group, inner)
            group.certain |= {graph.text[1:]} if graph.kind == "variable" else set()
        elif word in {"OPTIONAL", "MINUS"}:
            self._at += 1
            group.plain = False
            self._group(barred=barred or word == "OPTIONAL")
        elif word in _ELEMENTS:
            group.plain = False
            self._past_braces(word)
        elif self._text() == "{":
            self._alternatives(group, barred)
        elif self._text() == ".":
            self._at += 1
        else:
            self._triples(group)

    def _past_braces(self, word: str) -> None:
        """SERVICE, BIND or VALUES."""
        self._at += 1
        while self._text() not in ("(" if word == "BIND" else "{"):
            self._at += 1
        self._skip()

    def _alternatives(self, group: _Group, barred: bool) -> None:
        parts = [self._group(barred=barred)]
        while self._word() == "UNION":
            self._at += 1
            parts.append(self._group(barred=barred))
        group.certain |= set.intersection(*(part.certain for part in parts))
        group.plain &= all(part.plain for part in parts)
        group.patterns += sum(part.patterns for part in parts)

    def _take(self, group: _Group, inner: _Group) -> None:
        group.certain |= inner.certain
        group.plain &= inner.plain
        group.patterns += inner.patterns

    def _filter(self, group: _Group, barred: bool) -> None:
        start = self._at
        self._at += 1
        inner = self._not_exists()
        if inner is not None:
            group.plain = False
            group.sites.append(_Site(start, self._at - 1, inner, barred))
            return
        self._at = start + 1
        while self._text() != "(":  # the name of a function, or EXISTS
            if self._text() == "{":
                group.plain = False
                self._skip()
                return
            self._at += 1
        self._skip()
        group.filters.append((start, self._at))

    def _not_exists(self) -> _Group | None:
        """The group of a ``NOT EXISTS { … }``, also in brackets by itself or as ``!EXISTS``; None for other filters."""
        depth = 0
        while self._text() == "(":
            depth += 1
            self._at += 1
        if self._word() != "NOT" and self._text() != "!":
            return None
        self._at += 1
        if self._word() != "EXISTS":
            return None
        self._at += 1
        inner = self._group(barred=True)
        for _ in range(depth):
            if self._text() != ")":
                return None
            self._at += 1
        return inner

    def _triples(self, group: _Group) -> None:
        group.patterns += 1
        depth = 0
        for token in self._until_element():
            if token.kind == "variable":
                group.certain.add(token.text[1:])
            elif token.text in {"*", "?", "+"} and token.kind == "mark":
                group.plain = False
            elif token.text in {"/", "["} or (token.text in {".", ";", ","} and self._goes_on()):
                group.patterns += 1
            depth += (token.text in _OPEN) - (token.text in _CLOSE)
        if depth:
            raise _UnreadError

    def _until_element(self) -> Iterator[Token]:
        while self._text() not in {"{", "}"} and self._word() not in _ELEMENTS:
            self._at += 1
            yield self.tokens[self._at - 1]

    def _goes_on(self) -> bool:
        return self._text() not in {"{", "}", ".", ";", "]"} and self._word() not in _ELEMENTS

    def _speaks_of_own(self, span: tuple[int, int], group: _Group) -> bool:
        seen = self.tokens[span[0] : span[1]]
        if any(t.word in _CHANCE for t in seen):
            return False
        return {t.text[1:] for t in seen if t.kind == "variable"} <= group.certain
