"""Encodes a sentence for pattern matching: every name, figure and time becomes one private-use character.

A list of names (A、B和C) becomes one character as well, whose classes are those that the members share. Positions in
the encoded text map back to the block, so whatever a pattern finds can be quoted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from suantu.expressions import compiled
from suantu.records import Block
from suantu.rules import Alphabet
from suantu.scene import Node, Scene
from suantu.stages.lengths import SENTENCE, pieces

_PROSE = compiled(r"[a-z]{2,} [a-z]{2,}")
_HAN = compiled(r"[\u3400-\u9fff]")
_LATIN = compiled(r"[A-Za-z]")
_SPACES = compiled(r"\s+")


@dataclass(frozen=True, slots=True)
class Grammar:
    """What a language's settings say about sentences and lists."""

    separators: re.Pattern[str]
    comma: str
    closed: re.Pattern[str]
    final: frozenset[str]
    apart: re.Pattern[str] | None
    differs: re.Pattern[str]

    @classmethod
    def from_settings(cls, settings: Mapping[str, Any]) -> Grammar:
        """Compile the ``lists`` section of ``language.<code>.yaml``."""
        lists = settings["lists"]
        words = "|".join(sorted((re.escape(w) for w in lists["separators"]), key=len, reverse=True))
        closed = "|".join(re.escape(str(w)) for w in lists["closed-by"])
        titles = "|".join(map(str, lists.get("titles", ())))
        apart = "|".join(re.escape(str(w)) for w in lists.get("apart-after", ()))
        return cls(
            compiled(f"(?:{words})(?:(?<=[^,] and the )(?:{titles}) )?" if titles else f"(?:{words})"),
            str(lists["comma"]),
            compiled(f"(?:{closed})"),
            frozenset(str(w).strip() for w in lists.get("final", ())),
            compiled(f"(?:{apart})\\s$", re.IGNORECASE) if apart else None,
            compiled(str(lists.get("differs", "(?!)"))),
        )

    def folding(self, alphabet: Alphabet) -> Callable[[Scene], Scene]:
        """What makes one node of each list in a sentence of which some stretches were passed over."""
        return lambda scene: _folded(scene, alphabet, self)


_ENDS = compiled(r"[。！？!?\n]+[”’」』）)]*|(?<=[a-z0-9%)\]”\"A-Z])[.]+[”’)\"]*(?=\s+[A-Z“\"(]|\s*$)")
_ABBREVIATION = compiled(
    r"(?:^|[\s(])(?:(?<![0-9] )[A-Z]|U\.S|e\.g|i\.e|Inc|Corp|Co|Ltd|Dr|Mr|Mrs|Ms|St|Mt|Ft|Prof|Univ|Dept|Jr|Sr|Fig|Bros|Gen|Gov|No|vs|approx|est|cf)$"
)

_LABEL = compiled(
    r"\s*(?:【[^【】\n]{1,12}】\s*|[\u4e00-\u9fff]{1,8}\s+[-–—]+\s+(?=[\u4e00-\u9fff])"
    r"|[（(【][^（()）【】\n]{0,16}[0-9]{1,2}\s*月\s*[0-9]{1,2}\s*日[^（()）【】\n]{0,4}[）)】]\s*)"
)


def sentences(text: str) -> list[tuple[int, int]]:
    """The (start, end) of the sentences of a block, end marks included; what is too long for one comes in pieces."""
    label = _LABEL.match(text)  # a rubric, a dateline or a heading that runs in (算法 - …) is none of its words
    start = label.end() if label and label.end() < len(text) else 0
    out: list[tuple[int, int]] = [(0, start)] if start else []
    for match in _ENDS.finditer(text):
        if match[0][0] == "." and _ABBREVIATION.search(text[max(0, match.start() - 8) : match.start()]):
            continue
        out.extend(pieces(text, SENTENCE, start, match.end()))
        start = match.end()
    if text[start:].strip():
        out.extend(pieces(text, SENTENCE, start))
    return out


def language_of(text: str) -> str:
    """``zh`` or ``en``, by the letters of the text."""
    han = len(_HAN.findall(text))
    return "zh" if han * 4 >= len(_LATIN.findall(text)) or (han > 1 and not _PROSE.search(text)) else "en"


def encode(
    block: Block,
    bounds: tuple[int, int],
    singles: Sequence[Node],
    alphabet: Alphabet,
    grammars: Mapping[str, Grammar],
) -> Scene:
    """Encode the sentence ``block.text[bounds]``; ``singles`` are its nodes, sorted and apart from one another."""
    start, end = bounds
    text = block.text
    language = language_of(text[start:end])
    scene = Scene(block, start, end, language)
    pieces: list[tuple[str, int, int]] = []
    position = start
    for node in singles:
        pieces.extend(_plain(text, position, node.start, language))
        scene.nodes[len(pieces)] = node
        pieces.append((node.char, node.start, node.end))
        position = node.end
    pieces.extend(_plain(text, position, end, language))
    _group(scene, pieces, alphabet, grammars[language])
    return scene


def _plain(text: str, start: int, end: int, language: str) -> list[tuple[str, int, int]]:
    """The characters between two nodes; Chinese without spaces (but between Latin words), English with single ones."""
    out: list[tuple[str, int, int]] = []
    for i in range(start, end):
        char = text[i]
        if char.isspace():
            if language == "en":
                if not out or out[-1][0] != " ":
                    out.append((" ", i, i + 1))
            elif 0 < i < len(text) - 1 and _LATIN.match(text[i - 1]) and _LATIN.match(text[i + 1]) and i > start:
                out.append((" ", i, i + 1))
        elif "\ue000" <= char <= "\uf8ff":
            out.append(("\ufffd", i, i + 1))
        else:
            out.append((char, i, i + 1))
    return out


def _group(scene: Scene, pieces: list[tuple[str, int, int]], alphabet: Alphabet, grammar: Grammar) -> None:
    """Fold lists of like names, and of like figures, into one node each; then fix the encoded text."""
    encoded = "".join(p[0] for p in pieces)
    out: list[tuple[str, int, int]] = []
    nodes: dict[int, Node] = {}
    i = 0
    while i < len(pieces):
        node = scene.nodes.get(i)
        if node is None:
            out.append(pieces[i])
            i += 1
            continue
        members, after = _run(scene, encoded, i, alphabet, grammar)
        joined = _join(members, alphabet) if len(members) > 1 else node
        nodes[len(out)] = joined
        out.append((joined.char, joined.start, joined.end))
        i = after
    scene.nodes = nodes
    scene.text = "".join(p[0] for p in out)
    scene.starts = [p[1] for p in out]
    scene.ends = [p[2] for p in out]
    scene.chars = frozenset(scene.text)


def _folded(scene: Scene, alphabet: Alphabet, grammar: Grammar) -> Scene:
    """A sentence of which some stretches were passed over, with what now stands as a list in one node."""
    lists: dict[int, Node] = {}
    cuts: list[tuple[int, int]] = []
    after = 0
    for at in sorted(scene.nodes):
        if at < after:
            continue
        members, after = _run(scene, scene.text, at, alphabet, grammar)
        if len(members) > 1:
            lists[at] = _join(members, alphabet)
            cuts.append((at + 1, after))
    if not lists:
        return scene
    out, shift, chars = scene.without(cuts), 0, {}
    for (at, node), (start, end) in zip(lists.items(), cuts, strict=True):
        out.nodes[at - shift] = node
        chars[at - shift] = node.char
        out.ends[at - shift] = scene.ends[end - 1]
        shift += end - start
    out.text = "".join(chars.get(i, c) for i, c in enumerate(out.text))
    out.chars = frozenset(out.text)
    return out


def _run(scene: Scene, encoded: str, at: int, alphabet: Alphabet, grammar: Grammar) -> tuple[list[Node], int]:
    """The nodes of the list that begins at ``at``, and the position after it."""
    members = [scene.nodes[at]]
    shared = _classes(members[0], alphabet)
    position = at + 1
    by_comma = 0
    final = False
    if grammar.apart and grammar.apart.search(encoded[max(0, at - 20) : at]):
        return members, position
    while True:
        match = grammar.separators.match(encoded, position)
        if not match or (node := scene.nodes.get(match.end())) is None or node.pronoun:
            break
        if node.quantities and grammar.differs.match(encoded, match.end() + 1):
            break  # 58 members, 11 more than last year
        if match[0] == grammar.comma and node.quantities and _other_unit(members[-1], node):
            break  # 81 cards, 42 cards, three firms
        common = shared & _classes(node, alphabet)
        if not common - {"Entity", "Concept"}:
            break
        shared = common
        members.append(node)
        by_comma += match[0].strip().removesuffix(" the") == grammar.comma
        final = match[0].strip().partition(" the ")[0] in grammar.final
        position = match.end() + 1
        if final and by_comma:
            return members, position
    if (
        by_comma
        and not final
        and not members[0].quantities
        and not grammar.closed.match(encoded, position)
        and (len(members) < 3 or by_comma < len(members) - 1)
    ):
        return _before_comma(members, encoded, at, grammar)
    return members, position


def _other_unit(first: Node, second: Node) -> bool:
    """Whether two figures have counting words that differ."""
    if not first.quantities:
        return False
    counters = {first.quantities[-1].counter, second.quantities[0].counter} - {""}
    return len(counters) > 1


def _before_comma(members: list[Node], encoded: str, at: int, grammar: Grammar) -> tuple[list[Node], int]:
    """The list up to its first comma, where what follows may be another clause."""
    kept = [members[0]]
    position = at + 1
    for node in members[1:]:
        match = grammar.separators.match(encoded, position)
        if match is None or match[0].strip().removesuffix(" the") == grammar.comma:
            break
        kept.append(node)
        position = match.end() + 1
    return kept, position


def _classes(node: Node, alphabet: Alphabet) -> frozenset[str]:
    if node.mentions:
        return alphabet.classes(node.char)
    return frozenset({"." + node.char}) if node.quantities else frozenset()


def _join(members: Sequence[Node], alphabet: Alphabet) -> Node:
    first, last = members[0], members[-1]
    if first.quantities:
        return Node(first.start, last.end, first.char, quantities=tuple(q for m in members for q in m.quantities))
    shared = alphabet.classes(first.char)
    for member in members[1:]:
        shared &= alphabet.classes(member.char)
    return Node(first.start, last.end, alphabet.name(shared), mentions=tuple(x for m in members for x in m.mentions))
