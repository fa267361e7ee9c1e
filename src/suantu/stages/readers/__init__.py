"""Readers by suffix: each turns the bytes of a file into its text (see ``read_bytes``)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import NoReturn

from suantu import child
from suantu.errors import InputError


@dataclass(frozen=True, slots=True)
class Extracted:
    """A file's text, the offset at which each page begins (empty where the source has no pages), and what of the file
    holds something that could not be read."""

    text: str
    pages: tuple[int, ...] = ()
    unread: tuple[str, ...] = ()


Reader = Callable[[bytes, str], Extracted]

LARGEST_FILE = 128 * 1024 * 1024  # bytes
LARGEST_TEXT = 20_000_000  # characters of a file that is unpacked
SECONDS, MEMORY = 120, 3 << 30  # that a library may take for one file

_MISSING = "{name}: reading {suffix} files needs {library}: pip install 'suantu[{extra}]'"


def missing(name: str, suffix: str, library: str, extra: str) -> NoReturn:
    """Refuse a file for want of a library, and say how to get it."""
    raise InputError(_MISSING.format(name=name, suffix=suffix, library=library, extra=extra))


def _plain(data: bytes, name: str) -> Extracted:
    from suantu.stages.readers.plain import read_plain

    return read_plain(data, name)


def _html(data: bytes, name: str) -> Extracted:
    from suantu.stages.readers.html import read_html

    return read_html(data, name)


def _pdf(data: bytes, name: str) -> Extracted:
    from suantu.stages.readers import pdf

    pdf.check(name)
    return apart(pdf.read_pdf, data, name)


def _docx(data: bytes, name: str) -> Extracted:
    from suantu.stages.readers import docx

    docx.check(name)
    return apart(docx.read_docx, data, name)


def apart(reader: Reader, data: bytes, name: str) -> Extracted:
    """What ``reader`` gives, in a child process: a file that makes its library loop, crash or take all memory loses
    only itself."""
    try:
        found = json.loads(child.run(partial(_packed, reader, data, name), SECONDS, MEMORY))
    except child.ChildError as error:
        said = str(error) or (f"stopped after {SECONDS} s" if error.late else "it needs too much memory, or is broken")
        raise InputError(f"{name}: cannot be read ({said}): split it, or save it as text") from None
    if "problem" in found:
        raise InputError(found["problem"])
    return Extracted(found["text"], tuple(found["pages"]), tuple(found["unread"]))


def _packed(reader: Reader, data: bytes, name: str) -> bytes:
    try:
        read = reader(data, name)
    except InputError as error:
        return json.dumps({"problem": str(error)}).encode()
    return json.dumps({"text": read.text, "pages": read.pages, "unread": read.unread}).encode()


READERS: dict[str, Reader] = {
    ".txt": _plain,
    ".md": _plain,
    ".markdown": _plain,
    ".html": _html,
    ".htm": _html,
    ".xhtml": _html,
    ".pdf": _pdf,
    ".docx": _docx,
}


def reader_for(suffix: str, name: str) -> Reader:
    """The reader of a suffix; InputError lists what can be read."""
    try:
        return READERS[suffix.lower()]
    except KeyError:
        known = " ".join(sorted(READERS))
        raise InputError(f"{name}: cannot read {suffix or 'a file without suffix'}; readable are {known}") from None
