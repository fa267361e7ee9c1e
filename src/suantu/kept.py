"""What is dear to work out and always comes out the same: kept from run to run in the user's cache directory.

A value is plain data in ``marshal``, the format of the interpreter's own compiled modules, which runs nothing when it is
read. It is read only from a directory and a file that are the user's own and that nobody else may write, and only by the
very program and interpreter that wrote it. Where nothing can be kept, everything is worked out each time.
"""

from __future__ import annotations

import hashlib
import marshal
import os
import stat
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

_MOST = 8  # values of a kind; of an older one, the ontology has changed since
_SUM = 16  # bytes before the data that show whether they are whole


def load(kind: str, key: Iterable[str]) -> Any:  # noqa: ANN401 - plain data of any shape
    """The value kept under a key, which must say all that the value depends on but the program; None where there is
    none."""
    if not (folder := _folder()):
        return None
    with suppress(OSError, ValueError, EOFError, TypeError):
        descriptor = os.open(folder / _name(kind, key), os.O_RDONLY | os.O_NOFOLLOW)
        with os.fdopen(descriptor, "rb") as file:
            data = file.read() if _is_own(os.fstat(descriptor)) else b""
        if _sum(data[_SUM:]) == data[:_SUM]:
            return marshal.loads(data[_SUM:])  # noqa: S302 - the user's own file, and no code
    return None


def save(kind: str, key: Iterable[str], value: object) -> None:
    """Keep a value for later runs. Several processes may do so at once: the last one's stays."""
    if not (folder := _folder()):
        return
    with suppress(OSError, ValueError):
        data = marshal.dumps(value)  # type: ignore[arg-type]
        name = _name(kind, key)
        draft = folder / f".{name}.{os.getpid()}"
        try:
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(_sum(data) + data)
            draft.replace(folder / name)
        finally:
            draft.unlink(missing_ok=True)
        for old in _old(folder, kind):
            old.unlink()


def folder(kind: str, key: Iterable[str], make: Callable[[Path], None]) -> Path | None:
    """A directory that ``make`` has filled, in this run or before; None where none can be kept."""
    if not (beside := _folder()):
        return None
    name = _name(kind, key)
    draft, whole = beside / f".{name}.{os.getpid()}", beside / name
    with suppress(OSError):
        if not whole.is_dir():
            from shutil import rmtree

            try:
                make(draft)
                draft.rename(whole)
            finally:
                rmtree(draft, ignore_errors=True)
            for old in _old(beside, kind):
                rmtree(old, ignore_errors=True)
    return whole if whole.is_dir() else None


def _old(folder: Path, kind: str) -> list[Path]:
    return sorted(folder.glob(f"{kind}-*"), key=lambda p: p.stat().st_mtime_ns)[:-_MOST]


@cache
def _folder() -> Path | None:
    """The directory, made where it is missing; None where it is not the user's alone (or the system cannot tell)."""
    if not hasattr(os, "getuid"):
        return None
    with suppress(OSError, RuntimeError):
        folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "suantu"
        if folder.is_absolute():
            folder.parent.mkdir(parents=True, exist_ok=True)
            folder.mkdir(mode=0o700, exist_ok=True)
            found = folder.lstat()
            return folder if stat.S_ISDIR(found.st_mode) and _is_own(found) else None
    return None


def _is_own(found: os.stat_result) -> bool:
    return found.st_uid == os.getuid() and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _name(kind: str, key: Iterable[str]) -> str:
    said = "\0".join((sys.version, _program(), *key))
    return f"{kind}-{hashlib.sha256(said.encode('utf8', 'surrogatepass')).hexdigest()[:32]}"


@cache
def _program() -> str:
    """Changes with every source file of the program."""
    here = Path(__file__).parent
    files = sorted((str(p.relative_to(here)), p.stat()) for p in here.rglob("*.py"))
    return "\n".join(f"{name} {found.st_size} {found.st_mtime_ns}" for name, found in files)


def _sum(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=_SUM).digest()
