"""The grammar of times: 2020年上半年, 1H24, 2019-2024年, 未来五年, 去年同期, ``first half of 2021``. Every word is data.

A period's span covers the time's own words, not the preposition before it (到2024年 → 2024年, with ``ahead``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from suantu.errors import RuleError
from suantu.expressions import compiled
from suantu.records import Period
from suantu.stages.numerals import Lexicon, begins, either, lowered, numbers, section, tailed, words
from suantu.stages.parts import SPACES, Parts, Point
from suantu.stages.years import Years

__all__ = ["PeriodGrammar"]

_DAY = compiled("[0-9]{2}-[0-9]{2}")
_EARLY = ("-01", "-02", "-03")  # in these months the past year is the calendar year before
_PART = compiled("([0-9]{4})-([HQ])([1-4])")
# What relative words count from: the document's date, the period named before, the part of it (as it is, or so many
# halves, quarters or months on), the year last told of.
_FROM = ("issued", "previous", "same", "halves", "quarters", "months", "whole")
_STEPS = {"halves": ("-H", 2), "quarters": ("-Q", 4), "months": ("-", 12)}


@dataclass(frozen=True, slots=True)
class _Anchors:
    """What undated words count from: the document's date, the last period that has passed, the last one at all."""

    issued: str
    past: str
    latest: str
    here: bool = False

    def moved(self, period: Period, opens: bool, compared: bool) -> _Anchors:
        """After ``period`` was read: what lies ahead of the document dates no month or half-year, and neither does a
        year that is only looked back to or ``compared`` with; ``opens``: it opens its sentence."""
        ahead = period.ahead or (self.issued and _last_year(period.value) > _year_of(self.issued))
        back = self.here and not opens and _last_year(period.value) < _year_of(self.past)
        back = back or (compared and period.value < self.past)
        past = self.past if ahead or back else period.value
        if compared and back:
            return self
        return replace(self, latest=period.value, past=past, here=self.here or not ahead)


class PeriodGrammar:
    """Reads the times of a text. Stateless after construction."""

    def __init__(self, settings: Mapping[str, object], file: str) -> None:
        self._parts = Parts(settings, file)
        self._years = Years(settings, file, self._parts)
        self._count = {word: int(value) for word, value in numbers(settings, "latin_digits", file).items()}
        self._load_words(settings, file)
        self._load_relative(section(settings, "relative", file), file)
        self._alone_numbers = {w: int(v) for w, v in numbers(settings, "latin_ordinals", file).items()}
        self._alone_after = words(settings, "latin_part_after", file)
        self._alone = compiled(f"({either(list(self._alone_numbers))})(?= ?(?:[.,;:)]|$|(?:and|but|when|as|after) ))")
        self._load_spans(section(settings, "spans", file), str(section(settings, "year", file)["word"]), file)
        self._dispatch()

    @classmethod
    def from_settings(cls, settings: Mapping[str, object], file: str) -> PeriodGrammar:
        """The grammar of a loaded ``periods.yaml``; RuleError names ``file`` and the section that is wrong."""
        return cls(settings, file)

    def _load_words(self, settings: Mapping[str, object], file: str) -> None:
        year = section(settings, "year", file)
        short = [word for word in words(year, "tail", file) if len(word) < 3 and word[0] != str(year["word"])]
        self._tails = compiled(tailed(short, section(year, "tail_not_before", file)))
        self._ahead = Lexicon((word, True) for word in words(settings, "ahead", file))
        self._not_ahead = words(settings, "not_ahead", file)
        self._separators = Lexicon((word, True) for word in words(settings, "separators", file))
        self._between = words(settings, "between", file)
        self._between_separators = Lexicon((word, True) for word in words(settings, "between_separators", file))
        try:
            self._title = compiled("|".join(words(settings, "title", file)))
        except re.error as error:
            raise RuleError(file, "title", f"not a regular expression: {error}") from error

    def _load_relative(self, rules: Mapping[str, object], file: str) -> None:
        rows = [(w, (k, int(v))) for k in _FROM for w, v in numbers(rules, k, file).items()]
        self._relative = Lexicon(rows)
        self._relative_heads = {head for word, _ in rows for head in (word[0], word[0].upper())}
        self._relative_pairs = frozenset(word[:2] for word, _ in rows)
        self._issued_cues = words(rules, "issued_cues", file)
        self._compared, self._of = words(rules, "compared", file), words(rules, "compared_of", file)
        self._than = words(rules, "than", file)
        self._published = re.compile(str(rules.get("published", "(?!)")))
        banned, left = section(rules, "not_before", file), section(rules, "not_after", file)
        self._relative_banned = {word: words(banned, word, file) for word in banned}
        self._relative_left = {word: words(left, word, file) for word in left}

    def _load_spans(self, rules: Mapping[str, object], year: str, file: str) -> None:
        han = f"[{''.join(self._parts.digits)}{self._parts.ten}]{{1,3}}"
        number, vague = f"[0-9]{{1,2}}|{han}", either(words(rules, "vague", file))
        after, of = either(words(rules, "year", file)), either(words(rules, "of", file))
        future, past = words(rules, "future", file), words(rules, "past", file)
        self._future_words, self._past_words, self._past_left = future, past, words(rules, "past_not_after", file)
        sep, digits = either(self._parts.separators), "".join(self._parts.digits)
        self._span = compiled(
            f"({either([*future, *past])}) ?(?:{of})?(?:(?:{number})(?:{sep})|[{digits}](?=[{digits}]))?({number}|{vague}) ?(?:{after})"
        )
        growth = either(words(rules, "growth_after", file))
        self._during = words(rules, "during", file)
        self._named_span = (*future, *past)
        during = either(self._during)
        self._growth = compiled(f"({number}) ?{re.escape(year)}(?:(?=(?:{growth}))|(?:{during}))")
        count = f"[0-9]{{1,2}}|{either(list(self._count))}"
        self._latin_future, self._latin_past = words(rules, "latin_future", file), words(rules, "latin_past", file)
        latin_year = either(words(rules, "latin_year", file))
        self._latin_span = compiled(
            f"({either([*self._latin_future, *self._latin_past])}) ({count}) (?:{latin_year})(?![a-z])"
        )
        until = either(words(rules, "latin_until", file))
        self._latin_until = compiled(f"({count}) (?:{latin_year}) (?:{until}) ((?:19|20)[0-9]{{2}})(?![0-9])")
        self._latin_growth = compiled(
            f"({count})[- ](?:{either(words(rules, 'latin_joined', file))})(?=[- ](?:{either([w.lower() for w in words(rules, 'latin_growth_after', file)])}))"
        )

    def _dispatch(self) -> None:
        """Which readers to try at which first character."""
        table: dict[str, list[Callable[[str, str, int], Point | Period | None]]] = {}

        def add(heads: set[str], reader: Callable[[str, str, int], Point | Period | None]) -> None:
            for head in heads:
                table.setdefault(head, []).append(reader)

        for heads, reader in self._years.readers():
            add(heads, reader)
        numerals = {*"0123456789", *self._parts.digits, self._parts.ten, *(word[0] for word in self._count)}
        add({word[0] for word in (*self._future_words, *self._past_words)}, self._read_span)
        add({c for w in (*self._latin_future, *self._latin_past) for c in (w[0], w[0].upper())}, self._read_latin_span)
        add(numerals, self._read_latin_until)
        add(numerals, self._read_growth)
        add(self._parts.heads, self._years.bare_part)
        self._table = table
        first = "".join(sorted(set(table) | self._relative_heads))
        self._start = compiled(f"[{re.escape(first)}]")

    # -- finding

    def find(self, text: str, issued: str = "", previous: str = "") -> list[Period]:
        """The times of a text, sorted, not overlapping.

        ``issued`` (an ISO date or year) dates 今年 and 未来五年; ``previous`` is the last absolute period named before
        the text, for 同期, 当年 and a bare 上半年. Times inside titles are left out.
        """
        folded = lowered(text)
        titles = [match.span() for match in self._title.finditer(text)]
        found: list[Period] = []
        anchors = _Anchors(issued, previous, previous)
        pos, search = 0, self._start.search
        while match := search(text, pos):
            start = match.start()
            period = self._at(text, folded, start, anchors) or self._elided(text, folded, start, anchors)
            if period is None:
                pos = self._past_run(text, start)
                continue
            pos = period.end
            if not any(begin <= period.start < end for begin, end in titles):
                aside = "paper" if self._published.match(text, period.end) else ""
                of = text.endswith(self._compared, 0, period.start) and text.startswith(self._of, period.end)
                if of or text.endswith(self._than, 0, period.start):
                    aside = aside or "compared"
                found.append(replace(period, aside=aside))
                if self._anchoring(period, folded):
                    anchors = anchors.moved(period, _opens(text, period.start), aside == "compared")
        return found

    def _elided(self, text: str, folded: str, start: int, anchors: _Anchors) -> Period | None:
        """The other half or a later quarter of the year in question (5 million in the first half and 6 in the second)."""
        match, told = self._alone.match(folded, start), _PART.fullmatch(anchors.past)
        if match is None or told is None or not folded.endswith(self._alone_after, 0, start):
            return None
        number = self._alone_numbers[match[1]]
        later = int(told[3]) < number <= (2 if told[2] == "H" else 4)
        return Period(start, match.end(), match[0], f"{told[1]}-{told[2]}{number}") if later else None

    def _anchoring(self, period: Period, folded: str) -> bool:
        """Whether later words may count from it; 去年同期 and 未来五年 leave the anchors as they were, 次年 goes on."""
        relative = self._relative.at(period.text, folded[period.start : period.end], 0)
        onward = (
            relative is None or relative[1] == ("issued", 0) or (relative[1][0] == "previous" and relative[1][1] > 0)
        )
        return bool(period.value) and not period.years and onward

    def _past_run(self, text: str, start: int) -> int:
        """Past the rest of a run of digits or letters, or a whole interval of years: no time begins inside one."""
        pos = start + 1
        if not text[start].isascii():
            return pos
        if (end := self._years.run_end(text, start)) > start:
            return end
        digits = text[start].isdigit()
        while pos < len(text) and text[pos].isascii() and text[pos].isalnum() and (text[pos].isdigit() or not digits):
            pos += 1
        return pos

    def _at(self, text: str, folded: str, start: int, anchors: _Anchors) -> Period | None:
        if text[start].isascii() and not begins_run(text, start):
            return None
        if folded[start : start + 2] in self._relative_pairs and (
            found := self._relative_at(text, folded, start, anchors)
        ):
            return found
        for reader in self._table.get(text[start], ()):
            made = reader(text, folded, start)
            if isinstance(made, Period):
                return self._dated_span(made, anchors)
            if made is not None:
                return self._period(text, folded, start, made, anchors)
        return None

    def _period(self, text: str, folded: str, start: int, point: Point, anchors: _Anchors) -> Period | None:
        if not point.year:
            dated = (anchors.past, anchors.issued)
            year = next(filter(None, map(_year_of, reversed(dated) if _DAY.fullmatch(point.part) else dated)), "")
            point = replace(point, year=int(year) if year else 0)
        end, value = point.end, point.value
        if point.year and not point.until and not point.last and (second := self._second(text, folded, start, point)):
            end, value = second.end, f"{value}/{second.value}"
            if self._years.in_title(text, start, end):
                return None
        ahead = self._looks_ahead(text, start) and (not value or _last_year(value) >= _year_of(anchors.issued))
        return Period(start, end, text[start:end], value, ahead)

    def _second(self, text: str, folded: str, start: int, first: Point) -> Point | None:
        """The end of an interval whose beginning was read."""
        place = SPACES.match(text, first.end).end()  # type: ignore[union-attr]
        separator = self._separators.at(text, folded, place)
        if separator is None and text[max(0, start - 12) : start].rstrip().endswith(self._between):
            separator = self._between_separators.at(text, folded, place)
        if separator is None:
            return None
        place = SPACES.match(text, place + len(separator[0])).end()  # type: ignore[union-attr]
        second = self._years.at(text, folded, place)
        if second is None and first.part and (part := self._parts.part(text, place)):
            second = replace(part, year=first.year)
        if second is None and _DAY.fullmatch(first.part) and (day := self._parts.day(text, place)):
            second = replace(day, year=first.year, part=f"{first.part[:3]}{day.part}")
        if second is None or not second.year or second.until or second.value <= first.value:
            return None
        return second

    def _looks_ahead(self, text: str, start: int) -> bool:
        edge = len(text[max(0, start - 2) : start].rstrip()) + max(0, start - 2)
        return edge > 0 and self._ahead.before(text, edge) is not None and not text.endswith(self._not_ahead, 0, edge)

    # -- spans and relative years

    def _read_span(self, text: str, folded: str, start: int) -> Period | None:
        match = self._span.match(text, start)
        if match is None:
            return None
        ahead = match[1] in self._future_words
        if not ahead and text.endswith(self._past_left, 0, start):
            return None
        years = self._parts.small(match[2])
        return Period(start, match.end(), match[0], "", ahead, years)

    def _read_latin_span(self, text: str, folded: str, start: int) -> Period | None:
        match = self._latin_span.match(folded, start)
        if match is None:
            return None
        years = self._count.get(match[2]) or int(match[2])
        return Period(start, match.end(), text[start : match.end()], "", match[1] in self._latin_future, years)

    def _read_latin_until(self, text: str, folded: str, start: int) -> Period | None:
        """The five years to 2029."""
        match = self._latin_until.match(folded, start)
        if match is None:
            return None
        years, last = self._count.get(match[1]) or int(match[1]), int(match[2])
        return Period(start, match.end(), text[start : match.end()], f"{last - years}/{last}", False)

    def _read_growth(self, text: str, folded: str, start: int) -> Period | None:
        match = self._growth.match(text, start) or self._latin_growth.match(folded, start)
        if match is None or (start and (text[start - 1] in ".-" or text[start - 1] in self._parts.prefix_heads)):
            return None
        years = self._count.get(match[1]) or self._parts.small(match[1])
        return Period(start, match.end(), text[start : match.end()], "", False, years)

    def _dated_span(self, period: Period, anchors: _Anchors) -> Period:
        """未来五年 from the document's date, 四年里 to the year that the text is at; a growth rate's 五年 has no ends."""
        if period.years and period.text.endswith(self._during) and not period.text.startswith(self._named_span):
            here = int(_year_of(anchors.past) or 0)
            return replace(period, value=f"{here - period.years}/{here}") if here else period
        here = int(_year_of(anchors.issued) or 0)
        if not here or not period.years or not (period.ahead or is_span(period)):
            return period
        if period.years == 1 and not period.ahead and anchors.issued[4:7] in _EARLY:
            return replace(period, value=str(here - 1))
        first, last = (here, here + period.years) if period.ahead else (here - period.years, here)
        return replace(period, value=f"{first}/{last}")

    def _relative_at(self, text: str, folded: str, start: int, anchors: _Anchors) -> Period | None:
        found = self._relative.at(text, folded, start)
        if found is None:
            return None
        word, (anchor, shift) = found
        end = start + len(word)
        if text.startswith(self._relative_banned.get(word, ()), end) or text.endswith(
            self._relative_left.get(word, ()), 0, start
        ):
            return None
        issued, part = anchors.issued, self._parts.part(text, end)
        from_issue = bool(issued) and shift and anchor == "previous" and any(cue in text for cue in self._issued_cues)
        looks_back = shift < 0 and word.isascii() and _last_year(anchors.latest) > _last_year(anchors.past) > ""
        passed = (part is not None and anchor == "previous") or looks_back
        previous = anchors.past if passed else anchors.latest
        base = issued if anchor == "issued" or from_issue else previous or issued
        base = anchors.past or base if anchor == "whole" else base
        if anchor == "same":
            return Period(start, end, text[start:end], _shifted(base, shift))
        if anchor in _STEPS:
            return Period(start, end, text[start:end], _stepped(anchors.past or base, anchor, shift))
        year = int(_year_of(base) or 0)
        if part is not None:
            point = replace(part, year=year + shift if year else 0)
            return Period(start, point.end, text[start : point.end], point.value, self._looks_ahead(text, start))
        closing = self._closing(text, end)
        value = str(year + shift) if year else ""
        return Period(start, closing, text[start:closing], value, shift > 0 and anchor == "issued")

    def _closing(self, text: str, end: int) -> int:
        """Past the word for a year's beginning or end after a relative year."""
        tail = self._tails.match(text, end)
        return tail.end() if tail else end


def begins_run(text: str, start: int) -> bool:
    """Whether a digit or Latin letter at ``start`` begins its run of digits or letters."""
    if start == 0:
        return True
    before = text[start - 1]
    if text[start].isdigit():
        return not (
            before.isascii() and (before.isalnum() or (before in "._" and text[start - 2 : start - 1].isalnum()))
        )
    return begins(text, start)


def _opens(text: str, start: int) -> bool:
    """Whether a time opens its sentence."""
    return not start or text[start - 1] in "。；;\n"


def is_span(period: Period) -> bool:
    """Whether a period of years was said to lie behind (过去三年), not merely counted (五年复合增长率)."""
    first = period.text[0]
    return not (first.isdigit() or period.text.endswith("-year") or len(period.text) <= 2)


def _year_of(period: str) -> str:
    """The last year of a period's value or of an ISO date; empty if it has none."""
    return _last_year(period) if period else ""


def _last_year(value: str) -> str:
    year = value.rpartition("/")[2][:4]
    return year if len(year) == 4 and year.isdigit() else ""


def _shifted(value: str, years: int) -> str:
    """The same part of the year, ``years`` later."""
    moved = [f"{int(side[:4]) + years}{side[4:]}" for side in value.split("/") if side[:4].isdigit() and len(side) >= 4]
    return "/".join(moved)


def _stepped(value: str, unit: str, steps: int) -> str:
    """The quarter or month so many ``steps`` after ``value``; empty where that is none."""
    mark, many = _STEPS[unit]
    match = re.fullmatch(f"([0-9]{{4}}){mark}([0-9]+)", value)
    if match is None:
        return ""
    year, part = divmod(int(match[1]) * many + int(match[2]) - 1 + steps, many)
    return f"{year}{mark}{part + 1:0{len(match[2])}d}"
