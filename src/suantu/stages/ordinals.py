"""Places in a ranking: 第三, 第6至第10名, 前三, 榜首, TOP5, ``No. 3``, ``ranked seventh``; and tiers. Words are data."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from suantu.expressions import compiled
from suantu.records import Ordinal
from suantu.stages.numerals import Lexicon, Numerals, either, is_latin, lowered, numbers, on_edge, section, words

Reader = Callable[[str, str, int], list[Ordinal]]


class Ordinals:
    """Finds ordinals; built from the ``ordinals`` section of ``quantities.yaml``."""

    def __init__(self, settings: Mapping[str, object], file: str) -> None:
        table = section(settings, "numerals", file)
        self._han = Numerals.from_settings(table, file)
        rules = section(settings, "ordinals", file)
        self._latin = {word: int(value) for word, value in numbers(rules, "latin", file).items()}
        self._count = {word: int(value) for word, value in numbers(table, "latin_digits", file).items()}
        rows = [
            (word, (int(value), kind))
            for key, kind in (("words", "rank"), ("top_words", "top"))
            for value in section(rules, key, file)
            for word in words(section(rules, key, file), value, file)
        ]
        self._words = Lexicon(rows)
        self._word_heads = {word[0] for word, _ in rows}
        self._words_not = words(rules, "words_not", file)
        self._not_before = words(rules, "not_before", file)
        self._unit_not = words(rules, "unit_not_before", file)
        self._after_all = words(rules, "after_all", file)
        self._top_not = words(rules, "top_not_before", file)
        self._top_bare_not = words(rules, "top_bare_not_before", file)
        self._top_bare_left = words(rules, "top_bare_not_after", file)
        self._from, self._to = words(rules, "latin_moves_from", file), words(rules, "latin_moves_to", file)
        self._latin_not = words(rules, "latin_not_before", file)
        self._compile(rules, file)
        self._dispatch(rules, file)

    def _dispatch(self, rules: Mapping[str, object], file: str) -> None:
        """Which readers to try at which first character."""
        table: dict[str, list[Reader]] = {}

        def add(heads: Iterable[str], *readers: Reader) -> None:
            for head in set(heads):
                table.setdefault(head, []).extend(reader for reader in readers if reader not in table.get(head, ()))

        def first(*keys: str) -> set[str]:
            return {word[0] for key in keys for word in words(rules, key, file)}

        digits = set("0123456789")
        add(str(rules["prefix"])[0], self._read_tier, self._read_range, self._read_single)
        add(first("tier_latin"), self._read_tier)
        add(first("top_prefix", "top_latin", "top_latin_of"), self._read_top)
        add(first("cues"), self._read_range, self._read_cued)
        add(digits, self._read_range)
        add(digits | self._han.letters, self._read_list, self._read_top_bare)
        add(first("number_signs", "number_verbs"), self._read_sign)
        add(self._word_heads, self._read_word)
        add((head for word in self._latin for head in (word[0], word[0].upper())), self._read_latin)
        self._table = table
        self._heads = compiled("[" + "".join(re.escape(head) for head in sorted(table)) + "]")

    def _compile(self, rules: Mapping[str, object], file: str) -> None:
        def listed(key: str) -> str:
            return either(words(rules, key, file))

        number = f"[0-9]{{1,4}}|[{''.join(sorted(self._han.letters))}]{{1,4}}"
        self._units = words(rules, "cue_units", file)
        prefix, ranks = re.escape(str(rules["prefix"])), listed("rank_units")
        sep, units, comma = listed("separators"), listed("cue_units"), listed("list_separators")
        latin = either(list(self._latin))
        count = f"[0-9]{{1,3}}|{either(list(self._count))}"
        self._tier = compiled(
            f"{prefix}({number})(?:{listed('tier_units')})|(?:{listed('tier_latin')})[ -]?([0-9])(?![0-9])"
        )
        self._span = compiled(f"{prefix} ?({number}) ?(?:{units})?(?:{sep}) ?{prefix}? ?({number}) ?(?:{units}|)")
        han = "".join(sorted(self._han.letters))
        apart = f"(?:(?!{listed('not_in')})|{rules['in_after_all']})"
        one = f"[0-9]{{1,4}}|[{han}](?:{apart}[{han}]){{0,3}}"
        self._single = compiled(f"{prefix} ?({one})(?: ?(?:{ranks}))?")
        self._top = compiled(f"(?:{listed('top_prefix')}) ?({number})(?: ?(?:{listed('top_units')}))?")
        self._top_bare = compiled(f"({number}) ?(?:{listed('top_bare_units')})")
        top_of, top_nouns = listed("top_latin_of"), listed("top_latin_nouns")
        self._top_latin = compiled(
            f"(?:{listed('top_latin')}|(?:{top_of})(?= (?:{count}) (?:{top_nouns})))[ -]?({count})(?![A-Za-z0-9%]|\\.[0-9])(?! ?%)"
        )
        self._cued = compiled(
            f"(?:{listed('cues')})(?P<first>(?:{prefix})?)({number})(?:{sep})({number})(?![0-9])(?: ?(?:{units}))?"
        )
        ends = listed("cue_ends")
        self._cued_one = compiled(f"(?:{listed('cues')}) ?([0-9]{{1,3}})(?![0-9.%])(?: ?(?:{units})|(?=$|{ends}))")
        self._plain = compiled(f"([0-9]{{1,3}})(?:{sep})([0-9]{{1,3}})(?:{units})")
        self._list = compiled(f"({number})(?=(?:{comma})(?:{number}))|({number})(?:{units}|(?=[，。；]|$))")
        self._list_whole = compiled(f"(?:{number})(?:(?:{comma})(?:{number})){{1,8}}(?:{units}|(?=[，。；]|$))")
        self._more = compiled(f"(?:{comma})({number})(?:{units}|(?=(?:{comma})(?:{number})(?:{units})))")
        self._run = compiled(f"[{han}]{{2,4}}(?={units})")  # 分列二三位
        self._last = compiled(f"(?:{comma})([0-9]{{1,3}})(?=$|[，。；,;]|(?:{comma})[0-9])")
        self._list_cue = compiled(f"(?:{listed('cues')}|{prefix})$")
        self._label = compiled("0[1-9](?=\\s{0,3}[㐀-鿿])")
        self._sign = compiled(f"(?:{listed('number_signs')})([0-9]{{1,3}})(?![0-9]|\\.[0-9])")
        self._verb = compiled(f"(?:{listed('number_verbs')}) ?#?([0-9]{{1,3}})(?:st|nd|rd|th)?(?![0-9.%A-Za-z])")
        self._ordinal = compiled(f"({latin})(?![A-Za-z0-9])")
        self._superlative = compiled(f"[ -](?:{listed('latin_superlatives')})(?![A-Za-z])")
        self._cue_before = compiled(
            f"(?:^|[^a-z])(?:(?:{listed('latin_cues')})(?: (?:{listed('latin_adverbs')}))?(?: the| a| its| their| in)?|(?:{latin})(?:,? and|,)"
            f"|(?:{listed('latin_lists')})(?: again)? (?:at|in)) $|[(]$"
        )
        self._on_way = compiled(f"(?: (?:{listed('rank_nouns')}))?(?: [^,.;:()]{{1,32}})? to (?:{latin})(?![a-z0-9])")
        self._ends = compiled(
            f" ?(?:[,.;:()]|$|(?:{either([w for w in words(rules, 'latin_end', file) if w[0].isalpha()])})(?![a-z]))"
        )
        self._opens = compiled(r"(?:^|[.;:,\n] ?|\b[Aa]nd )$")
        self._inverted = compiled(
            f"(?: (?:{listed('latin_within')}) [^,.;:]{{1,30}}?)? (?:{listed('latin_inverted')}) (?=(?:the )?[A-Z])"
        )
        self._item = compiled(r"(?:[,;]| and) (?:and )?(?:[a-z][a-z-]* ){1,4}$")
        self._name_before = compiled(r"[A-Z][A-Za-z0-9]*(?: [0-9]{1,3}[A-Za-z]?)?(?: \([^()]{1,24}\)|,)? $")

    def find(self, text: str, folded: str | None = None) -> list[Ordinal]:
        """Ordinals of the text, left to right, not overlapping."""
        folded = lowered(text) if folded is None else folded
        found: list[Ordinal] = []
        pos = 0
        for match in self._heads.finditer(text):
            start = match.start()
            if start >= pos and (here := self._at(text, folded, start)):
                found += here
                pos = here[-1].end
        return found

    def _at(self, text: str, folded: str, start: int) -> list[Ordinal]:
        if is_latin(text[start]) and start and text[start - 1].isascii() and text[start - 1].isalnum():
            return []
        for reader in self._table[text[start]]:
            if found := reader(text, folded, start):
                return found
        return []

    def _number(self, word: str) -> int:
        if word.isdigit():
            return int(word)
        if (numeral := self._han.read(word)) is not None and not numeral.only_scale:
            return int(numeral.value)
        return self._count.get(word.lower(), 0)

    def _made(self, text: str, start: int, end: int, value: int, last: int = 0, kind: str = "rank") -> list[Ordinal]:
        last = last or value
        return [Ordinal(start, end, text[start:end], value, last, kind)] if 0 < value <= last <= 5000 else []

    def _goes_on(self, text: str, end: int) -> bool:
        """Whether the word goes on and is no place (第一季度)."""
        return text.startswith(self._not_before, end) and not text.startswith(self._after_all, end)

    def _read_tier(self, text: str, folded: str, start: int) -> list[Ordinal]:
        match = self._tier.match(text, start)
        return self._made(text, start, match.end(), self._number(match[1] or match[2]), kind="tier") if match else []

    def _read_range(self, text: str, folded: str, start: int) -> list[Ordinal]:
        if start and text[start - 1].isdigit():
            return []
        for pattern in (self._span, self._cued, self._plain):
            match = pattern.match(text, start)
            if match is None or (match.end() == match.end(match.lastindex or 0) and self._goes_on(text, match.end())):
                continue
            first, last = (self._number(word) for word in match.groups()[-2:])
            if 0 < first < last:
                begin = match.start("first") if pattern is self._cued else start
                return self._made(text, begin, match.end(), first, last)
        return []

    def _read_top(self, text: str, folded: str, start: int) -> list[Ordinal]:
        match = self._top.match(text, start)
        bare = match is not None and match.end() == match.end(1)
        goes_on = match is not None and bare and text.startswith(self._top_not, match.end())
        if match and not (goes_on and not text.startswith(self._after_all, match.end())):
            return self._made(text, start, match.end(), self._number(match[1]), kind="top")
        latin = self._top_latin.match(text, start)
        return self._made(text, start, latin.end(), self._number(latin[1]), kind="top") if latin else []

    def _read_top_bare(self, text: str, folded: str, start: int) -> list[Ordinal]:
        match = self._top_bare.match(text, start)
        if match is None or text.startswith(self._top_bare_not, match.end()):
            return []
        if text.endswith(self._top_bare_left, 0, start) or text.startswith(self._top_bare_left, start + 1):
            return []
        return self._made(text, start, match.end(), self._number(match[1]), kind="top")

    def _read_single(self, text: str, folded: str, start: int) -> list[Ordinal]:
        match = self._single.match(text, start)
        if match is None:
            return []
        if run := self._read_run(text, match.start(1)):
            return run
        end = match.end()
        bare = end == match.end(1)
        if bare and self._goes_on(text, end + text.startswith(" ", end)):
            return []
        if not bare and text.startswith(self._unit_not, end):
            return []
        out = self._made(text, start, end, self._number(match[1]))
        while out and bare and (more := self._more.match(text, end)):
            out += self._made(text, more.start(1), more.end(), self._number(more[1]))
            end = more.end()
        while out and bare and (last := self._last.match(text, end)) and int(last[1]) == out[-1].value + 1:
            out += self._made(text, last.start(1), last.end(), int(last[1]))
            end = last.end()
        return out

    def _read_cued(self, text: str, folded: str, start: int) -> list[Ordinal]:
        match = self._cued_one.match(text, start)
        return self._made(text, match.start(1), match.end(), self._number(match[1])) if match else []

    def _read_list(self, text: str, folded: str, start: int) -> list[Ordinal]:
        """分列二、三位: each place of its own."""
        if label := self._label.match(text, start):
            alone = not (start and (text[start - 1].isalnum() or text[start - 1] in ".-:/"))
            return self._made(text, start, label.end(), int(label[0])) if alone else []
        if run := self._read_run(text, start):
            return run
        whole = self._list_whole.match(text, start)
        if whole is None or not self._list_cue.search(text, max(0, start - 6), start):
            return []
        spans = [
            (m.start(), m.end(), self._number(m[1] or m[2])) for m in self._list.finditer(text, start, whole.end())
        ]
        return [one for begin, end, value in spans for one in self._made(text, begin, end, value)]

    def _read_run(self, text: str, start: int) -> list[Ordinal]:
        """分列二三位, 第四五名: places side by side without anything between them."""
        match = self._run.match(text, start)
        if match is None or not self._list_cue.search(text, max(0, start - 6), start):
            return []
        values = [self._number(digit) for digit in match[0]]
        if values != list(range(values[0], values[0] + len(values))) or values[-1] > 9:
            return []
        ends = [start + i + 1 for i in range(len(values))]
        ends[-1] = next((match.end() + len(u) for u in self._units if text.startswith(u, match.end())), ends[-1])
        return [o for i, v in enumerate(values) for o in self._made(text, start + i, ends[i], v)]

    def _read_sign(self, text: str, folded: str, start: int) -> list[Ordinal]:
        if match := self._sign.match(text, start):
            return self._made(text, start, match.end(), int(match[1]))
        match = self._verb.match(text, start)
        return self._made(text, match.start(1), match.end(), int(match[1])) if match else []

    def _read_word(self, text: str, folded: str, start: int) -> list[Ordinal]:
        found = self._words.at(text, folded, start)
        if found is None or text.startswith(self._words_not, start):
            return []
        value, kind = found[1]
        return self._made(text, start, start + len(found[0]), value, kind=kind)

    def _read_latin(self, text: str, folded: str, start: int) -> list[Ordinal]:
        match = self._ordinal.match(folded, start)
        if match is None or text[start - 1 : start] == "-":
            return []
        end, value = match.end(), self._latin[match[1]]
        if after := self._superlative.match(folded, end):
            return self._made(text, start, after.end(), value)
        if folded.endswith(self._from, 0, start) and (
            folded.startswith(self._to, end) or self._on_way.match(folded, end)
        ):
            return self._made(text, start, end, value)
        if self._opens.search(text, 0, start) and self._inverted.match(text, end):
            return self._made(text, start, end, value)  # Fourth came Dell
        if folded.startswith(self._latin_not, end + 1) or not on_edge(text, end) or text.startswith("-", end):
            return []
        cue = self._cue_before.search(folded, max(0, start - 36), start)
        name = self._name_before.search(text, max(0, start - 48), start)
        stands = cue or name or self._item_next(folded, start, value)
        return self._made(text, start, end, value) if stands and self._ends.match(folded, end) else []

    def _item_next(self, folded: str, start: int, value: int) -> bool:
        """Whether the place before was told of just before, and only an item stands between (A is first, B second)."""
        item = self._item.search(folded, max(0, start - 60), start)
        told = self._ordinal.findall(folded, max(0, start - 120), item.start()) if item else []
        return bool(told) and self._latin[told[-1]] == value - 1
