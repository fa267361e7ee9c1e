"""The grammar of figures: 62.7亿美元, 近20%, 5%至7%, 每秒600 GB, ``US$6.7 billion``. Every word is data.

``Figures`` finds single figures; here ranges (5%至7%) and lists (19.5亿、34.7亿和60亿美元) are put together, and the
words around a figure bound it (约, 超过, 以上, ``up to``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import pairwise

from suantu.expressions import compiled
from suantu.records import Ordinal, Period, Quantity
from suantu.stages.figures import Figures
from suantu.stages.measures import Atom, Unit
from suantu.stages.numerals import Lexicon, begins, either, is_latin, lowered, section, words
from suantu.stages.ordinals import Ordinals

__all__ = ["Ordinal", "QuantityGrammar"]

_TITLE = compiled("《[^《》\n]{0,160}》")
_REACH = 20
_PLAIN = Unit("count", "number")
_COUNT = Unit("count", "count")


class QuantityGrammar:
    """Reads the figures of a text. Stateless after construction; the same text gives the same figures."""

    def __init__(self, settings: Mapping[str, object], file: str) -> None:
        self._figures = Figures(settings, file)
        self._ordinals = Ordinals(settings, file)
        ranges = section(settings, "range", file)
        self._separators = frozenset(words(ranges, "separators", file))
        self._between = words(ranges, "between", file)
        self._between_separators = frozenset(words(ranges, "between_separators", file))
        self._two_after = words(ranges, "two_after", file)
        self._list_separators = frozenset(words(settings, "list_separators", file))
        self._per_second = words(settings, "per_second", file)
        self._load_bounds(section(settings, "bounds", file), file)

    @classmethod
    def from_settings(cls, settings: Mapping[str, object], file: str) -> QuantityGrammar:
        """The grammar of a loaded ``quantities.yaml``; RuleError names ``file`` and the section that is wrong."""
        return cls(settings, file)

    def _load_bounds(self, rules: Mapping[str, object], file: str) -> None:
        prefix = section(rules, "prefix", file)
        self._prefix = Lexicon((word, sign) for sign in prefix for word in words(prefix, sign, file))
        self._loose = frozenset(words(rules, "loose", file))
        self._bound_decoys = words(rules, "decoys", file)
        self._latin_decoys = words(rules, "decoys_latin", file)
        particles = words(rules, "particles", file)
        self._particles = Lexicon((word, True) for word in particles)
        self._short = Lexicon((word, True) for word in words(rules, "particles_short", file))
        suffix = section(rules, "suffix", file)
        self._suffix = Lexicon((word, sign) for sign in suffix for word in words(suffix, sign, file))
        banned, only = section(rules, "suffix_not_before", file), section(rules, "suffix_only_after", file)
        self._suffix_banned = {word: words(banned, word, file) for word in banned}
        self._suffix_only = {word: words(only, word, file) for word in only}
        remote = section(rules, "remote", file)
        bounds = section(remote, "words", file)
        self._remote_bounds = {word: sign for sign in bounds for word in words(bounds, sign, file)}
        self._remote_kinds, self._remote_ends = words(remote, "kinds", file), words(remote, "ends", file)
        self._remote = compiled(f"({either(list(self._remote_bounds))})[^，。；：、,;:%％]{{0,16}}$")
        everything = [w for sign in prefix for w in words(prefix, sign, file)] + list(particles) + ["the"]
        self._bound_ends = frozenset(word[-1] for word in everything)

    # -- finding

    def find(self, text: str, periods: Sequence[Period] = ()) -> list[Quantity]:
        """The figures of a text, sorted, none overlapping another, one of ``periods``, an ordinal or a title."""
        folded = lowered(text)
        atoms = self._figures.find(text, folded)
        if not atoms:
            return []
        taken = [(p.start, p.end) for p in periods]
        taken += [(o.start, o.end) for o in self._ordinals.find(text, folded)]
        taken += [match.span() for match in _TITLE.finditer(text)] if "《" in text else []
        atoms = _outside(atoms, sorted(taken))
        self._lists(text, atoms)
        self._elided(text, atoms)
        joined = self._ranges(text, atoms)
        return [self._quantity(text, folded, atom) for atom in joined if self._kept(atom)]

    def find_ordinals(self, text: str) -> list[Ordinal]:
        """The places in rankings, tops and tiers that a text names, sorted, not overlapping."""
        return self._ordinals.find(text)

    @staticmethod
    def _kept(atom: Atom) -> bool:
        if atom.weak and atom.unit is None:
            return False
        return not atom.after_dash or atom.lower is not None or (atom.unit is not None and atom.unit.kind != "count")

    # -- lists and ranges

    def _lists(self, text: str, atoms: Sequence[Atom]) -> None:
        """A bare member of a list takes the unit, and where it has none the multiplier, of the member after it."""
        for first, second in zip(reversed(atoms[:-1]), reversed(atoms[1:]), strict=True):
            if first.unit is not None or second.unit is None or second.start - first.end > 6:
                continue
            gap = text[first.end : second.start].strip()
            if gap in self._list_separators and not (first.weak and gap == ","):
                first.unit, first.weak = second.unit, False
                first.mult = first.mult or second.mult
        for first, second in pairwise(atoms):  # … and what a word joins to a bare figure is one as well
            bare = first.unit is None and second.unit is None and not first.weak
            joined = text[first.end : second.start].strip() in self._list_separators
            if bare and joined and "." in text[second.start : second.end]:
                second.weak = False

    def _elided(self, text: str, atoms: Sequence[Atom]) -> None:
        """A bare number of millions after a sum of money is money, if it counts no noun ($4 billion, of which 1.2 billion)."""
        for first, second in pairwise(atoms):
            money = first.unit is not None and first.unit.kind == "money"
            big = second.mult is not None and text[second.end - 1].isascii() and second.unit is None
            alone = text[second.end : second.end + 1] not in "-+" and self._figures.counted(text, second.end) is None
            if money and big and alone and ". " not in text[first.end : second.start]:
                second.unit = first.unit

    def _ranges(self, text: str, atoms: Sequence[Atom]) -> list[Atom]:
        joined: list[Atom] = []
        place = 0
        while place < len(atoms):
            first = atoms[place]
            if place + 1 < len(atoms) and self._range(text, first, atoms[place + 1]):
                place += 1
            joined.append(first)
            place += 1
        return joined

    def _range(self, text: str, first: Atom, second: Atom) -> bool:
        """Makes ``first`` the range of both, if that is what the text says."""
        gap = text[first.end : second.start].strip() if second.start - first.end <= 10 else None
        before = text[max(0, first.start - 12) : first.start].rstrip().lower()
        within = before.endswith(self._between)
        if gap is None or not (gap in self._separators or (within and gap in self._between_separators)):
            return False
        if not _share_unit(first, second):
            return False
        if self._two(before) and not within:
            first.weak = False
            second.after_dash = False
            return False
        low, high = first.value, second.value
        if low >= high or (first.unit is None and (first.weak or second.weak or gap == "-")):
            first.weak = first.weak or first.unit is None
            return False
        first.lower, first.upper, first.end = low, high, second.end
        first.bound, first.weak = second.bound, False
        return True

    def _two(self, before: str) -> bool:
        return any(before.endswith(word) and begins(before, len(before) - len(word)) for word in self._two_after)

    # -- bounds

    def _quantity(self, text: str, folded: str, atom: Atom) -> Quantity:
        unit = atom.unit or (_COUNT if atom.mult is not None or atom.counted is not None or atom.scale_only else _PLAIN)
        start, end = atom.start, atom.end
        if unit.per_second and (word := self._speed(text, start)):
            unit, start = Unit(unit.per_second, "bandwidth", unit.scale), start - word
        value = (atom.lower + atom.upper) / 2 if atom.lower is not None and atom.upper is not None else atom.value
        bound = self._after(text, folded, end)
        ahead = self._before(folded, start)
        if not ahead and unit.kind in self._remote_kinds:
            ahead = self._remotely(folded, start)
        if not bound or (bound == "~" and ahead):
            bound = ahead if ahead not in ("", "~") else atom.bound or ahead or bound
        return Quantity(
            start, end, text[start:end], _plain(value), unit.notation, unit.kind, bound or "=",
            _plain(atom.lower), _plain(atom.upper), unit.counter or atom.counted or "",
        )  # fmt: skip

    def _speed(self, text: str, start: int) -> int:
        edge = start - 1 if text[start - 1 : start] == " " else start
        return next((start - edge + len(word) for word in self._per_second if text.endswith(word, 0, edge)), 0)

    def _before(self, folded: str, start: int) -> str:
        """The bound that the words right before ``start`` set; empty if none."""
        edge = start
        while edge > max(0, start - 2) and folded[edge - 1] == " ":
            edge -= 1
        if not edge or folded[edge - 1] not in self._bound_ends:
            return ""
        if found := self._bound_at(folded, edge):
            return found[1]
        if (short := self._short.before(folded, edge)) and (
            found := self._bound_at(folded, _trim(folded, edge - len(short[0])))
        ):
            return found[1]
        for _ in range(5):
            particle = self._particles.before(folded, edge)
            if particle is None:
                return ""
            edge = _trim(folded, edge - len(particle[0]))
            if (found := self._bound_at(folded, edge)) and found[0] in self._loose:
                return found[1]
        return ""

    def _remotely(self, folded: str, start: int) -> str:
        """The bound of 约占全国的三成, where the whole stands between the bound and the figure."""
        if not folded.endswith(self._remote_ends, 0, start):
            return ""
        found = self._remote.search(folded, max(0, start - 24), start)
        return self._remote_bounds[found[1]] if found else ""

    def _bound_at(self, folded: str, edge: int) -> tuple[str, str] | None:
        found = self._prefix.before(folded, edge) if edge > 0 else None
        if found is None or (
            len(found[0]) <= 2 and folded.endswith(self._bound_decoys, 0, edge) and not is_latin(found[0][0])
        ):
            return None
        return None if folded.endswith(self._latin_decoys, 0, edge) else found

    def _after(self, text: str, folded: str, end: int) -> str:
        """The bound that the words right after ``end`` set; empty if none."""
        place = end + 1 if text.startswith(" ", end) else end
        found = self._suffix.at(text, folded, place, lambda word, stop: self._suffix_stands(text, word, end, stop))
        return found[1] if found else ""

    def _suffix_stands(self, text: str, word: str, end: int, stop: int) -> bool:
        only = self._suffix_only.get(word)
        if only is not None and not text.endswith(only, 0, end):
            return False
        return not text.startswith(self._suffix_banned.get(word, ()), stop)


def _trim(text: str, edge: int) -> int:
    return edge - 1 if edge > 0 and text[edge - 1] == " " else edge


def _plain(value: Decimal | None) -> Decimal:
    """The value without exponent or trailing zeros."""
    if value is None:
        return None  # type: ignore[return-value]
    if value.as_tuple().exponent < -6 and abs(value) >= 1:  # type: ignore[operator]
        value = value.quantize(Decimal("0.0001"))
    whole = value.to_integral_value()
    return Decimal(int(whole)) if value == whole else Decimal(f"{value.normalize():f}")


def _share_unit(first: Atom, second: Atom) -> bool:
    """Lets two ends of a range share unit and multiplier; False if they cannot be one range."""
    if first.unit is None:
        first.unit = second.unit
    elif second.unit is None and (first.prefixed or first.marked):
        second.unit = first.unit
    elif second.unit is None or (first.unit.notation, first.unit.kind) != (second.unit.notation, second.unit.kind):
        return False
    elif not first.prefixed:
        return True
    if first.mult is None and second.mult is not None and first.number < second.number:
        first.mult = second.mult
    return True


def _outside(atoms: Iterable[Atom], taken: Sequence[tuple[int, int]]) -> list[Atom]:
    """The figures that touch none of the sorted stretches."""
    kept: list[Atom] = []
    place, reached = 0, 0
    for atom in atoms:
        while place < len(taken) and taken[place][0] < atom.end:
            reached = max(reached, taken[place][1])
            place += 1
        if reached <= atom.start:
            kept.append(atom)
    return kept
