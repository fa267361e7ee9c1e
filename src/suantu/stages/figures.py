"""Single figures in a text, each with its own unit, before ranges, lists and bounds are read.

The scanner stops only at digits, numeral characters and Latin words; what is no figure (names, labels, versions,
telephones) is decided by what stands directly left and right of it. Every word comes from ``quantities.yaml``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from suantu.errors import RuleError
from suantu.stages.numerals import (
    LONGEST,
    Lexicon,
    Numeral,
    Numerals,
    begins,
    is_han,
    is_latin,
    latin_number,
    numbers,
    on_edge,
    section,
    words,
)

_ARABIC = re.compile(r"[0-9]{1,3}(?:,[0-9]{3}){1,6}(?![0-9])(?:[.．][0-9]+)?|[0-9]+(?:[.．][0-9]+)?")
_DIGITS = re.compile(r"[0-9]+")
_FRACTION = re.compile(r"([1-9])/([1-9]|10)(?![0-9/.])")
_LATIN = re.compile(r"[A-Za-z]+")
_NEXT_WORD = re.compile(r" ([A-Za-z][A-Za-z-]*)")
_DASHES = "-–—‒−－~～"
_FOUR = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as one spelling names it: ``scale`` takes the written number to the base unit ``notation``."""

    notation: str
    kind: str
    scale: Decimal = Decimal(1)
    counter: str = ""
    per_second: str = ""
    digits_only: bool = False


@dataclass(slots=True)
class Atom:
    """A figure under construction. ``weak`` ones stand only as part of a range or a list."""

    start: int
    end: int
    number: Decimal
    mult: Decimal | None = None
    unit: Unit | None = None
    bound: str = ""
    weak: bool = False
    prefixed: bool = False
    marked: bool = False
    after_dash: bool = False
    lower: Decimal | None = None
    upper: Decimal | None = None
    counted: str | None = None
    scale_only: bool = False

    @property
    def value(self) -> Decimal:
        """The value in the base unit."""
        scale = self.unit.scale if self.unit else Decimal(1)
        return self.number * (self.mult or 1) * scale


@dataclass(frozen=True, slots=True)
class _Tail:
    end: int
    mult: Decimal | None = None
    unit: Unit | None = None
    bound: str = ""
    extra: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class _Left:
    """What stands left of a number: ``state`` is ok, no, label, named (a Latin name), joined (a Han word)."""

    state: str
    start: int
    currency: Unit | None = None
    sign: int = 1
    after_dash: bool = False


def _units(settings: Mapping[str, object], file: str) -> tuple[list[tuple[str, Unit]], list[tuple[str, Unit]]]:
    spellings: list[tuple[str, Unit]] = []
    prefixes: list[tuple[str, Unit]] = []
    digits_only = frozenset(words(settings, "counters_digits_only", file))
    listed = settings.get("units")
    if not isinstance(listed, list):
        raise RuleError(file, "units", "a list of units is expected here")
    for row in listed:
        try:
            name, kind = str(row["unit"]), str(row["kind"])
            for scale, forms in row["forms"].items():
                unit = Unit(name, kind, Decimal(str(scale)), per_second=str(row.get("per_second", "")))
                spellings += [(str(form), replace(unit, digits_only=form in digits_only)) for form in forms]
            prefixes += [(str(sign), Unit(name, kind)) for sign in row.get("prefix", ())]
        except (KeyError, TypeError, AttributeError, ArithmeticError) as error:
            raise RuleError(file, "units", f"unit, kind and forms (scale: spellings) are needed in {row}") from error
    for word in (*words(settings, "counters", file), *words(settings, "latin_counters", file)):
        spellings.append((word, Unit("count", "count", counter=word, digits_only=word in digits_only)))
    return spellings, prefixes


class Figures:
    """Finds single figures; built once from the settings of ``quantities.yaml``."""

    def __init__(self, settings: Mapping[str, object], file: str) -> None:
        numerals = section(settings, "numerals", file)
        table = {key: numbers(numerals, key, file) for key in ("digits", "small", "big", "latin_digits")}
        self._point = str(numerals.get("point", "."))
        self._han = Numerals(table["digits"], table["small"], table["big"], self._point)
        self._latin = Lexicon(table["latin_digits"].items())
        self._mults = Lexicon(numbers(numerals, "multipliers", file).items())
        self._money_mults = Lexicon(numbers(numerals, "money_multipliers", file).items())
        self._parameter_mults = Lexicon(numbers(numerals, "parameter_multipliers", file).items())
        self._not_mult = words(numerals, "not_multiplier_before", file)
        self._more = {str(k): str(v) for k, v in section(numerals, "more", file).items()}
        self._vague_before = words(numerals, "vague_before", file)
        self._vague_after = words(numerals, "vague_after", file)
        spellings, prefixes = _units(settings, file)
        self._spellings = Lexicon(spellings)
        self._currency = Lexicon(prefixes)
        self._load_context(settings, file)
        self._load_phrases(settings, file)
        self._compile(settings, file, table["digits"])

    def _load_context(self, settings: Mapping[str, object], file: str) -> None:
        self._not_before = {k: words(section(settings, "not_before", file), k, file) for k in section(settings, "not_before", file)}
        self._not_capital = frozenset(words(settings, "not_before_capital", file))
        self._one_counters = frozenset(words(settings, "counters_one", file))
        self._one_kinds = frozenset(words(settings, "one_kinds", file))
        self._scale_after = words(settings, "scale_after", file)
        self._scale_before = words(settings, "scale_before", file)
        self._scale_end = words(settings, "scale_end_before", file)
        self._scale_bounds = section(settings, "scale_before_bound", file)
        self._scale_vague = str(settings.get("scale_vague_bound", "~"))
        self._value_words = words(settings, "value_words", file)
        self._measured = Lexicon((word, True) for word in words(settings, "measured_names", file))
        self._label_hard = words(settings, "label_hard", file)
        self._label_colons = words(settings, "label_colons", file)
        self._labels = Lexicon((word, True) for word in words(settings, "label_before", file))
        self._label_after = words(settings, "label_after", file)
        self._stop = frozenset(words(settings, "latin_stop", file))
        self._openers = frozenset(words(settings, "latin_openers", file))
        decoys = words(settings, "decoys", file)
        self._decoys = frozenset(decoys)
        self._decoy_lengths = sorted({len(word) for word in decoys if is_han(word[0])}, reverse=True)
        self._latin_decoys = tuple(word for word in decoys if is_latin(word[0]))
        params = section(settings, "parameter_words", file)
        self._params_after = tuple(words(params, "after", file))
        between = "|".join(map(re.escape, words(params, "between", file)))
        before = "|".join(map(re.escape, words(params, "before", file)))
        self._params_before = re.compile(f"(?:{before})(?:{between}){{0,3}} ?$")

    def _load_phrases(self, settings: Mapping[str, object], file: str) -> None:
        rows: list[tuple[str, tuple[Decimal, str, Unit]]] = []
        for kind, table in section(settings, "phrases", file).items():
            rows += [(str(w), (Decimal(str(v)), str(b), Unit(kind, kind))) for w, (v, b) in dict(table).items()]
        self._phrases = Lexicon(rows)
        fractions = section(settings, "fractions", file)
        self._marker = str(fractions.get("marker", ""))
        self._parts = Lexicon(numbers(fractions, "latin", file).items())
        self._articles = frozenset(words(fractions, "latin_one", file))
        self._need_of = words(fractions, "need_of", file)
        self._half_after = words(settings, "half_not_after", file)
        self._half_before = words(settings, "half_not_before", file)
        self._percent, self._permille = Unit("percent", "percent"), Unit("permille", "percent")
        self._starters = frozenset(
            [word.split(" ")[0].split("-")[0] for word, _ in rows if is_latin(word[0])]
            + list(numbers(section(settings, "numerals", file), "latin_digits", file))
            + list(self._articles)
        )
        self._phrase_reach = max((len(word) for word, _ in rows if is_han(word[0])), default=1)
        self._phrase_chars = frozenset(char for word, _ in rows for char in word if is_han(char))

    def _compile(self, settings: Mapping[str, object], file: str, digits: Mapping[str, Decimal]) -> None:
        letters = "".join(sorted(self._han.letters))
        heads = "".join(sorted({word[0] for word in self._phrase_words(settings, file)}))
        self._start = re.compile(f"[0-9A-Za-z{letters}{heads}]")
        self._run = re.compile(f"[{letters}]+(?:{re.escape(self._point)}[{''.join(digits)}]+)?")
        self._digit = digits
        patterns = "|".join(words(settings, "not_figures", file))
        try:
            self._skip = re.compile(f"(?:{patterns})(?![0-9])")
        except re.error as error:
            raise RuleError(file, "not_figures", f"not a regular expression: {error}") from error

    @staticmethod
    def _phrase_words(settings: Mapping[str, object], file: str) -> list[str]:
        tables = section(settings, "phrases", file).values()
        return [str(word) for table in tables for word in dict(table) if is_han(str(word)[0])]

    # -- scanning

    def find(self, text: str, folded: str) -> list[Atom]:
        """Every figure of the text, left to right; ``folded`` is its ``lowered`` form."""
        atoms: list[Atom] = []
        pos, search = 0, self._start.search
        while match := search(text, pos):
            start = match.start()
            char = text[start]
            if "0" <= char <= "9":
                atom, pos = self._digits(text, folded, start)
            elif is_latin(char):
                atom, pos = self._word(text, folded, start)
            else:
                atom, pos = self._numeral(text, folded, start)
            if atom is not None:
                atoms.append(atom)
                pos = max(atom.end, start + 1)
        return atoms

    def _digits(self, text: str, folded: str, start: int) -> tuple[Atom | None, int]:
        match = _ARABIC.match(text, start)
        skip = self._skip.match(text, start)
        if match is None or skip is not None or match.end() - start > LONGEST:
            end = (skip or match or _DIGITS.match(text, start)).end()  # type: ignore[union-attr]
            return None, max(end, start + 1)
        left = self._left(text, start)
        if left.state == "no" and not text.startswith(("%", "‰"), match.end()):
            return None, match.end()
        if atom := self._slash_fraction(text, start, left):
            return atom, atom.end
        number = Decimal(_plain(match[0]))
        if text.startswith(self._marker, match.end()):
            fraction, end = self._fraction(text, left.start, number, match.end())
            if fraction is not None:
                return fraction, end
        tail = self._tail(text, folded, match.end(), left.currency is not None)
        atom = Atom(left.start, tail.end, number * left.sign, tail.mult, tail.unit or left.currency, tail.bound)
        atom.prefixed, atom.after_dash = left.currency is not None, left.after_dash
        if tail.extra:
            atom.number, atom.mult = number * (tail.mult or 1) + tail.extra, Decimal(1)
        if left.sign < 0 and (atom.unit is None or atom.unit.kind != "percent"):
            atom.number, atom.start = number, start
        return (atom if self._stands(text, atom, match, left) else None), max(match.end(), start + 1)

    def _stands(self, text: str, atom: Atom, match: re.Match[str], left: _Left) -> bool:
        """Whether the number with what was found right of it may be a figure at all; sets ``weak`` and ``counted``."""
        unit = atom.unit
        if left.state == "label":
            return atom.mult is not None or (unit is not None and unit.kind not in ("count", "score"))
        if unit is not None and unit.kind == "duration" and unit.notation == "year" and _year_like(match[0]):
            return False
        if unit is not None or atom.mult is not None:
            if unit is not None and unit.kind == "count" and atom.mult is None and _section_like(text, match):
                return False
            if left.state == "named" and unit is not None and atom.mult is None:
                spelled = text[match.end() : atom.end].strip()
                latin = is_latin(spelled[-1:] or " ")
                long_word = unit.kind == "count" and len(spelled) > 1 and "," not in match[0]
                return not long_word and not (latin and len(spelled) == 1 and unit.kind != "percent")
            return True
        return self._bare(text, atom, match, left)

    def _bare(self, text: str, atom: Atom, match: re.Match[str], left: _Left) -> bool:
        end, digits = match.end(), match[0]
        after = text[end : end + 1]
        if (after and (is_latin(after) or after == "_")) or (after in _DASHES and is_latin(text[end + 1 : end + 2] or " ")):
            return False
        if _year_like(digits) or (digits[0] == "0" and len(digits) > 1 and "." not in digits):
            return False
        if (len(digits) >= 8 and "," not in digits) or text.startswith(self._label_after, end):
            return False
        if _marker_like(text, match) or left.state == "named":
            return False
        atom.weak = left.state == "joined"
        if noun := _NEXT_WORD.match(text, end):
            word = noun[1]
            if word not in self._stop and "." not in digits:
                atom.counted = word if word.islower() and word.endswith("s") else ""
        return True

    def _left(self, text: str, start: int) -> _Left:
        if start == 0:
            return _Left("ok", start)
        spaced = text[start - 1] == " "
        edge = len(text[max(0, start - 3) : start].rstrip()) + max(0, start - 3) if spaced else start
        sign = self._currency.before(text, edge) if edge else None
        if sign is not None and edge >= start - 1:
            return _Left("ok", edge - len(sign[0]), sign[1])
        if edge == 0 or self._measured.before(text, edge):
            return _Left("ok", start)
        if text.endswith(self._label_hard, 0, edge):
            return _Left("no", start)
        if self._labels.before(text, edge - text.endswith(self._label_colons, 0, edge)):
            return _Left("label", start)
        return self._spaced(text, start, edge) if spaced else self._glued(text, start)

    def _spaced(self, text: str, start: int, edge: int) -> _Left:
        if not text[edge - 1].isascii() or not text[edge - 1].isalnum():
            return _Left("ok", start)
        begin = edge
        while begin > max(0, edge - 24) and text[begin - 1].isascii() and (text[begin - 1].isalnum() or text[begin - 1] in ".-+'"):
            begin -= 1
        token = text[begin:edge]
        named = any("A" <= char <= "Z" for char in token) and token not in self._openers
        return _Left("named" if named else "ok", start)

    def _glued(self, text: str, start: int) -> _Left:
        char, before = text[start - 1], text[start - 2 : start - 1] if start > 1 else ""
        if is_latin(char) or char in "_@#" or char.isdigit():
            return _Left("no", start)
        if char in _DASHES:
            if before and (is_latin(before) or before == "-"):
                return _Left("no", start)
            inner = bool(before) and (before.isdigit() or before in "%‰" or before == char)
            negative = char in "-−－" and not inner
            return _Left("ok", start - negative, None, -1 if negative else 1, bool(before) and before.isdigit())
        if char in ".·" and before and before.isascii() and before.isalnum():
            return _Left("no", start)
        if char == "/" and before and before.isascii() and before.isalnum():
            return _Left("joined", start)
        if is_han(char) and not text.endswith(self._value_words, 0, start):
            return _Left("joined", start)
        return _Left("ok", start)

    # -- right of the number

    def _tail(self, text: str, folded: str, pos: int, money: bool) -> _Tail:
        direct = self._unit(text, folded, pos)
        place, bound = self._more_at(text, pos)
        mult, place, extra = self._multiplier(text, folded, place, money)
        if mult is not None:
            place, again = self._more_at(text, place)
            bound = again or bound
        found = self._unit(text, folded, place)
        if direct and (found is None or direct[0] >= found[0]):
            return _Tail(direct[0], None, direct[1])
        if found:
            return _Tail(found[0], mult, found[1], bound, extra)
        if mult is None and bound and place < len(text) and is_han(text[place]):
            place, bound = pos, ""
        return _Tail(place, mult, None, bound, extra)

    def _more_at(self, text: str, pos: int) -> tuple[int, str]:
        place = pos + 1 if text.startswith(" ", pos) else pos
        bound = self._more.get(text[place : place + 1], "")
        if bound and not text[place + 1 : place + 2].isdigit():
            return place + 1, bound
        return pos, ""

    def _multiplier(self, text: str, folded: str, pos: int, money: bool) -> tuple[Decimal | None, int, Decimal]:
        place = pos + 1 if text.startswith((" ", "-"), pos) else pos
        found = self._mults.at(text, folded, place)
        if found and not text.startswith(self._not_mult, place + len(found[0]) - 1):
            end, extra = place + len(found[0]), Decimal(0)
            if found[0].isascii() is False and (more := _ARABIC.match(text, end)):
                second = self._mults.at(text, folded, more.end())
                if second and second[1] < found[1] and len(more[0]) < LONGEST:
                    extra = Decimal(_plain(more[0])) * second[1]
                    end = more.end() + len(second[0])
            return found[1], end, extra
        if money and (found := self._money_mults.at(text, folded, place)):
            return found[1], place + len(found[0]), Decimal(0)
        if found := self._parameter_mults.at(text, folded, pos):
            return self._parameters(text, pos, found)
        return None, pos, Decimal(0)

    def _parameters(self, text: str, pos: int, found: tuple[str, Decimal]) -> tuple[Decimal | None, int, Decimal]:
        """175B, where parameters are what is counted; otherwise it is a model's name."""
        end = pos + len(found[0])
        begin = pos
        while begin and (text[begin - 1].isdigit() or text[begin - 1] == "."):
            begin -= 1
        beside = text[end + 1 if text.startswith(" ", end) else end :][:12]
        if beside.startswith(self._params_after) or self._params_before.search(text, max(0, begin - 16), begin):
            return found[1], end, Decimal(0)
        return None, pos, Decimal(0)

    def _unit(self, text: str, folded: str, pos: int) -> tuple[int, Unit] | None:
        place = pos
        while place < pos + 2 and text.startswith(" ", place):
            place += 1
        found = self._spellings.at(text, folded, place, lambda spelling, end: self._may_follow(text, spelling, end))
        return (place + len(found[0]), found[1]) if found else None

    def _may_follow(self, text: str, spelling: str, end: int) -> bool:
        banned = self._not_before.get(spelling)
        if banned and text.startswith(banned, end + 1 if text.startswith(" ", end) and spelling.isascii() else end):
            return False
        if spelling in self._not_capital:
            beside = text[end : end + 2].strip()
            return not beside or not ("A" <= beside[0] <= "Z" or beside[0].isdigit())
        return True

    # -- numerals in words

    def _decoy(self, text: str, start: int) -> bool:
        """Whether a word that is no figure covers the character at ``start``."""
        for length in self._decoy_lengths:
            for begin in range(max(0, start - length + 1), start + 1):
                if text[begin : begin + length] in self._decoys:
                    return True
        return False

    def _numeral(self, text: str, folded: str, start: int) -> tuple[Atom | None, int]:
        run = self._run.match(text, start)
        end = run.end() if run else start + 1
        if run and text.startswith(self._marker, end) and not text.endswith(self._label_hard, 0, start):
            numeral = self._han.read(run[0])
            fraction, stop = self._fraction(text, start, numeral.value, end) if numeral else (None, end)
            if fraction is not None:
                return fraction, stop
        if text[start] in self._phrase_chars and (found := self._phrases.at(text, folded, start)):
            word, (value, bound, unit) = found
            stop = start + len(word)
            if not self._decoy(text, stop - 1) and not self._decoy(text, start):
                return Atom(start, stop, value, None, unit, "" if bound == "=" else bound), stop
        if run is None or text.endswith(self._label_hard, 0, start) or end - start > LONGEST:
            return None, end
        if text.endswith(self._vague_before, 0, start) or self._decoy(text, start):
            return None, end
        return self._worded(text, folded, start, end), end

    def _worded(self, text: str, folded: str, start: int, end: int) -> Atom | None:
        """A Han numeral with its unit; a last 千 or 百 may belong to the unit (五百千瓦)."""
        for stop in range(end, max(start, end - 3), -1):
            numeral = self._han.read(text[start:stop])
            if numeral is None:
                continue
            tail = self._tail(text, folded, stop, False)
            if atom := self._accept(text, Atom(start, tail.end, numeral.value, tail.mult, tail.unit, tail.bound), numeral, stop):
                return atom
        return None

    def _accept(self, text: str, atom: Atom, numeral: Numeral, stop: int) -> Atom | None:
        unit, written = atom.unit, text[atom.start : stop]
        if unit is not None and unit.digits_only and not (numeral.only_scale or len(written) > 2):
            return None
        if numeral.only_scale:
            return self._scale(text, atom)
        if unit is None:
            if atom.mult is None and not atom.bound and len(written) > 1 and (self._point in written or written[-1] not in self._digit):
                big = numeral.value >= 10000
                atom.weak = not big and self._point not in written
            else:
                atom.weak = atom.mult is None
            return None if atom.weak and text.startswith(self._vague_after, stop) else atom
        if written in self._digit and numeral.value == 1:
            known = unit.counter in self._one_counters or unit.kind in self._one_kinds
            return atom if known and text.endswith(unit.counter, 0, atom.end) else None
        return self._tenths(text, atom)

    def _tenths(self, text: str, atom: Atom) -> Atom:
        """六成五: a digit after a unit of tens counts its ones."""
        digit = self._digit.get(text[atom.end : atom.end + 1])
        if digit and atom.unit and atom.unit.kind == "percent" and atom.unit.scale == 10:
            atom.number += digit / 10
            atom.end += 1
        return atom

    def _scale(self, text: str, atom: Atom) -> Atom | None:
        """千卡, 上百家, 过万, 百亿级: a multiplier alone, where its surroundings make it a figure."""
        head = next((w for w in sorted(self._scale_before, key=len, reverse=True) if text.endswith(w, 0, atom.start)), "")
        counted = text[: atom.end].endswith(self._scale_after) or text.startswith(self._scale_after, atom.end)
        ended = atom.end >= len(text) or text.startswith(self._scale_end, atom.end)
        if not (counted or atom.bound or (head and (atom.unit or ended))):
            return None
        atom.scale_only = True
        atom.bound = atom.bound or str(self._scale_bounds.get(head, "" if head else self._scale_vague))
        return atom

    # -- fractions and Latin words

    def _fraction(self, text: str, start: int, whole: Decimal, end: int) -> tuple[Atom | None, int]:
        begin = end + len(self._marker)
        run, arabic = self._run.match(text, begin), _ARABIC.match(text, begin)
        part: Decimal | None = None
        if arabic and len(arabic[0]) < LONGEST:
            part, stop = Decimal(_plain(arabic[0])), arabic.end()
        elif run and (numeral := self._han.read(run[0])):
            part, stop = numeral.value, run.end()
        if part is None or not whole:
            return None, begin
        permille = whole == 1000
        value = part if whole in (100, 1000) else _percentage(part, whole)
        unit = self._permille if permille else self._percent
        return Atom(start, stop, value, None, unit, marked=whole in (100, 1000)), stop

    def _slash_fraction(self, text: str, start: int, left: _Left) -> Atom | None:
        match = _FRACTION.match(text, start)
        if match is None or int(match[1]) >= int(match[2]) or left.state != "ok" or left.after_dash:
            return None
        if is_latin(text[match.end() : match.end() + 1] or " ") or text[start - 1 : start] == "/":
            return None
        return Atom(start, match.end(), _percentage(Decimal(match[1]), Decimal(match[2])), None, self._percent)

    def _word(self, text: str, folded: str, start: int) -> tuple[Atom | None, int]:
        run = _LATIN.match(text, start)
        end = run.end() if run else start + 1
        if folded[start:end] not in self._starters or not begins(text, start) or not on_edge(text, end):
            return None, end
        if folded.startswith(self._latin_decoys, start) or text[start - 1 : start] == "-":
            return None, end
        if found := self._phrases.at(text, folded, start):
            word, (value, _, unit) = found
            if unit.kind == "percent":
                return self._half(text, folded, start, value, unit)
            return Atom(start, start + len(word), value, None, unit), end
        return self._counting(text, folded, start, end)

    def _half(self, text: str, folded: str, start: int, value: Decimal, unit: Unit) -> tuple[Atom | None, int]:
        end = start + len("half")
        before, after = folded[:start].rstrip(" -")[-16:], folded[end : end + 14]
        if before.endswith(self._half_after) or after.lstrip(" ").startswith(self._half_before):
            scaled = self._mults.at(text, folded, end + 3) if after.startswith(" a ") else None
            if scaled is None:
                return None, end
            tail = self._tail(text, folded, end + 3 + len(scaled[0]), False)
            return Atom(start, tail.end, value / 100, scaled[1], tail.unit), end
        return Atom(start, end, value, None, unit), end

    def _counting(self, text: str, folded: str, start: int, end: int) -> tuple[Atom | None, int]:
        parts: list[Decimal] = []
        pos = start
        if folded[start:end] in self._articles:
            parts, pos = [Decimal(1)], end
        while len(parts) < 2 and pos != end and (found := self._latin.at(folded, folded, pos)):
            parts.append(found[1])
            pos += len(found[0])
            if pos < len(text) and text[pos] in " -" and self._latin.at(folded, folded, pos + 1):
                pos += 1
            else:
                break
        value = latin_number(parts) if parts else None
        if value is None:
            return None, end
        article = folded[start:end] in self._articles
        if text[pos : pos + 1] in (" ", "-") and (piece := self._parts.at(folded, folded, pos + 1)):
            stop = pos + 1 + len(piece[0])
            of = text[stop : stop + 1] == " " and text.startswith(self._need_of, stop + 1)
            if (of or not article) and text[stop : stop + 1] != "-" and value < piece[1]:
                return Atom(start, stop, _percentage(value, piece[1]), None, self._percent), stop
        tail = self._tail(text, folded, pos, False)
        if value == 1 and tail.mult is None:
            return None, end
        atom = Atom(start, tail.end, value, tail.mult, tail.unit, tail.bound)
        if tail.unit is None and tail.mult is None:
            noun = _NEXT_WORD.match(text, pos)
            plural = bool(noun) and noun is not None and noun[1].islower() and noun[1].endswith("s") and noun[1] not in self._stop
            atom.counted, atom.weak = (noun[1] if noun and plural else None), not plural
        return atom, pos


def _percentage(part: Decimal, whole: Decimal) -> Decimal:
    value = part * 100 / whole
    return Decimal(value.to_integral_value()) if value == value.to_integral_value() else value.quantize(_FOUR)


def _plain(digits: str) -> str:
    return digits.replace(",", "").replace("．", ".")


def _year_like(digits: str) -> bool:
    return len(digits) == 4 and digits.isdigit() and "1900" <= digits <= "2099"


def _marker_like(text: str, match: re.Match[str]) -> bool:
    """A list marker (1. …, （2）, [3]) or a section's number at the head of a text (4.2 …)."""
    start, end = match.span()
    after, before = text[end : end + 1], text[start - 1 : start]
    small = match[0].isdigit() and len(match[0]) <= 2
    if before and before in "（([【" and after and after in "）)]】":
        return small or before in "[【"
    if text[:start].strip() or not text[end:].strip():
        return False
    if after in ".、)）．":
        return small
    following = text[end:].lstrip()[:1]
    return bool(following) and not following.isdigit() and ("." in match[0] or small) and not (following in "%‰+-—~")


def _section_like(text: str, match: re.Match[str]) -> bool:
    """A section's number at the head of a text (6.1 …)."""
    return "." in match[0] and text.startswith(" ", match.end()) and not text[: match.start()].strip()
