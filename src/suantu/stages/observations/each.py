"""So much of each hundred: 每100元，有63元用于推理 says 63 %, and is no sum of money."""

from __future__ import annotations

import re
from dataclasses import replace

from suantu.expressions import compiled
from suantu.records import Quantity
from suantu.scene import Node, Scene
from suantu.stages.measures import percentage

_ROUND = frozenset({10, 100, 1000, 10000})
_HARD = compiled("[。；;]")


def of_each(scene: Scene, pattern: re.Pattern[str], percent: str) -> Scene:
    """``scene`` with the parts of each ten, hundred … as percentages; ``percent`` stands for such a figure."""
    for at in sorted(scene.nodes):
        whole = scene.nodes[at].quantities
        if len(whole) == 1 and int(whole[0].value) in _ROUND and pattern.search(scene.text, 0, at):
            return _parted(scene, at, whole[0], percent)
    return scene


def _parted(scene: Scene, at: int, whole: Quantity, percent: str) -> Scene:
    end = _HARD.search(scene.text, at)
    stop = end.start() if end else len(scene.text)
    nodes, text = dict(scene.nodes), scene.text
    for position, node in scene.nodes.items():
        if at < position < stop and len(node.quantities) == 1 and _is_part(node.quantities[0], whole):
            part = node.quantities[0]
            share = replace(part, value=percentage(part.value, whole.value), unit="percent", kind="percent", counter="")
            nodes[position] = Node(node.start, node.end, percent, quantities=(share,))
            text = text[:position] + percent + text[position + 1 :]
    if text == scene.text:
        return scene
    nodes.pop(at)
    return replace(scene, nodes=nodes, text=text, chars=frozenset(text), told=(), of_market=False)


def _is_part(part: Quantity, whole: Quantity) -> bool:
    return (part.unit, part.kind) == (whole.unit, whole.kind) and part.value < whole.value
