"""Known words that are only the end of a longer name: the technique in the name of a firm."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from suantu.stages.discovery.page import Blocks, Chosen
from suantu.stages.discovery.words import Words

_OFTEN = 2  # so often the same letter must stand before the word, and never another


def without_inner(blocks: Blocks, words: Words, endings: Sequence[str]) -> list[tuple[str, Chosen]]:
    """The blocks without the known words that end as firms do and always follow the same unknown letter."""
    closing = tuple(endings)
    behind: Counter[str] = Counter()
    times: Counter[str] = Counter()
    for text, chosen in blocks:
        taken = {match.end for match, _ in chosen}
        for match, name in chosen:
            if name.text in words.topical and name.text.endswith(closing):
                times[name.text] += 1
                before = text[max(0, match.start - 2) : match.start]
                if before and match.start not in taken and words.split(before)[-1].kind == "open":
                    behind[before[-1] + name.text] += 1
    inner = {longer for longer, count in behind.items() if count >= _OFTEN and count == times[longer[1:]]}
    if not inner:
        return list(blocks)
    return [
        (text, [(m, n) for m, n in chosen if not m.start or text[m.start - 1] + n.text not in inner])
        for text, chosen in blocks
    ]
