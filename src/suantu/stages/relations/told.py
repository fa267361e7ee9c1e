"""What the text has told when a relation is read: who makes what, and what a clause rather speaks of; claims, merged."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from suantu.records import Claim, Evidence
from suantu.scene import Node, Scene
from suantu.stages.relations.rules import RelationRule

MADE, _WARES = "makes", ("Chip|Product|AIModel",)
_OWNED = frozenset({"Chip", "Product", "AIModel"})  # what a clause is about that only names its maker
_NAMED = "named."  # what the rules that read relations off names are called


def maker_told(scene: Scene, position: int, firm: Node | None) -> Node | None:
    """Who makes the product that the text goes on about, where it was told and no firm was named since."""
    ware = scene.topic(position, _WARES, 1)
    if ware is None or len(ware.mentions) > 1 or (maker := scene.makers.get(ware.thing.iri)) is None:
        return None
    if any(t.node is ware and t.object for t in scene.topics):  # what is only used (…采用乙的丙，自研…)
        return None
    named = {id(t.node): (t.time, t.clause) for t in scene.topics}
    if firm is not None and named.get(id(firm), (-1, -1)) >= named[id(ware)]:  # … or who uses it
        return None
    return replace(ware, mentions=(replace(ware.mentions[0], thing=maker),))


def yields(rule: RelationRule, node: Node, scene: Scene) -> bool:
    """Whether the clause that gives what is carried names what the rule rather speaks of (a firm's new server), or the
    sentence does (its alliance)."""
    if not rule.yields and not rule.behind:
        return False
    others = [t for t in scene.topics if t.node is not node and not t.part]
    own = [t for t in scene.topics if t.node is node]
    clauses = {(t.time, t.clause) for t in own}
    spoken = rule.yields | _OWNED if rule.yields and any(t.owner for t in own) else rule.yields
    beside = any(t.classes & spoken and (t.time, t.clause) in clauses for t in others)
    return beside or any(t.classes & rule.behind and t.time == scene.now for t in others)


def crosses(scene: Scene, match: re.Match[str]) -> bool:
    """Whether a match goes from inside an insertion to what follows it (NAME, a unit of NAME, sells …)."""
    inside = scene.inserted(match.start())
    return inside is not None and match.end() > inside[1]


def merge(claims: Iterable[Claim]) -> tuple[Claim, ...]:
    """One claim for each triple: its passages together, the surest rule's name first."""
    out: dict[tuple[str, str, str], Claim] = {}
    for claim in claims:
        key = (claim.subject.iri, claim.predicate, claim.object.iri)
        if key not in out:
            out[key] = claim
            continue
        old = out[key]
        spans = tuple(dict.fromkeys((*old.evidence.spans, *claim.evidence.spans)))
        best = max(old, claim, key=lambda c: c.confidence)
        out[key] = replace(best, evidence=Evidence(spans, old.evidence.section))
    makers = Counter(claim.object.iri for claim in out.values() if claim.predicate == MADE)
    return tuple(claim for claim in out.values() if not (_guessed(claim) and makers[claim.object.iri] > 1))


def _guessed(claim: Claim) -> bool:
    """Whether only a name in its name tells who makes an unknown thing: whoever else the text names makes it."""
    return claim.predicate == MADE and claim.found_by.startswith(_NAMED) and claim.object.found_by != "lexicon"
