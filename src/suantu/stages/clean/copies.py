"""Text printed twice becomes one block that knows both places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from suantu.records import Block, BlockKind

_ALONE = 16  # characters from which equal text is a copy wherever it stands; shorter text only inside a copied stretch
_FREE_KINDS = (BlockKind.PARAGRAPH, BlockKind.ITEM, BlockKind.HEADING)


def merge_copies(blocks: Sequence[Block]) -> list[Block]:
    """``blocks`` without those that repeat an earlier one, which takes their offsets as ``copies``."""
    shown = [index for index, block in enumerate(blocks) if block.kind is not BlockKind.FURNITURE]
    keys = [blocks[index].text.replace(" ", "") for index in shown]
    originals = _originals([blocks[index] for index in shown], keys)
    if not originals:
        return list(blocks)
    copies: dict[int, list[Sequence[int]]] = {}
    for copy, original in sorted(originals.items()):
        aligned = _align(blocks[shown[original]], blocks[shown[copy]])
        copies.setdefault(shown[original], []).append(aligned)
    gone = {shown[copy] for copy in originals}
    return [
        replace(block, copies=tuple(copies[index])) if index in copies else block
        for index, block in enumerate(blocks)
        if index not in gone
    ]


def _originals(blocks: Sequence[Block], keys: Sequence[str]) -> dict[int, int]:
    """For each copied block, the block that it repeats (by index, always an earlier one that is no copy)."""
    first: dict[tuple[BlockKind, str], int] = {}
    found: dict[int, int] = {}
    for index, (block, key) in enumerate(zip(blocks, keys, strict=True)):
        if len(key) < _ALONE or block.kind not in _FREE_KINDS:
            continue
        original = first.setdefault((block.kind, key), index)
        if original != index:
            found[index] = original
    for step in (1, -1):
        for index in sorted(found, reverse=step < 0):
            copy, original = index + step, found[index] + step
            while 0 <= original < len(blocks) and 0 <= copy < len(blocks) and copy not in found:
                same = keys[copy] == keys[original] and blocks[copy].kind is blocks[original].kind
                if not same or original in found or original >= copy:
                    break
                found[copy] = original
                copy, original = copy + step, original + step
    return {copy: original for copy, original in found.items() if original not in found}


def _align(block: Block, copy: Block) -> Sequence[int]:
    """The copy's offsets for each character of ``block``, whose spaces may stand elsewhere."""
    if copy.text == block.text:
        return copy.offsets
    letters = iter([offset for char, offset in zip(copy.text, copy.offsets, strict=True) if char != " "])
    aligned: list[int] = []
    for char in block.text:
        aligned.append((aligned[-1] if aligned else copy.offsets[0]) if char == " " else next(letters))
    return aligned
