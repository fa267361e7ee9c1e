"""Figures in words: 三千亿, 四分之一, 上百家, 翻番, ``twenty-five companies``, ``two thirds``, ``tenfold``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

from suantu.errors import RuleError
from suantu.expressions import compiled
from suantu.stages.measures import ARABIC, Atom, Measures, Unit, percentage, plain
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

_LATIN = compiled(r"[A-Za-z]+")
_NAME = compiled(r" [A-Z][A-Za-z0-9]*(?:[- ][A-Z]{0,3}[0-9]+[A-Za-z]*)* [A-Za-z]")
_NOUN = compiled(r" ([a-z][a-z-]*s)(?![A-Za-z-])")


def _phrases(settings: Mapping[str, object], file: str) -> list[tuple[str, tuple[Decimal, str, Unit]]]:
    rows: list[tuple[str, tuple[Decimal, str, Unit]]] = []
    kinds = section(settings, "phrases", file)
    for kind in kinds:
        for phrase, row in section(kinds, kind, file).items():
            if not isinstance(row, list) or len(row) != 2:
                raise RuleError(file, f"phrases: {phrase}", "a value and a bound are expected here, as in [2, '=']")
            rows.append((str(phrase), (Decimal(str(row[0])), str(row[1]), Unit(kind, kind))))
    return rows


class WordedFigures:
    """Finds figures in words; built from the settings of ``quantities.yaml``."""

    def __init__(self, settings: Mapping[str, object], file: str, measures: Measures) -> None:
        self._measures = measures
        numerals = section(settings, "numerals", file)
        self._han = Numerals.from_settings(numerals, file)
        self._digit = numbers(numerals, "digits", file)
        self._and_half = str(numerals.get("half", ""))
        self._point = str(numerals["point"])
        self._latin = Lexicon(numbers(numerals, "latin_digits", file).items())
        self._vague_before = words(numerals, "vague_before", file)
        self._vague_after = words(numerals, "vague_after", file)
        self._label_hard = words(settings, "label_hard", file)
        self._partitive = compiled(str(settings.get("latin_partitive", "(?!)")))
        self._stop = frozenset(words(settings, "latin_stop", file))
        decoys = words(settings, "decoys", file)
        self._decoys = frozenset(decoys)
        self._decoy_lengths = sorted({len(word) for word in decoys if is_han(word[0])}, reverse=True)
        self._latin_decoys = tuple(word for word in decoys if is_latin(word[0]))
        self._load_scales(settings, file)
        self._load_phrases(settings, file)
        letters = "".join(sorted(self._han.letters))
        self._run = compiled(f"[{letters}]+(?:{re.escape(self._point)}[{''.join(self._digit)}]+)?")

    @property
    def heads(self) -> frozenset[str]:
        """The Han characters at which a figure in words may begin."""
        return self._han.letters | self._phrase_heads

    def _load_scales(self, settings: Mapping[str, object], file: str) -> None:
        self._one_counters = frozenset(words(settings, "counters_one", file))
        self._one_kinds = frozenset(words(settings, "one_kinds", file))
        self._scale_after = words(settings, "scale_after", file)
        self._scale_before = sorted(words(settings, "scale_before", file), key=len, reverse=True)
        self._scale_end = words(settings, "scale_end_before", file)
        self._scale_bounds = section(settings, "scale_before_bound", file)
        self._scale_vague = str(settings.get("scale_vague_bound", "~"))

    def _load_phrases(self, settings: Mapping[str, object], file: str) -> None:
        rows = _phrases(settings, file)
        self._phrases = Lexicon(rows)
        self._phrase_heads = frozenset(word[0] for word, _ in rows if is_han(word[0]))
        fractions = section(settings, "fractions", file)
        self.marker = str(fractions.get("marker", ""))
        self._parts = Lexicon(numbers(fractions, "latin", file).items())
        self._articles = frozenset(words(fractions, "latin_one", file))
        self._need_of = words(fractions, "need_of", file)
        self._share_before = words(fractions, "share_before", file)
        self._moved_before = words(fractions, "moved_before", file)
        after = "|".join(map(re.escape, words(fractions, "moved_after", file)))
        self._moved_after = compiled(rf" (?:{after})(?![a-z])|[,.;:)]|$")
        self._ratio_joins = words(fractions, "ratio_joins", file)
        self._half_after = words(settings, "half_not_after", file)
        self._half_before = words(settings, "half_not_before", file)
        self._percent, self._permille = Unit("percent", "percent"), Unit("permille", "percent")
        latin = [word.split(" ")[0].split("-")[0] for word, _ in rows if is_latin(word[0])]
        counted = numbers(section(settings, "numerals", file), "latin_digits", file)
        self._starters = frozenset([*latin, *counted, *self._articles])

    # -- Han numerals

    def numeral(self, text: str, folded: str, start: int) -> tuple[Atom | None, int]:
        """A figure in Han characters at ``start``, and where to go on."""
        run = self._run.match(text, start)
        end = run.end() if run else start + 1
        if run and text.startswith(self.marker, end) and not text.endswith(self._label_hard, 0, start):
            numeral = self._han.read(run[0])
            fraction, stop = self.fraction(text, start, numeral.value, end) if numeral else (None, end)
            if fraction is not None:
                return fraction, stop
        if text[start] in self._phrase_heads and (found := self._phrases.at(text, folded, start)):
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
            tail = self._measures.tail(text, folded, stop, False)
            if stop < end and tail.unit is None:
                continue
            if atom := self._accept(
                text, Atom(start, tail.end, numeral.value, tail.mult, tail.unit, tail.bound), numeral, stop
            ):
                return atom
        return None

    def _accept(self, text: str, atom: Atom, numeral: Numeral, stop: int) -> Atom | None:
        unit, written = atom.unit, text[atom.start : stop]
        if (
            unit is not None
            and unit.digits_only
            and not numeral.only_scale
            and numeral.value < 100
            and len(written) < 3
        ):
            return None
        if numeral.only_scale:
            return self._scale(text, atom)
        if unit is None:
            if (
                atom.mult is None
                and not atom.bound
                and len(written) > 1
                and (self._point in written or written[-1] not in self._digit)
            ):
                big = numeral.value >= 10000
                atom.weak = not big and self._point not in written
            else:
                atom.weak = atom.mult is None
            return None if atom.weak and text.startswith(self._vague_after, stop) else atom
        if written in self._digit and numeral.value == 1:
            known = unit.counter in self._one_counters or unit.kind in self._one_kinds
            return self._tenths(text, atom) if known and text.endswith(unit.counter, 0, atom.end) else None
        return self._tenths(text, atom)

    def _tenths(self, text: str, atom: Atom) -> Atom:
        """六成五, 四成半: a digit after a unit of tens counts its ones."""
        here = text[atom.end : atom.end + 1]
        digit = Decimal(5) if here and here == self._and_half else self._digit.get(here)
        if digit and atom.unit and atom.unit.kind == "percent" and atom.unit.scale == 10:
            atom.number += digit / 10
            atom.end += 1
        return atom

    def _scale(self, text: str, atom: Atom) -> Atom | None:
        """千卡, 上百家, 过万, 百亿级: a multiplier alone, where its surroundings make it a figure."""
        head = next(
            (w for w in sorted(self._scale_before, key=len, reverse=True) if text.endswith(w, 0, atom.start)), ""
        )
        counted = text.endswith(self._scale_after, 0, atom.end) or text.startswith(self._scale_after, atom.end)
        ended = atom.end >= len(text) or text.startswith(self._scale_end, atom.end)
        if not (counted or atom.bound or (head and (atom.unit or ended))):
            return None
        atom.scale_only = True
        atom.bound = atom.bound or str(self._scale_bounds.get(head, "" if head else self._scale_vague))
        return atom

    def _decoy(self, text: str, start: int) -> bool:
        """Whether a word that is no figure covers the character at ``start``."""
        for length in self._decoy_lengths:
            for begin in range(max(0, start - length + 1), start + 1):
                if text[begin : begin + length] in self._decoys:
                    return True
        return False

    def fraction(self, text: str, start: int, whole: Decimal, end: int) -> tuple[Atom | None, int]:
        """The fraction of ``whole`` parts whose marker stands at ``end``, and where to go on."""
        begin = end + len(self.marker)
        run, arabic = self._run.match(text, begin), ARABIC.match(text, begin)
        part: Decimal | None = None
        if arabic and len(arabic[0]) < LONGEST:
            part, stop = Decimal(plain(arabic[0])), arabic.end()
        elif run and (numeral := self._han.read(run[0])):
            part, stop = numeral.value, run.end()
        if part is None or not whole:
            return None, begin
        permille = whole == 1000
        value = part if whole in (100, 1000) else percentage(part, whole)
        unit = self._permille if permille else self._percent
        return Atom(start, stop, value, None, unit, marked=whole in (100, 1000)), stop

    # -- Latin words

    def word(self, text: str, folded: str, start: int) -> tuple[Atom | None, int]:
        """A figure in Latin words at ``start``, and where to go on."""
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
        before, after = folded[max(0, start - 18) : start].rstrip(" -"), folded[end : end + 14]
        if before.endswith(self._half_after) or after.lstrip(" ").startswith(self._half_before):
            scaled = self._measures.multiplier(folded, end + 3) if after.startswith(" a ") else None
            if scaled is None:
                return None, end
            tail = self._measures.tail(text, folded, end + 3 + len(scaled[0]), False)
            return Atom(start, tail.end, value / 100, scaled[1], tail.unit), end
        return Atom(start, end, value, None, unit), end

    def _counting(self, text: str, folded: str, start: int, end: int) -> tuple[Atom | None, int]:
        value, pos = self._number_words(folded, start, end)
        if value is None:
            return None, end
        article = folded[start:end] in self._articles
        if text[pos : pos + 1] in (" ", "-") and (piece := self._parts.at(folded, folded, pos + 1)):
            stop = pos + 1 + len(piece[0])
            of = text[stop : stop + 1] == " " and text.startswith(self._need_of, stop + 1)
            of = of or folded.endswith(self._share_before, 0, max(0, start - 1))
            moved = folded.endswith(self._moved_before, 0, max(0, start - 1))
            of = of or (moved and self._moved_after.match(folded, stop) is not None)
            if (of or not article) and text[stop : stop + 1] != "-" and value < piece[1]:
                return Atom(start, stop, percentage(value, piece[1]), None, self._percent), stop
        if not article and (ratio := self._ratio(folded, start, pos, value)):
            return ratio, ratio.end
        tail = self._measures.tail(text, folded, pos, False)
        if value == 1 and tail.mult is None:
            return None, end
        atom = Atom(start, tail.end, value, tail.mult, tail.unit, tail.bound)
        if tail.unit is None and tail.mult is None:
            noun = _NOUN.match(text, pos)
            atom.counted = noun[1] if noun and noun[1] not in self._stop else None
            named = _NAME.match(text, pos) or self._partitive.match(text, pos)
            if atom.counted is None and named and not article:
                atom.counted = ""
            atom.weak = atom.counted is None
        return atom, pos

    def _number_words(self, folded: str, start: int, end: int) -> tuple[Decimal | None, int]:
        """The value of the number words at ``start`` (an article counts one), and where they end."""
        if folded[start:end] in self._articles:
            return Decimal(1), end
        parts: list[Decimal] = []
        pos = start
        while len(parts) < 2 and (found := self._latin.at(folded, folded, pos)):
            parts.append(found[1])
            pos += len(found[0])
            if folded[pos : pos + 1] not in (" ", "-") or self._latin.at(folded, folded, pos + 1) is None:
                break
            pos += len(parts) < 2
        return (latin_number(parts) if parts else None), pos

    def _ratio(self, folded: str, start: int, pos: int, value: Decimal) -> Atom | None:
        """One in five, three out of four."""
        for join in self._ratio_joins:
            if folded.startswith(join, pos) and (whole := self._latin.at(folded, folded, pos + len(join))):
                end = pos + len(join) + len(whole[0])
                return Atom(start, end, percentage(value, whole[1]), None, self._percent) if value < whole[1] else None
        return None
