"""The former, the latter and both: which two things a text means by them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from suantu.rules import Alphabet
from suantu.scene import Node

_LIKE = (
    ("Chip", "Product", "AIModel"),
    ("Organization",),
    ("UseCase",),
    ("Market", "Industry"),
    ("City", "Region", "Country"),
)
EVERYTHING = frozenset({"Entity", "Concept", "Subject"})

Pair = tuple[Node, Node]
OWNING = ("'s ", "’s ")


def of_two(
    which: str, wanted: Sequence[str], reaches: Sequence[Sequence[Node]], pair: Pair | None, alphabet: Alphabet
) -> Node | None:
    """The former or the latter (or both) of ``pair``, else of the last two like things named, of classes ``wanted``.

    ``reaches`` are the names of the sentence so far, these with those of the sentence before, and with all that the
    text talks about: the nearest that has two like things counts, at last any two things.
    """
    if pair is not None:
        return _one_of(which, *pair, alphabet)
    for flat in map(_flat, reaches):
        if pairs := [found for group in _groups(wanted) if (found := _last_two(flat, group, alphabet))]:
            i, j = max(pairs, key=lambda p: min(p))  # those that stand nearest
            return _one_of(which, flat[i], flat[j], alphabet)
    flat = _flat(reaches[1])
    return _one_of(which, flat[-2], flat[-1], alphabet) if len(flat) > 1 and which != "both" else None


def listed(
    nodes: Sequence[Node], wanted: Sequence[str], alphabet: Alphabet, text: str, joins: Collection[str]
) -> Pair | None:
    """The latest two like things that one of ``joins`` joins, where no two like things are named after them."""
    groups = [group for group in _groups(wanted) if group]
    for i in range(len(nodes) - 1, 0, -1):
        if any(_last_two(_flat(nodes[i + 1 :]), group, alphabet) for group in groups):
            return None
        if text[nodes[i - 1].end : nodes[i].start] in joins and any(
            _last_two(_flat(nodes[i - 1 : i + 1]), group, alphabet) for group in groups
        ):
            longer = i > 1 and text[nodes[i - 2].end : nodes[i - 1].start] in joins
            return None if longer else (nodes[i - 1], nodes[i])
    return None


def _groups(wanted: Sequence[str]) -> tuple[Sequence[str], ...]:
    return (tuple(wanted),) if wanted else (*_LIKE, ())


def _flat(nodes: Sequence[Node]) -> list[Node]:
    """The things of these nodes, each in a node of its own."""
    return [Node(node.start, node.end, node.char, (mention,)) for node in nodes for mention in node.mentions]


def _one_of(which: str, first: Node, second: Node, alphabet: Alphabet) -> Node:
    shared = alphabet.classes(first.char) & alphabet.classes(second.char) or EVERYTHING
    joint = Node(first.start, second.end, alphabet.name(shared), first.mentions + second.mentions)
    return {"former": first, "latter": second, "both": joint}[which]


def _last_two(flat: Sequence[Node], group: Sequence[str], alphabet: Alphabet) -> tuple[int, int] | None:
    """Where the last two different things of these classes stand (of any: two that share a class)."""
    fit = [i for i, n in enumerate(flat) if not group or alphabet.classes(n.char).intersection(group)]
    for b in range(len(fit) - 1, 0, -1):
        for a in range(b - 1, max(-1, b - 6), -1):
            i, j = fit[a], fit[b]
            shared = group or alphabet.classes(flat[i].char) & alphabet.classes(flat[j].char) - EVERYTHING
            if shared and flat[i].thing.iri != flat[j].thing.iri:
                return i, j
    return None


def unowning(nodes: Sequence[Node], text: str) -> list[Node]:
    """The names without those that only say whose the next one is (NVIDIA H100, NVIDIA's H100)."""
    starts = {n.start for n in nodes}
    ends = {n.end: (n.end + 1, n.end + 3) if text.startswith(OWNING, n.end) else (n.end + 1,) for n in nodes}
    return [n for n in nodes if text[n.end : n.end + 1] not in " '’" or starts.isdisjoint(ends[n.end])]
