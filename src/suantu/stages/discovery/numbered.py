"""Devices that a text calls by their number alone: K30 of 砾川K30."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from suantu.expressions import compiled
from suantu.identity import normalise
from suantu.stages.discovery.page import Ledger

_NUMBERED = compiled(r"[\u4e00-\u9fff]{2,5}(?P<tail>[A-Z]+-?[0-9]{1,4}[A-Z]?)$")
_DEVICES = ("Chip", "Server", "Product")
_Accepted = dict[str, tuple[str, str, float]]


def tail(surface: str, cls: str) -> list[str]:
    """X200 of 溪岭X200."""
    match = _NUMBERED.match(surface) if cls in _DEVICES else None
    return [match["tail"]] if match else []


def shared_tails(surfaces: Iterable[str]) -> set[str]:
    """The numbers that more than one name ends in (岚图T7, 穹石T7): alone they name neither."""
    tails = Counter(normalise(match["tail"]) for surface in surfaces if (match := _NUMBERED.match(surface)))
    return {number for number, times in tails.items() if times > 1}


def whole(accepted: _Accepted, ledger: Ledger) -> _Accepted:
    """The accepted names without the numbers that one longer name ends in, which takes their class if it is vaguer."""
    owners: dict[str, list[str]] = {}
    for key, (cls, _, _) in accepted.items():
        for number in map(normalise, tail(ledger.entries[key].surface, cls)):
            owners.setdefault(number, []).append(key)
    out = dict(accepted)
    for number, keys in owners.items():
        if len(keys) == 1 and accepted.get(number, ("",))[0] in _DEVICES:
            cls, rule, sure = accepted[keys[0]]
            found, _, _ = out.pop(number)
            out[keys[0]] = (found if cls == "Product" else cls, rule, sure)
    return out
