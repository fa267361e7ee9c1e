"""What a pronoun or a definite noun (the company) stands for, by what its sentence and the text before it name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import product

from suantu.pronouns import SEATS, Pronoun, beside, by_head, kind_only
from suantu.records import Block, Mention
from suantu.rules import Alphabet
from suantu.scene import Node, Topic
from suantu.stages.discourse import Discourse, clause_start
from suantu.stages.twos import OWNING, listed, of_two, unowning
from suantu.thread import Thread

_COMMAS = ("，", ", ")
_LISTED = (", ", " and ", ", and ")
_FIRM = 5  # sentences after which "the company" means none of them
_REACH = 40  # names that a pronoun looks back over


def resolve_pronouns(
    block: Block,
    bounds: tuple[int, int],
    singles: Sequence[Node],
    thread: Thread,
    discourse: Discourse,
    alphabet: Alphabet,
    insertions: Sequence[tuple[int, int]] = (),
) -> list[Node]:
    """The sentence's nodes with its pronouns added where what they stand for is known; what stands in one of its
    ``insertions`` is not meant outside of it."""
    text = block.text
    out = list(singles)
    for pronoun in discourse.pronouns:
        for match in pronoun.words.finditer(text, *bounds):
            across = [n for n in out if n.start < match.end() and match.start() < n.end]
            if any(not kind_only(n, match, alphabet) for n in across) or beside(out, match, pronoun, alphabet):
                continue
            if _apposed(match, text, out):
                continue
            shut = [(a, b) for a, b in insertions if not a <= match.start() < b]
            found = _meant(match, pronoun, bounds[0], text, out, shut, thread, discourse, alphabet)
            if found is not None:
                out = [n for n in out if n not in across]
                mentions = tuple(Mention(match.start(), match.end(), m.thing) for m in found.mentions)
                out.append(Node(match.start(), match.end(), found.char, mentions, pronoun=match[0]))
    return sorted(out, key=lambda n: n.start)


def _meant(
    match: re.Match[str],
    pronoun: Pronoun,
    sentence: int,
    text: str,
    nodes: Sequence[Node],
    shut: Sequence[tuple[int, int]],
    thread: Thread,
    discourse: Discourse,
    alphabet: Alphabet,
) -> Node | None:
    """What a pronoun stands for, by its kind; nothing that stands in one of the stretches ``shut``, if clauses count."""
    if pronoun.head:
        return _headed(pronoun, thread)
    if pronoun.kind in ("said", "host"):
        return thread.speaker if pronoun.kind == "said" else thread.host
    if pronoun.kind == "titled":
        told = [*thread.introduced, *nodes]
        return by_head(match[0], pronoun, pronoun.classes, match.start(), text, told, alphabet)
    host = thread.host if pronoun.single else None
    if pronoun.kind:
        known = [n for n in nodes if not any(a <= n.start < b for a, b in shut)]
        found = _owner(pronoun, match, text, known, discourse, alphabet)
        found = found or _inner(pronoun, match.start(), sentence, text, known, thread, discourse, alphabet)
        return found or (host if pronoun.classes == ("Organization",) else None)
    known = [n for n in nodes if not pronoun.single or len(n.mentions) == 1]
    known = [n for n in known if not pronoun.refuse.search(text[n.start : n.end])]
    return _found(match, pronoun, text, nodes, known, thread, discourse, alphabet) or host


def _apposed(match: re.Match[str], text: str, nodes: Sequence[Node]) -> bool:
    """Whether a definite noun only says what the name before it is (NAME, the online grocer, …)."""
    beside = " " in match[0] and text.startswith(",", match.end()) and text.endswith(", ", 0, match.start())
    return beside and any(n.end == match.start() - 2 and n.mentions for n in nodes)


def _found(
    match: re.Match[str],
    pronoun: Pronoun,
    text: str,
    nodes: Sequence[Node],
    known: Sequence[Node],
    thread: Thread,
    discourse: Discourse,
    alphabet: Alphabet,
) -> Node | None:
    """What a pronoun stands for: a name that ends in its noun, its product's maker, else what its classes fit."""
    at = match.start()
    for wanted in dict.fromkeys(
        (pronoun.wanted(match.end(), text, nodes, alphabet, discourse.owning), pronoun.classes)
    ):
        told = [*thread.introduced, *nodes] if pronoun.titled else nodes
        found = by_head(match[0], pronoun, wanted, at, text, told, alphabet) or _antecedent(
            wanted, at, text, known, thread, discourse, alphabet, pronoun
        )
        if found is not None:
            return found
    return None


def _headed(pronoun: Pronoun, thread: Thread) -> Node | None:
    """What was last called by the noun (the market: the server market), else the latest of its class."""
    topic = thread.headed.get(pronoun.head)
    if topic is not None and thread.now - topic.time <= 8:
        return topic.node
    fit = [t for t in thread.topics if thread.now - t.time <= 4 and t.classes.intersection(pronoun.classes)]
    return fit[-1].node if fit and len(fit[-1].node.mentions) == 1 else None


def _owner(
    pronoun: Pronoun,
    match: re.Match[str],
    text: str,
    nodes: Sequence[Node],
    discourse: Discourse,
    alphabet: Alphabet,
) -> Node | None:
    """Before a product the maker that its sentence is of (Dell puts the chip into its servers), if it is of one."""
    wanted = pronoun.wanted(match.end(), text, nodes, alphabet, discourse.owning)
    if wanted == pronoun.classes:
        return None
    before = _before(nodes, match.start())
    return before[0] if before and wanted[0] in alphabet.classes(before[0].char) else None


def _inner(
    pronoun: Pronoun,
    at: int,
    sentence: int,
    text: str,
    nodes: Sequence[Node],
    thread: Thread,
    discourse: Discourse,
    alphabet: Alphabet,
) -> Node | None:
    """The antecedent in a language whose clauses have subjects: an object is never the subject of its own clause, a
    possessive may be; else the latest sentence that has a fitting topic. A word that subordinates begins a clause."""
    before = _before(nodes, at)
    clause = at if discourse.subordinate.search(text, sentence, at) else _clause(text, at, sentence, before)
    if pronoun.kind == "reflexive":
        return _subject([n for n in before if n.start >= clause], pronoun.classes, text, discourse, alphabet)
    own = pronoun.kind == "own" and not discourse.copula.search(text, sentence, at)
    before = [n for n in before if own or n.start < clause]
    generic = len(pronoun.classes) > 1 or "|" in pronoun.classes[0]
    if generic:
        before = [n for n in before if not _spot(text, n, discourse, alphabet)]
    found = _subject(before, pronoun.classes, text, discourse, alphabet)
    opened = discourse.opening.fullmatch(text, sentence, at)
    if found is not None and not opened:
        return found
    wanted = set("|".join(pronoun.classes).split("|"))
    reach = _FIRM if pronoun.classes == ("Organization",) and pronoun.kind == "other" else 2
    fit = [t for t in thread.topics if thread.now - t.time <= reach and not t.part and t.classes & wanted]
    fit = [t for t in fit if not (generic and t.spot) and not (pronoun.single and len(t.node.mentions) > 1)]
    same = [t for t in fit if t.time == fit[-1].time]
    latest = [t for t in same if not t.owner] or same
    for group in pronoun.classes:
        for topic in latest:
            if topic.classes.intersection(group.split("|")):
                return topic.node
    return found


def _spot(text: str, node: Node, discourse: Discourse, alphabet: Alphabet) -> bool:
    """Whether a place only says where something is: what goes on is not about it."""
    spot = discourse.places.search(text, max(0, node.start - 16), node.start)
    return spot is not None and "Place" in alphabet.classes(node.char)


def _clause(text: str, at: int, sentence: int, before: Sequence[Node]) -> int:
    """Where the clause around ``at`` begins; the commas of a list of names begin none."""
    start = max(clause_start(text, at), sentence)
    listed: list[Node] = []
    for node in before:
        gap = text[listed[-1].end : node.start] if listed else ""
        listed = [*listed, node] if gap in _LISTED else [node]
        closed = gap == _LISTED[1] or (gap == _LISTED[2] and len(listed) > 2)
        if closed and listed[0].end < start <= node.start and listed[0].char == node.char:
            start = max(clause_start(text, listed[0].start), sentence)
    return start


def _antecedent(
    classes: tuple[str, ...],
    at: int,
    text: str,
    nodes: Sequence[Node],
    thread: Thread,
    discourse: Discourse,
    alphabet: Alphabet,
    pronoun: Pronoun | None = None,
) -> Node | None:
    before = _before(nodes, at)
    if classes[0] in {"former", "latter", "both"}:
        return _of_pair(classes, at, text, before, thread, discourse, alphabet)
    clause = clause_start(text, at)
    outside = (n for n in before if n.start < clause or clause == 0)
    in_sentence = [n for n in outside if not discourse.source.search(text[: n.start])]
    counted = bool(pronoun and pronoun.counted)
    groups = [(c,) for c in classes] if counted else [classes]
    found = (_subject(in_sentence, g, text, discourse, alphabet, counted=counted) for g in groups)
    chosen = next(filter(None, found), None)
    if chosen is None and SEATS.issuperset(classes):
        chosen = _seat(before, classes, text, discourse, alphabet)
    if chosen is not None:
        return chosen
    reach = 2 if len(classes) > 1 else 4
    recent = [t for t in thread.topics if thread.now - t.time <= reach and not t.part]
    whole = _whole(classes, thread, discourse, alphabet, pronoun)
    if whole is not None:  # of a text about one firm or place, another is only meant in its paragraph
        recent = [t for t in recent if t.time >= thread.begun]
    if pronoun is not None:
        recent = [t for t in recent if len(t.node.mentions) == 1] if pronoun.single else recent
        recent = [t for t in recent if not pronoun.refuse.search(t.node.thing.label)]
    for group in classes:
        fit = [t for t in recent if t.classes.intersection(group.split("|"))]
        fit = [t for t in fit if not t.object] or fit
        if fit:
            last = fit[-1]
            if group == "Organization":  # a text goes on about whom its last sentence, or part of one, began with
                latest = [t for t in fit if t.time == last.time]
                return next((t for t in latest if t.position > thread.parted), latest[0]).node
            return next(t for t in fit if (t.clause, t.time) == (last.clause, last.time)).node
    return (
        _of_list(classes, recent, discourse, alphabet) or whole or _teller(classes, text, thread, discourse, alphabet)
    )


def _teller(
    classes: tuple[str, ...], text: str, thread: Thread, discourse: Discourse, alphabet: Alphabet
) -> Node | None:
    """Who only said the sentence before."""
    if classes != ("Organization",):
        return None
    firms = (n for n in thread.named if "Organization" in alphabet.classes(n.char) and len(n.mentions) == 1)
    return next((n for n in firms if not discourse.source.search(text[: n.start])), None)


def _whole(
    classes: tuple[str, ...], thread: Thread, discourse: Discourse, alphabet: Alphabet, pronoun: Pronoun | None
) -> Node | None:
    """Whom or what place the whole text is about, if it may be meant."""
    if pronoun is not None and pronoun.hosted and thread.host is not None:
        return None if pronoun.refuse.search(thread.host.thing.label) else thread.host
    if thread.home is None or not SEATS.issuperset(classes):
        return None
    closed = discourse.closure(thread.home.classes)
    return Node(0, 0, alphabet.name(closed), (Mention(0, 0, thread.home),)) if closed.intersection(classes) else None


def _of_list(wanted: Sequence[str], topics: Sequence[Topic], discourse: Discourse, alphabet: Alphabet) -> Node | None:
    """The one member of a list that fits where no whole list does (the alliance and a firm hold a congress)."""
    classes = set("|".join(wanted).split("|"))
    for topic in reversed(topics):
        fit = [m for m in topic.node.mentions if discourse.closure(m.thing.classes) & classes]
        if len(fit) == 1 < len(topic.node.mentions):
            char = alphabet.name(discourse.closure(fit[0].thing.classes))
            return replace(topic.node, char=char, mentions=(fit[0],))
    return None


def _of_pair(
    classes: tuple[str, ...],
    at: int,
    text: str,
    before: Sequence[Node],
    thread: Thread,
    discourse: Discourse,
    alphabet: Alphabet,
) -> Node | None:
    """The former, the latter or both of the two things that the text speaks of."""
    here = [n for n in before if not n.pronoun and not _aside(n, text)]
    beside = any(n.pronoun and discourse.former.fullmatch(n.pronoun) for n in before)
    apart = here and text[here[-1].end : at] in _COMMAS and len(here[-1].mentions) == 1
    if classes[0] == "latter" and apart and not beside:
        return here[-1]
    named = [n for n in thread.named if not discourse.incidental(text, n)] if classes[0] == "both" else thread.named
    if classes[0] == "latter":  # beside a former it is the other of the same two
        former = next((n.start for n in before if n.pronoun and discourse.former.fullmatch(n.pronoun)), at)
        here = [n for n in here if n.start < former]
    earlier = [t.node for t in thread.topics if thread.now - t.time <= 4 and not t.node.pronoun and not t.owner]
    pair = listed(here, classes[1:], alphabet, text, discourse.joins)
    here, named = (unowning(nodes, text) for nodes in (here, named))
    return of_two(classes[0], classes[1:], (here, named + here, earlier + named + here), pair, alphabet)


def _aside(node: Node, text: str) -> bool:
    """Whether a name stands alone in brackets: it only says something of the one before it (甲（长沙）与乙（西安）)."""
    return text[node.start - 1 : node.start] in "（(" and text[node.end : node.end + 1] in "）)" and node.start > 0


def _seat(
    nodes: Sequence[Node], wanted: Sequence[str], text: str, discourse: Discourse, alphabet: Alphabet
) -> Node | None:
    """The city or province that an office or a paper is called after (the plan of Hangzhou … the whole city)."""
    for node in reversed(nodes):
        name = text[node.start : node.end]
        for end in range(2, min(6, len(name))):
            thing = discourse.things.get(name[:end])
            if thing is not None and not set(wanted).isdisjoint(thing.classes):
                char = alphabet.name(discourse.closure(thing.classes))
                return Node(node.start, node.start + end, char, (Mention(node.start, node.start + end, thing),))
    return None


def _before(nodes: Sequence[Node], at: int) -> list[Node]:
    """The nearest names that end before ``at``, in their order."""
    return [n for n in sorted(nodes, key=lambda n: n.start) if n.end <= at and n.mentions][-_REACH:]


def _subject(
    nodes: Sequence[Node],
    wanted: Sequence[str],
    text: str,
    discourse: Discourse,
    alphabet: Alphabet,
    *,
    counted: bool = False,
) -> Node | None:
    """The subject of the latest clause that has one: its first name that is not merely compared with, nor (unless
    ``counted``: a chip in a server) one of many. Where a maker and its product stand in one clause (AMD Instinct
    MI300X), the class named first in ``wanted`` wins.
    """
    clauses: dict[int, list[Node]] = {}
    beside: set[int] = set()  # where names stand that are only compared with, or given as examples
    end = -1
    for node in sorted(nodes, key=lambda n: n.start):
        start = clause_start(text, node.start)
        clauses.setdefault(start, []).append(node)
        listed_on = end in beside and text[end : node.start] in _LISTED
        if listed_on or discourse.comparison.search(text, start, node.start):
            beside |= {node.start, node.end}
        end = node.end
    incidental = frozenset(n.start for n in nodes if discourse.incidental(text, n))
    incidental |= {n.start for at, (n, *_) in clauses.items() if discourse.object.search(text, at, n.start)}
    for passed, start in product((incidental, frozenset()), sorted(clauses, reverse=True)):
        fit = [
            n
            for n in clauses[start]
            if n.start not in passed
            and alphabet.classes(n.char).intersection("|".join(wanted).split("|"))
            and not discourse.aside_after.match(text, n.end)
            and (counted or not discourse.counted.search(text, max(0, n.start - 3), n.start))
            and n.start not in beside
        ]
        if fit:
            fit = [n for n in fit if not text.startswith(OWNING, n.end)] or fit
            groups = [group.split("|") for group in wanted]
            order = [next(i for i, g in enumerate(groups) if alphabet.classes(n.char).intersection(g)) for n in fit]
            return fit[order.index(min(order))]
    return None
