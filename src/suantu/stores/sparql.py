"""Reading a SPARQL query just far enough: its tokens, its form, its services, and where exactly it is wrong."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import pairwise
from typing import NamedTuple

from suantu.border.vocab import PREFIXES
from suantu.errors import QueryError
from suantu.stores.base import Term

_TOKEN = re.compile(
    r"""(?P<space>\s+|\#[^\n]*)
    |(?P<iri><[^<>"{}|^`\\\x00-\x20]*>)
    |(?P<string>\"\"\"(?:[^"\\]|\\.|"(?!""))*\"\"\"|'''(?:[^'\\]|\\.|'(?!''))*'''
        |"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
    |(?P<variable>[?$]\w+)
    |(?P<blank>_:[\w.\-]*\w)
    |(?P<name>(?:[^\W\d_][\w.\-]*)?:(?:[\w:](?:(?:[\w:.\-]|%[0-9A-Fa-f]{2}|\\.)*(?:[\w:\-]|%[0-9A-Fa-f]{2}|\\.))?)?)
    |(?P<word>[^\W\d]\w*)
    |(?P<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
    |(?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
    |(?P<mark>\^\^|&&|\|\||[<>!]=|.)""",
    re.VERBOSE | re.DOTALL,
)
_FORMS = frozenset({"SELECT", "ASK", "CONSTRUCT", "DESCRIBE"})
_UPDATES = frozenset({"INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD", "WITH"})


class Token(NamedTuple):
    """A token with its offset in the query."""

    kind: str
    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)

    @property
    def word(self) -> str:
        """The keyword in capitals, empty where the token is none."""
        return self.text.upper() if self.kind == "word" else ""


def tokens(query: str) -> Iterator[Token]:
    """The tokens of ``query`` without spaces and comments. Never fails: what fits nothing is a ``mark``."""
    for match in _TOKEN.finditer(query):
        if match.lastgroup != "space":
            yield Token(match.lastgroup or "mark", match.group(), match.start())


def form(query: str) -> str:
    """``SELECT``, ``ASK``, ``CONSTRUCT`` or ``DESCRIBE``. QueryError for updates and for what is no query; a query
    whose form does not show (a mistake in its head) counts as SELECT, so that the parser says what is wrong."""
    if query.startswith("SELECT "):
        return "SELECT"
    word = ""
    for word in (t.word for t in tokens(query) if t.kind == "word"):
        if word in _FORMS:
            return word
        if word in _UPDATES:
            raise QueryError(f"{word} changes data, and queries only read; use SELECT, ASK, CONSTRUCT or DESCRIBE")
    if not word:
        raise QueryError("the query is empty; write one such as: SELECT * WHERE { ?s ?p ?o } LIMIT 10")
    return "SELECT"


def uses_service(query: str) -> bool:
    """Whether the query calls another service (the word in a string, comment, IRI or variable does not count)."""
    return "SERVICE" in query.upper() and any(t.word == "SERVICE" for t in tokens(query))


def limit(query: str) -> int | None:
    """The rows that the query itself asks for at most, None where it sets no limit."""
    depth, before, found = 0, "", None
    for token in tokens(query):
        depth += (token.text == "{") - (token.text == "}")
        if before == "LIMIT" and depth == 0 and token.kind == "number":
            found = int(token.text)
        before = token.word
    return found


def star(query: str) -> Token | None:
    """The ``*`` of a query that begins with ``SELECT *``, None where it names its variables."""
    if query.startswith(("SELECT ?", "SELECT DISTINCT ?")):  # most of ours, which need no taking apart
        return None
    before = ""
    for token in tokens(query):
        if before == "SELECT" and token.word not in {"DISTINCT", "REDUCED"}:
            return token if token.text == "*" else None
        before = token.word if token.word in _FORMS else before
    return None


def spelled_out(query: str, found: Token, names: Iterable[str]) -> str:
    """The query with ``SELECT *`` naming its variables in the order in which they first appear in it: the store gives
    them by the alphabet, so that ``?s ?p ?o`` would come as o, p, s."""
    first: dict[str, int] = {}
    for token in tokens(query):
        if token.kind == "variable":
            first.setdefault(token.text[1:], token.start)
    ordered = sorted(names, key=lambda name: first.get(name, len(query)))
    return f"{query[: found.start]}{' '.join(f'?{n}' for n in ordered)}{query[found.end :]}"


def undeclared(query: str) -> dict[str, Token]:
    """The prefixes that the query uses and does not declare, each with its first use."""
    out: dict[str, Token] = {}
    declared: set[str] = set()
    before = ""
    for token in tokens(query):
        if token.kind == "name":
            prefix = token.text.partition(":")[0]
            if before == "PREFIX":
                declared.add(prefix)
            else:
                out.setdefault(prefix, token)
        before = token.word
    return {prefix: token for prefix, token in out.items() if prefix not in declared}


def with_prefixes(query: str) -> str:
    """The query with one line before it that declares the known prefixes that it uses and does not declare."""
    known = [f"PREFIX {p}: <{PREFIXES[p]}>" for p in undeclared(query) if p in PREFIXES]
    return f"{' '.join(known)}\n{query}" if known else query


def bound(query: str, bind: Mapping[str, Term] | None) -> str:
    """The query with variables given values: a VALUES block just inside its ``WHERE {``. QueryError where it spells
    no WHERE. (A VALUES at the query's end would join after grouping and so change what is counted.)"""
    if not bind:
        return query
    seen = list(tokens(query))
    for word, brace in pairwise(seen):
        if word.word == "WHERE" and brace.text == "{":
            names, terms = " ".join(f"?{n}" for n in bind), " ".join(t.sparql() for t in bind.values())
            return f"{query[: brace.end]} VALUES ({names}) {{ ({terms}) }} {query[brace.end :]}"
    raise QueryError("a query with parameters must spell WHERE { … }")


def syntax_error(
    query: str, message: str, parses: Callable[[str], str | None], known: Callable[[str], bool]
) -> QueryError:
    """The error of a query that the parser refuses, with its line, column, the line itself and a caret.

    ``message`` is the parser's; ``parses`` gives the parser's message for a text, None where it parses; ``known``
    tells whether ``st:`` has a term of that local name.
    """
    for prefix, token in undeclared(query).items():
        if prefix not in PREFIXES:
            return _report(query, token.start, f"the prefix {prefix}: is not known{_near(token.text, known)}")
    said = _spoken(message)
    bad = _first_bad(query, parses)
    if bad is None:
        where = re.search(r"at (\d+):(\d+)", message)
        offset = _offset(query, int(where[1]), int(where[2])) if where else len(query)
        return _report(query, offset, said or "the query is not valid SPARQL")
    if bad.start >= len(query.rstrip()):
        return _report(query, len(query.rstrip()), f"the query ends too early{said and f' ({said})'}")
    return _report(query, bad.start, f"{bad.text} is not expected here{said and f' ({said})'}")


def _first_bad(query: str, parses: Callable[[str], str | None]) -> Token | None:
    """The first token that no valid query could have there. The parser's own position is the furthest that it looked
    at, often words away; so queries cut after each token and padded with empty lines are tried: where the parser
    reaches the end of the padding, the token was good. None where every token is good and the meaning is at fault."""
    seen = list(tokens(query))
    padding = "\n" * 50

    def good(count: int) -> bool:
        cut = query[: seen[count - 1].end] if count else ""
        message = parses(cut + padding)
        where = re.search(r"at (\d+):", message or "")
        return message is None or bool(where and int(where[1]) > cut.count("\n") + 40)

    low, high = 0, len(seen)  # the first `low` tokens are good; the first `high` hold a bad one
    if not seen or good(high):
        return None if _spoken(parses(query) or "") else Token("mark", "", len(query))
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if good(middle) else (low, middle)
    return seen[high - 1]


def _spoken(message: str) -> str:
    """What the parser says in words, without its lists of characters."""
    said = re.findall(r"(?:[\s,]|^)((?:The |Duplicated |IRI |Prefix |Variable |Aggregate |Invalid )[^,\[\n]*)", message)
    text = said[0].strip() if said else ""
    return text[:1].lower() + text[1:] if text[:3] != "IRI" else text


def _near(name: str, known: Callable[[str], bool]) -> str:
    import difflib

    prefix, _, local = name.partition(":")
    if local and known(local):
        return f"; did you mean st:{local}?"
    close = difflib.get_close_matches(prefix, PREFIXES, 1, 0.7)
    return f"; did you mean {close[0]}:{local}?" if close else f"; known are {', '.join(p + ':' for p in PREFIXES)}"


def _offset(query: str, line: int, column: int) -> int:
    lines = query.split("\n")
    return min(len(query), sum(len(before) + 1 for before in lines[: line - 1]) + column - 1)


def _report(query: str, offset: int, what: str) -> QueryError:
    before = query[:offset]
    line, start = before.count("\n") + 1, before.rfind("\n") + 1
    end = query.find("\n", start)
    shown = query[start : end if end >= 0 else len(query)].replace("\t", " ").rstrip("\r")
    gap = sum(2 if unicodedata.east_asian_width(ch) in "WF" else 1 for ch in query[start:offset])
    return QueryError(f"the query, line {line}, column {offset - start + 1}: {what}\n    {shown}\n    {' ' * gap}^")
