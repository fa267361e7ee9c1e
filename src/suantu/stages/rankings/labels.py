"""Rankings that are lists of labels: a line that announces them, circled or plain numbers, the names of tiers."""

from __future__ import annotations

import re

from suantu.expressions import compiled
from suantu.records import BlockKind, Evidence, RankingEntry, Thing
from suantu.scene import Node, Scene
from suantu.stages.rankings.items import Items
from suantu.stages.rankings.naming import Naming
from suantu.stages.rankings.thread import RankThread

LONGEST_LINE = 40
_LONGEST_NAME = 16
_GAP = 3  # characters between a number and its name
_AFTER = compiled(r"[\s,;(\uff08\uff0c\uff1a:]")
_CIRCLED = {chr(0x2460 + i): i + 1 for i in range(20)}
_SHARED = compiled(r"\s*\d{1,2}\s*[-\u2013\u2014~\u3001]\s*\d{1,2}\s*[.\u3001\uff0e)]")
_MARK = compiled(r"\s*(?:([\u2460-\u2473])|0?(\d{1,2})(?:\s*[.、．)）:：]|\s+(?=\D)))\s*")


class Labels:
    """Reads the labels of one language."""

    def __init__(self, naming: Naming, items: Items, tier_chars: str) -> None:
        self._naming, self._items, self._tier_char = naming, items, tier_chars

    def opens(self, scene: Scene, thread: RankThread) -> None:
        """Whether the block announces a list (前十名如下：), or goes on with one, or ends it."""
        block = scene.block
        if block.kind in (BlockKind.ITEM, BlockKind.LABEL, BlockKind.ROW):
            if not thread.listing and any(self._naming.about.search(s) for s in block.sections[-1:]):
                thread.listing = True
            return
        if thread.listing and _SHARED.match(block.text) and len(block.text) <= LONGEST_LINE * 2:
            return  # 6—7. two share a line; the list goes on behind it
        thread.listing = bool(self._naming.opens.search(block.text[-60:].strip()))
        if thread.listing and scene.end >= len(block.text.rstrip()):
            self._announced(scene, thread)

    def _announced(self, scene: Scene, thread: RankThread) -> None:
        """The line above a list names its ranking and its time."""
        times = {p.value for node in scene.nodes.values() for p in node.periods if p.value}
        thread.period = thread.frame or (times.pop() if len(times) == 1 else thread.period)
        words = self._naming.announced(scene)
        cls = self._naming.class_of(words)
        if words and not (thread.name and (cls == thread.item_class if cls else not self._naming.names(words))):
            thread.name, thread.item_class = words, cls

    def read(self, scene: Scene, thread: RankThread) -> bool:
        """Lines such as ``① 宁波``, ``2. 厦门`` or a tier's name, where a ranking is listed."""
        block = scene.block
        if block.kind not in (BlockKind.ITEM, BlockKind.LABEL) or len(block.text) > LONGEST_LINE * 3:
            return False
        bare = re.sub(r"[\s:：]", "", scene.text)
        if len(bare) == 1 and bare in self._tier_char:
            thread.tier, thread.listing = scene.nodes[scene.text.index(bare)].ordinals[0].value, True
            return True
        if not thread.listing:
            return False
        whole = (0, len(block.text))
        numbered = len(block.cells) > 1 and block.text[slice(*block.cells[0])].isdigit()
        cells = (whole,) if numbered or not block.cells else block.cells
        return any([self._label(scene, thread, start, end) for start, end in cells])

    def _label(self, scene: Scene, thread: RankThread, start: int, end: int) -> bool:
        inside = [n for n in scene.nodes.values() if start <= n.start and n.end <= end]
        ordinals = [n for n in inside if n.ordinals]
        mark = _MARK.match(scene.block.text[start:end])
        if len(ordinals) == 1 and ordinals[0].start <= start + 1 and ordinals[0].ordinals[0].kind != "tier":
            rank, after = ordinals[0].ordinals[0].value, ordinals[0].end
        elif mark and not ordinals:
            rank, after = _CIRCLED[mark[1]] if mark[1] else int(mark[2]), start + mark.end()
        else:
            rank, after = 0, start
        thing = self._thing(scene, thread, inside, after, end)
        if thing is None or end - start > LONGEST_LINE:
            return False
        if thread.tier and not ordinals:
            thread.add_tier(thread.period, thing, thread.tier)
        if not rank:
            return False
        ranking = self._naming.name(scene, 0, "", None, thread)
        evidence = Evidence(scene.block.spans(start, end), scene.block.sections[-1] if scene.block.sections else "")
        place = None if ranking.place is None or ranking.place.iri == thing.iri else ranking.place
        thread.add(
            RankingEntry(
                self._naming.label(ranking, thread, thing), rank, thing, evidence, "rank.label", thread.period, place
            )
        )
        return True

    def _thing(self, scene: Scene, thread: RankThread, inside: list[Node], after: int, end: int) -> Thing | None:
        """What a label names after its number: a name, or the words of one where the ranking says of what class."""
        named = [n for n in inside if n.mentions]
        if len(named) == 1 and len(named[0].mentions) == 1 and -1 < named[0].start - after <= _GAP:
            if not any(c.isalpha() for c in scene.block.text[after : named[0].start]):
                return named[0].thing
            named = []
        words = _AFTER.split(scene.block.text[after:end].strip(" .:\uff1a\u3001"))[0]
        plain = 1 < len(words) <= _LONGEST_NAME and not any(c.isdigit() for c in words)
        before = thread.entries[-1][0] if thread.entries else None
        like = before.item.classes[0] if before and before.found_by == "rank.label" else ""
        cls = thread.item_class or like or ("Subject" if thread.name else "")
        whole = bool(like) and len(inside) > 1  # the lines above are names: so is this one, whatever it holds
        if (named and not whole) or not plain or not (cls and after > 0):
            return None
        return self._items.named(words, cls)
