"""Plain text and Markdown, in UTF-8, UTF-16 with a byte order mark, or GB 18030."""

from __future__ import annotations

import codecs

from suantu.errors import InputError
from suantu.expressions import compiled
from suantu.stages.readers import Extracted

_MAGIC = {
    b"%PDF-": "a PDF file: name it .pdf",
    b"PK\x03\x04": "a zip archive: a Word file is named .docx",
    b"\x89PNG": "an image: extract its text first",
    b"\xff\xd8\xff": "an image: extract its text first",
    b"GIF8": "an image: extract its text first",
    b"\x1f\x8b": "a gzip archive: unpack it first",
    b"\xd0\xcf\x11\xe0": "an old Office file: save it as .docx",
    b"{\\rtf": "an RTF file: save it as .docx or .txt",
}
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_UTF32 = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
_PIECE = 1 << 20  # characters that are looked at together
_ASCII, _HAN = compiled("[\x00-\x7f]+"), compiled("[\u4e00-\u9fff]+")
_CHINESE_SHARE = 0.7  # of the characters beyond ASCII that everyday Chinese must make up


def read_plain(data: bytes, name: str) -> Extracted:
    """Decode ``data``; a byte order mark is no part of the text."""
    return Extracted(decode(data, name))


def decode(data: bytes, name: str) -> str:
    """The text of ``data``; InputError names the byte at which no encoding fits."""
    for magic, meaning in _MAGIC.items():
        if data.startswith(magic):
            raise InputError(f"{name}: is {meaning}")
    if data.startswith(_UTF32):
        return _strict(data, "utf-32", name)
    if data.startswith(_UTF16):
        return _strict(data, "utf-16", name)
    nul = data.find(b"\0")
    if nul >= 0:
        raise InputError(f"{name}: is binary (a NUL byte at {nul}): give a text file")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # the position counts from the start of the file, byte order mark included
        position = error.start + (3 if data.startswith(codecs.BOM_UTF8) else 0)
    text = _chinese(data)
    if text is None:
        raise InputError(f"{name}: is neither UTF-8 nor GB 18030 (byte {position}): convert it to UTF-8")
    return text


def _strict(data: bytes, encoding: str, name: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        label = encoding.upper()
        raise InputError(f"{name}: is broken {label} (byte {error.start}): convert it to UTF-8") from None


def _chinese(data: bytes) -> str | None:
    """``data`` as GB 18030, if it decodes and reads like everyday Chinese."""
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        return None
    beyond = everyday = han = 0
    for start in range(0, len(text), _PIECE):
        piece = _ASCII.sub("", text[start : start + _PIECE])
        beyond += len(piece)
        everyday += len(piece.encode("gb2312", "ignore"))
        han += len(piece) - len(_HAN.sub("", piece))
    fits = everyday >= 2 * _CHINESE_SHARE * beyond and han * 2 >= beyond
    return text if fits else None
