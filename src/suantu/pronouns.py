"""Pronouns and definite nouns (it, the company, this chip): their words, and what a noun by itself shows of what they mean."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from suantu.expressions import compiled
from suantu.rules import Alphabet
from suantu.scene import Node

SEATS = frozenset({"City", "Region"})
NONE = compiled(r"(?!)")
_QUOTES = "“‘「"


@dataclass(frozen=True, slots=True)
class Pronoun:
    """The words of a pronoun and what it may stand for; see ``pronouns`` in the language files."""

    words: re.Pattern[str]
    classes: tuple[str, ...]
    head: str = ""
    kind: str = ""
    owns: frozenset[str] = frozenset()
    owner: str = ""
    single: bool = False
    counted: bool = False
    titled: bool = False
    hosted: bool = False
    refuse: re.Pattern[str] = NONE
    gap: re.Pattern[str] = NONE

    @classmethod
    def from_settings(cls, p: Mapping[str, Any], words: str) -> Pronoun:
        """Compile an entry of the ``pronouns`` section; ``words``: the expression of its words."""
        return cls(
            compiled(words),
            tuple(p["classes"]),
            str(p.get("head", "")),
            str(p.get("kind", "")),
            frozenset(p.get("owns", ())),
            str(p.get("owner", "")),
            bool(p.get("single")),
            bool(p.get("counted")),
            bool(p.get("titled")),
            bool(p.get("hosted")),
            compiled(str(p["refuse"])) if "refuse" in p else NONE,
            compiled(str(p["gap"])) if "gap" in p else NONE,
        )

    def wanted(
        self, end: int, text: str, nodes: Sequence[Node], alphabet: Alphabet, between: re.Pattern[str]
    ) -> tuple[str, ...]:
        """The classes of what it stands for: before a product it is its maker's (its MI300X: AMD's)."""
        behind = [n for n in nodes if n.start >= end and alphabet.classes(n.char) & self.owns]
        owned = min(behind, key=lambda n: n.start, default=None)
        gap = self.gap if self.gap is not NONE else between
        return (self.owner,) if owned is not None and gap.fullmatch(text, end, owned.start) else self.classes


def beside(nodes: Sequence[Node], match: re.Match[str], pronoun: Pronoun, alphabet: Alphabet) -> bool:
    """Whether a pronoun for a place stands right behind its place (the whole of Anhui)."""
    if not SEATS.issuperset(pronoun.classes):
        return False
    return any(n.end == match.start() and "Place" in alphabet.classes(n.char) for n in nodes)


def kind_only(node: Node, pronoun: re.Match[str], alphabet: Alphabet) -> bool:
    """Whether a name is the noun or adjective of a pronoun (this accelerator, the US firm) and no name of its own."""
    if node.quantities:  # both of them are not counted
        return node.start == pronoun.start() and node.end <= pronoun.end()
    said = alphabet.classes(node.char) & {"Market", "Place", "Industry", "Technology"}
    return pronoun.start() < node.start and node.end <= pronoun.end() and bool(said)


def by_head(
    word: str,
    pronoun: Pronoun,
    classes: tuple[str, ...],
    at: int,
    text: str,
    nodes: Sequence[Node],
    alphabet: Alphabet,
) -> Node | None:
    """The latest name before that ends in the pronoun's own noun (该委员会 → the committee, not the alliance), or (where
    it is ``titled``) that this noun introduced (the joint venture NAME … the new venture)."""
    head = word[-2:] if pronoun.titled else word[1:]
    if len(head) < 2:
        return None
    for node in sorted(nodes, key=lambda n: -n.end):
        ends = text[node.start : node.end].endswith(head) or (
            pronoun.titled
            and (text[: node.start].rstrip(_QUOTES).endswith(head) or text[node.end :].lstrip("”’」").startswith(head))
        )
        fits = node.end <= at and node.mentions and ends
        if fits and alphabet.classes(node.char).intersection("|".join(classes).split("|")):
            return node
    return None
