"""Notes what a sentence talks about: the first thing of each class in its clauses, unless words show that it is only
compared with, counted, owned or used."""

from __future__ import annotations

import re
from collections.abc import Callable

from suantu.expressions import compiled
from suantu.records import Mention
from suantu.rules import Alphabet
from suantu.scene import Node, Scene, Topic
from suantu.stages.discourse import Discourse, clause_start
from suantu.stages.twos import EVERYTHING, OWNING
from suantu.thread import Thread

_LISTED = compiled(r",? (?:[A-Z][\w&]*,? )*(?:and |or )?(?:the )?")
_MODIFIES = compiled(r"-[a-z]")
_ADVERBIAL = compiled(r" ?(?:[A-Z][a-z]+ |(?:[A-Za-z]+ ){0,3}[\ue000-\uf8ff] )")


def _onward(text: str, position: int, discourse: Discourse) -> tuple[int, ...]:
    """Where the next name stands that the name at ``position`` may say something of (the hub's cluster)."""
    of = discourse.of.match(text, position + 1)
    return (position + 1, of.end()) if of else (position + 1,)


def note_topics(
    scene: Scene, thread: Thread, discourse: Discourse, alphabet: Alphabet, closure: Callable[..., frozenset[str]]
) -> None:
    """Fill ``scene.topics``: those of earlier sentences, then clause by clause the first thing of each class, and what
    words hint at."""
    scene.topics, scene.now = list(thread.topics), thread.now
    seen: set[tuple[int, frozenset[str]]] = set()
    said = {start for start, _, _ in scene.sayers}
    before = {thing.iri for start, _, thing in scene.sayers if start == 0}  # according to NAME, …
    said |= {p for p, n in scene.nodes.items() if p and len(n.mentions) == 1 and n.thing.iri in before}
    firms = compiled(f"(?:{discourse.appositive})?[{alphabet.matching(['Organization'])}]")
    firms_of = compiled(f"(?:{discourse.of.pattern})?{firms.pattern}")
    headed = compiled(discourse.headed.replace("ORG", alphabet.matching(["Organization"])))
    makes = compiled(f"(?:{discourse.made_of})[{alphabet.matching(['Chip', 'Product', 'AIModel', 'Interconnect'])}]")
    joined = compiled(
        f"(?:{'|'.join(map(re.escape, sorted(discourse.joins))) or '(?!)'})[^，。；：\ue000-\uf8ff]{{0,6}}"
    )
    passed = -1  # who was only mentioned beside what the text goes on about: so is who is joined with them
    places = frozenset(alphabet.matching(["City", "Region"]))
    measured = compiled(f"(?:{discourse.of.pattern})[{alphabet.kind('multiple')}{alphabet.kind('percent')}]")
    example = -1  # where the last name that is only compared with, or an example, stands: a list goes on from it
    for position in sorted(scene.nodes):
        node = scene.nodes[position]
        if not node.mentions:
            continue
        start = clause_start(scene.text, position)
        listed = example >= 0 and _LISTED.fullmatch(scene.text, example + 1, position) is not None
        compared = listed or discourse.comparison.search(scene.text, start, position) is not None
        example = position if compared else example
        classes = alphabet.classes(node.char)
        aside = (node.pronoun and not _opens(scene, start, position)) or _aside(scene.text, position, discourse)
        aside = aside or scene.inserted(position) is not None or _second(scene, position, start, classes, discourse)
        aside = aside or (
            "Place" in classes
            and any(scene.text[p : p + 1] in places for p in _onward(scene.text, position, discourse))
        )
        beside = passed >= start and "Organization" in classes and joined.fullmatch(scene.text, passed + 1, position)
        aside = aside or bool(beside) or ("Organization" in classes and _describes(scene, start, position, headed))
        passed = position if aside and "Organization" in classes else passed
        modifies = _MODIFIES.match(scene.text, position + 1) or measured.match(scene.text, position + 1)
        modifies = modifies or discourse.aside_after.match(scene.text, position + 1)
        modifies = modifies or (firms.match(scene.text, position + 1) if "Industry" in classes else None)
        if compared or aside or modifies or (start, classes) in seen or position in said:
            continue
        part = _counted(scene, position, discourse, alphabet)
        seen |= set() if part else {(start, classes)}
        owner = scene.text.startswith(OWNING, position + 1)
        owner = owner or ("Organization" in classes and makes.match(scene.text, position + 1) is not None)
        whose = "Place" in classes and firms_of.match(scene.text, position + 1) is not None
        behind = bool(classes & discourse.objects) and _object(scene.text[start:position], classes, discourse)
        spot = "Place" in classes and discourse.places.search(scene.text, max(0, position - 16), position) is not None
        scene.topics.append(Topic(node, classes, position, start, thread.now, part, False, owner, behind, whose, spot))
    for match in discourse.hint.finditer(scene.text):
        thing = discourse.hints[match[0]]
        at, classes = scene.starts[match.start()], closure(thing.classes)
        node = Node(at, at + len(match[0]), alphabet.name(classes), (Mention(at, at + len(match[0]), thing),))
        clause = clause_start(scene.text, match.start())
        scene.topics.append(Topic(node, classes, match.start(), clause, thread.now, hint=True))
    scene.topics.sort(key=lambda t: (t.time, t.position))


def _describes(scene: Scene, clause: int, position: int, headed: re.Pattern[str]) -> bool:
    """Whether the clause that a firm opens only describes another firm, which the text goes on about."""
    return position - clause <= 1 and headed.match(scene.text, position + 1) is not None


def _counted(scene: Scene, position: int, discourse: Discourse, alphabet: Alphabet) -> bool:
    """Whether a name is what a count counts (4颗NVSwitch): a part, not what the text goes on about.

    Where words stand apart, what its clause opens with is its subject also where it is counted.
    """
    counts = (alphabet.kind("count"), alphabet.kind("number"))
    if made := compiled(f"[{alphabet.matching(['Organization'])}](?:{discourse.of.pattern})?$").search(
        scene.text, max(0, position - 2), position
    ):
        position = made.start()  # 4张NAME的H20
    elif found := discourse.counted_kind.search(scene.text, max(0, position - 12), position):
        position = found.start()  # 640颗自研的L7
    for at in range(position - 1, max(-1, position - 4), -1):
        if scene.text[at] in " “「‘":
            continue
        opens = scene.text[at + 1] == " " and not scene.text[clause_start(scene.text, at) : at].strip()
        if scene.text[at] in counts and opens:
            return False
        if scene.text[at] in counts:
            return scene.nodes[at].quantities[0].value != 1
        if at not in scene.nodes:
            return False
    return False


def _opens(scene: Scene, start: int, position: int) -> bool:
    """Whether a pronoun is what its clause begins with: only a time or a place may stand before it (in May it …)."""
    if position <= start + 1:
        return True
    named = any(n.mentions for p, n in scene.nodes.items() if start <= p < position)
    return not named and bool(_ADVERBIAL.fullmatch(scene.text, start, position))


def _object(before: str, classes: frozenset[str], discourse: Discourse) -> bool:
    """Whether a name is the object of the verb before it: what its owner makes is, a firm that has an owner is not."""
    return bool(discourse.object.search(before)) or (
        "Organization" not in classes and bool(discourse.possessed.search(before))
    )


def _aside(text: str, position: int, discourse: Discourse) -> bool:
    """Whether the words around a name show that it is only mentioned beside what the text goes on about."""
    before = text[max(0, position - 12) : position]
    if discourse.aside and discourse.aside.search(before):
        return True
    return bool(discourse.aside_of and discourse.aside_of.search(before) and discourse.of.match(text, position + 1))


def _second(scene: Scene, position: int, clause: int, classes: frozenset[str], discourse: Discourse) -> bool:
    """Whether what a clause names is only what the sentence's topic of its kind has to do with (…, with NAME …)."""
    if not discourse.second.search(scene.text[max(0, position - 8) : position]):
        return False
    first = (t for t in scene.topics if t.time == scene.now and -1 < t.clause < clause)
    return any(t.classes & classes - EVERYTHING for t in first)
