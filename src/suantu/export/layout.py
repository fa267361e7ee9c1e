"""Where nodes stand: the same graph gives the same places, boxes do not overlap, parts that hang together lie together.

Each connected part is laid out by stress majorisation from a start without randomness (classical scaling of the graph
distances); then boxes are pushed apart, and the parts are packed into rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
_LARGE = 500  # nodes from which fewer rounds must do
_PIVOTS = 60
_ROOM = 3.0  # times the area of the boxes that a drawing covers at least
_ROUNDS = 300  # of pushing boxes apart
_SHAPE = 1.7  # width over height that the whole aims at


class Box(NamedTuple):
    """The size of a node in pixels."""

    width: float
    height: float


def layout(
    boxes: Sequence[Box], edges: Sequence[tuple[int, int]], length: float, gap: float
) -> list[tuple[float, float]]:
    """The centre of each box. ``length`` is the wanted length of an edge, ``gap`` the least room between boxes."""
    sizes = np.array([(b.width, b.height) for b in boxes], dtype=float).reshape(-1, 2)
    places = np.zeros((len(boxes), 2))
    parts = components(len(boxes), edges)
    extents = []
    for part in parts:
        inside = {node: i for i, node in enumerate(part)}
        own = [(inside[a], inside[b]) for a, b in edges if a in inside and a != b]
        spots = _part(len(part), own, sizes[part], length, gap)
        low, high = (spots - sizes[part] / 2).min(axis=0), (spots + sizes[part] / 2).max(axis=0)
        places[part] = spots - low
        extents.append(high - low)
    for part, corner in zip(parts, _packed(extents, gap * 2), strict=True):
        places[part] += corner
    return [(float(x), float(y)) for x, y in places]


def components(count: int, edges: Sequence[tuple[int, int]]) -> list[list[int]]:
    """The connected parts as sorted lists of nodes, the largest first."""
    near: list[list[int]] = [[] for _ in range(count)]
    for a, b in edges:
        near[a].append(b)
        near[b].append(a)
    seen = [False] * count
    parts = []
    for start in range(count):
        if seen[start]:
            continue
        seen[start], part, at = True, [start], 0
        while at < len(part):
            for other in near[part[at]]:
                if not seen[other]:
                    seen[other] = True
                    part.append(other)
            at += 1
        parts.append(sorted(part))
    return sorted(parts, key=lambda part: (-len(part), part))


def _part(count: int, edges: Sequence[tuple[int, int]], sizes: Floats, length: float, gap: float) -> Floats:
    if count == 1:
        return np.zeros((1, 2))
    if count == 2:
        return np.array([[0.0, 0.0], [length + float(sizes[:, 0].mean()), 0.0]])
    steps = _distances(count, edges)
    # Leaves of a hub need a circle that is large enough for all of them
    crowd = np.bincount(np.array([x for e in edges for x in e], dtype=int), minlength=count)
    room = np.sqrt(np.maximum(np.maximum(crowd[:, None], crowd[None, :]) / 9.0, 1.0))
    wanted = steps * length * np.where(steps == 1, room, np.sqrt(room))
    places = _stress(_scaled(wanted), wanted, 200 if count < _LARGE else 15)
    places = _turned(places)
    places[:, 0] *= 1.35  # boxes are wider than high
    return _apart(_roomy(places, sizes + gap), sizes + gap)


def _distances(count: int, edges: Sequence[tuple[int, int]]) -> Floats:
    """The number of steps between any two nodes of a connected part."""
    near = np.zeros((count, count), dtype=np.float32)
    for a, b in edges:
        near[a, b] = near[b, a] = 1
    steps = np.zeros((count, count), dtype=np.float32)
    reached = np.eye(count, dtype=np.float32)
    at = 0
    while (reached == 0).any():
        at += 1
        wider = ((reached @ near) + reached > 0).astype(np.float32)
        steps[(wider > 0) & (reached == 0)] = at
        reached = wider
    return steps


def _scaled(wanted: Floats) -> Floats:
    """Classical scaling on some pivots, each as far as can be from those before: the plane in which the distances come
    out best. Signs and ties are settled."""
    count = len(wanted)
    pivots = [int(wanted.sum(axis=1).argmin())]
    nearest = wanted[pivots[0]].astype(float)
    while len(pivots) < min(count, _PIVOTS):
        pivots.append(int(nearest.argmax()))
        nearest = np.minimum(nearest, wanted[pivots[-1]])
    squares = wanted[:, pivots].astype(float) ** 2
    centred = -0.5 * (squares - squares.mean(axis=0) - squares.mean(axis=1)[:, None] + squares.mean())
    _, vectors = np.linalg.eigh(centred.T @ centred)
    places = centred @ vectors[:, [-1, -2]]
    # As large as the distances want it
    places *= wanted.mean() / max(float(np.abs(places).mean()), 1e-9)
    for axis in range(2):
        if places[np.abs(places[:, axis]).argmax(), axis] < 0:
            places[:, axis] *= -1
    # Nodes with the same neighbours fall together: a small golden-angle spiral takes them apart
    turn = np.arange(count) * 2.399963
    spiral = np.stack([np.cos(turn), np.sin(turn)], axis=1) * wanted.max() * 0.02
    start: Floats = np.round(places, 3) + spiral
    return start


def _stress(places: Floats, wanted: Floats, rounds: int) -> Floats:
    """Move each node to where its distances to all others fit best, near ones counting more."""
    weight = np.zeros_like(wanted)
    np.divide(1.0, wanted**2, out=weight, where=wanted > 0)
    pull = weight * wanted
    total = weight.sum(axis=1)
    for _ in range(rounds):
        dx = places[:, 0][:, None] - places[:, 0][None, :]
        dy = places[:, 1][:, None] - places[:, 1][None, :]
        ratio = pull / np.sqrt(dx * dx + dy * dy + 1e-6)
        xs = weight @ places[:, 0] + (ratio * dx).sum(axis=1)
        ys = weight @ places[:, 1] + (ratio * dy).sum(axis=1)
        places = np.stack([xs / total, ys / total], axis=1)
    return places


def _turned(places: Floats) -> Floats:
    """The longest way of the drawing lies flat."""
    middle = places - places.mean(axis=0)
    _, vectors = np.linalg.eigh(middle.T @ middle)
    axis = vectors[:, -1] * (1 if vectors[np.abs(vectors[:, -1]).argmax(), -1] > 0 else -1)
    turned: Floats = middle @ np.array([[axis[0], -axis[1]], [axis[1], axis[0]]])
    return turned


def _roomy(places: Floats, sizes: Floats) -> Floats:
    """The drawing made larger where its boxes would fill it, so that pushing them apart keeps its form."""
    extent = np.maximum(places.max(axis=0) - places.min(axis=0), sizes.max(axis=0))
    needed = _ROOM * float((sizes[:, 0] * sizes[:, 1]).sum())
    roomy: Floats = places * max(1.0, (needed / float(extent[0] * extent[1])) ** 0.5)
    return roomy


def _apart(places: Floats, sizes: Floats) -> Floats:
    """Push overlapping boxes apart along the shorter way until none overlap. Boxes are compared in the order of their
    height, and only with those that are near enough to touch."""
    places = places.copy()
    half = sizes / 2
    reach = float(sizes[:, 1].max())
    for round_ in range(_ROUNDS):
        order = np.argsort(places[:, 1], kind="stable")
        push = np.zeros_like(places)
        hits = 0
        for step in range(1, len(places)):
            a, b = order[:-step], order[step:]
            gap = places[b] - places[a]
            near = gap[:, 1] < reach
            if not near.any():
                break
            hits += _pushed(push, a[near], b[near], gap[near], half)
        if not hits:
            break
        places += push * (0.5 if round_ < _ROUNDS / 2 else 0.3)
    return places


def _pushed(push: Floats, a: NDArray[np.intp], b: NDArray[np.intp], gap: Floats, half: Floats) -> int:
    """Add to ``push`` what takes each box of ``a`` and its partner in ``b`` apart; the number of overlaps."""
    over = half[a] + half[b] - np.abs(gap)
    hit = (over > 0.01).all(axis=1)
    if not hit.any():
        return 0
    a, b, over, gap = a[hit], b[hit], over[hit], gap[hit]
    axis = (over[:, 1] < over[:, 0]).astype(int)
    rows = np.arange(len(a))
    side = np.where(gap[rows, axis] == 0, np.where(a < b, 1.0, -1.0), np.sign(gap[rows, axis]))
    move = over[rows, axis] * side
    np.add.at(push, (a, axis), -move)
    np.add.at(push, (b, axis), move)
    return int(hit.sum())


def _packed(extents: Sequence[Floats], gap: float) -> list[tuple[float, float]]:
    """The upper left corner of each part: rows from left to right, about as wide as the shape asks; much lower parts
    begin a row of their own."""
    if not extents:
        return []
    area = sum((float(w) + gap) * (float(h) + gap) for w, h in extents)
    width = max(float(max(e[0] for e in extents)), (area * _SHAPE) ** 0.5)
    corners, x, y, row = [], 0.0, 0.0, 0.0
    for w, h in ((float(e[0]), float(e[1])) for e in extents):
        if x and (x + w > width * 1.02 or h < row / 3):
            x, y, row = 0.0, y + row + gap, 0.0
        corners.append((x, y))
        x, row = x + w + gap, max(row, h)
    return corners
