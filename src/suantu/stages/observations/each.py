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


def of_each(scene: Scene, pattern: re.Pattern[str], part: re.Pattern[str], percent: str) -> Scene:
    """``scene`` with the parts of each ten, hundred … as percentages, also of each three where the words of ``part``
    stand before them (每三台就有一台); ``percent`` stands for such a figure."""
    for at in sorted(scene.nodes):
        whole = scene.nodes[at].quantities
        if len(whole) == 1 and whole[0].value > 1 and pattern.search(scene.text, 0, at):
            parted = _parted(scene, at, whole[0], None if int(whole[0].value) in _ROUND else part, percent)
            if parted is not scene:
                return parted
    return scene


def _parted(scene: Scene, at: int, whole: Quantity, words: re.Pattern[str] | None, percent: str) -> Scene:
    end = _HARD.search(scene.text, at)
    stop = end.start() if end else len(scene.text)
    nodes, text = dict(scene.nodes), scene.text
    for position, node in scene.nodes.items():
        told = words is None or words.search(scene.text, at, position)
        if at < position < stop and told and len(node.quantities) == 1 and _is_part(node.quantities[0], whole):
            part = node.quantities[0]
            share = replace(part, value=percentage(part.value, whole.value), unit="percent", kind="percent", counter="")
            nodes[position] = Node(node.start, node.end, percent, quantities=(share,))
            text = text[:position] + percent + text[position + 1 :]
    if text == scene.text:
        return scene
    nodes.pop(at)
    return replace(scene, nodes=nodes, text=text, chars=frozenset(text), told=(), of_market=False)


def _is_part(part: Quantity, whole: Quantity) -> bool:
    like = part.counter == whole.counter or not (part.counter and whole.counter)
    return like and (part.unit, part.kind) == (whole.unit, whole.kind) and part.value < whole.value
