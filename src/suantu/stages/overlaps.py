"""Which of overlapping names and figures count."""

from __future__ import annotations

from bisect import bisect_left

from suantu.scene import Node


def apart(nodes: list[Node]) -> list[Node]:
    """The longest first; what overlaps a chosen one falls away. In the order of the text."""
    out: list[Node] = []
    ends: list[int] = []
    starts: list[int] = []
    for node in sorted(nodes, key=lambda n: (n.start - n.end, not n.mentions, n.start)):
        i = bisect_left(starts, node.end)
        if i and ends[i - 1] > node.start:
            continue
        at = bisect_left(starts, node.start)
        starts.insert(at, node.start)
        ends.insert(at, node.end)
        out.append(node)
    return sorted(out, key=lambda n: n.start)
