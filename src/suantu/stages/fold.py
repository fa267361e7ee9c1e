"""One-to-one folding of text: every character keeps its place, so that offsets stay true.

Full-width digits, Latin letters and signs become ASCII (Chinese punctuation stays), odd spaces become a space, CJK
radicals and compatibility ideographs become the plain character, lone surrogates become U+FFFD, traditional characters
become simplified ones, letters that a scan read for digits become digits (2O22), and ASCII commas, colons and the like
beside a Han character become the Chinese ones that were meant. Dashes and curly quotes stay.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from typing import Any

from suantu.expressions import compiled

_KEPT_WIDE = "，：；？！（）"  # these are Chinese punctuation, not wide ASCII
_SPACES = "\u3000\u00a0\u202f\u205f" + "".join(map(chr, range(0x2000, 0x200B)))
_ODD = compiled(
    "[\uff00-\uff5e\u3000\u00a0\u2000-\u200a\u202f\u205f\u2e80-\u2fd5\uf900-\ufaff\ufe30-\ufe4f\U0002f800-\U0002fa1f\ud800-\udfff]"
)
_WIDE_THOUSANDS = compiled(r"(?<=[\uff10-\uff19])，(?=[\uff10-\uff19]{3}(?![\uff10-\uff19]))")
_NARROW = compiled("(?<=[\u3400-\u9fff])[,;:?!]|[,;:?!](?=[\u3400-\u9fff])")
_HAN = compiled("[\u3400-\u9fff]")
# a number (no GPT-4o) before Han or % in which letters stand for 0 and 1; an l at the end may be litres
_MISREAD = compiled(
    r"(?<![A-Za-z0-9])(?<![A-Za-z]-)\d[\d.,]*(?:[Oo]|[lI](?=[\dOo.]))(?:[\d.,Oo]|[lI](?=[\dOo.]))*(?=[\u4e00-\u9fff%])"
)
_READ = str.maketrans("OolI", "0011")
# variant characters that the standard table of 2013 restored for names: they stay, in either script
_NAME_CHARACTERS = "\u6607\u581d\u5586\u6dfc\u7287\u752f\u90a8\u965e"


@lru_cache(maxsize=8)  # a document is folded when it is read and when it is cleaned
def fold(text: str) -> str:
    """``text`` folded; the result always has the same length."""
    if text.isascii():
        return text
    if _ODD.search(text):
        text = _WIDE_THOUSANDS.sub(",", text).translate(_table())
    text = _MISREAD.sub(lambda match: match[0].translate(_READ), text)
    text = _NARROW.sub(lambda mark: chr(ord(mark[0]) + 0xFEE0), text)
    return _simplify(text) if _holds_traditional(text) else text


@cache
def _table() -> dict[int, str]:
    table = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F) if chr(code) not in _KEPT_WIDE}
    table |= {ord(space): " " for space in _SPACES}
    for first, last in ((0x2E80, 0x2FD5), (0xF900, 0xFAFF), (0x2F800, 0x2FA1F)):
        for code in range(first, last + 1):
            plain = unicodedata.normalize("NFKC", chr(code))
            if len(plain) == 1:
                table[code] = plain
    table |= dict.fromkeys(range(0xD800, 0xE000), "\ufffd")
    return table


def _holds_traditional(text: str) -> bool:
    """Whether a Han character lies outside GB 2312, the set of everyday simplified characters."""
    try:
        "".join(_HAN.findall("".join(set(text).difference(_NAME_CHARACTERS)))).encode("gb2312")
    except UnicodeEncodeError:
        return True
    return False


@cache
def _converter() -> Any:  # noqa: ANN401 (OpenCC ships no types)
    import opencc

    return opencc.OpenCC("t2s")


def _simplify(text: str) -> str:
    convert = _converter().convert
    parts = re.split(f"([{_NAME_CHARACTERS}])", text)
    parts[::2] = [_same_length(convert, part) for part in parts[::2]]
    return "".join(parts)


def _same_length(convert: Any, text: str) -> str:  # noqa: ANN401
    folded = str(convert(text))
    if len(folded) == len(text):
        return folded
    lines = text.splitlines(keepends=True)
    if len(lines) > 1:
        return "".join(_same_length(convert, line) for line in lines)
    single = (str(convert(char)) for char in text)
    return "".join(new if len(new) == 1 else old for old, new in zip(text, single, strict=True))
