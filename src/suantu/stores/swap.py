"""Writing a directory atomically: fill a hidden one beside it, then let the two change places.

Beside a knowledge base ``kb`` there may stand, all hidden: ``.kb.lock`` (held by the one writer, released when it
dies), ``.kb.new`` (being filled, or the one just replaced), and, only where the system cannot exchange two
directories in one step, ``.kb.old`` for the moment in which ``kb`` is missing. Whatever a crash leaves, ``kb`` (or, in
that moment, ``.kb.old``) is whole, and the next writer clears the rest.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from suantu.errors import StoreError

try:
    import fcntl
except ImportError:  # Windows has no flock; there the lock file's existence is the lock
    fcntl = None  # type: ignore[assignment]

_EXCHANGE = 2  # RENAME_EXCHANGE of renameat2(2)
_AT_FDCWD = -100


@dataclass(frozen=True, slots=True)
class Places:
    """The paths of one knowledge base's writing."""

    target: Path
    lock: Path
    new: Path
    old: Path


def places(directory: Path) -> Places:
    """Where the parts of writing ``directory`` stand (links are followed, so that a link stays one)."""
    target = directory.resolve()
    beside = target.parent
    return Places(target, *(beside / f".{target.name}.{part}" for part in ("lock", "new", "old")))


def readable(directory: Path) -> Path:
    """Where the whole directory stands now: itself, or the old one while an exchange is in two steps."""
    if not directory.exists() and (old := places(directory).old).is_dir():
        return old
    return directory


@contextlib.contextmanager
def replacing(directory: Path) -> Iterator[Path]:
    """Gives an empty directory to fill; leaving the block normally puts it in the place of ``directory``, leaving it
    by an error drops it. StoreError at once where another process is writing, or nothing can be written there."""
    where = places(directory)
    try:
        where.target.parent.mkdir(parents=True, exist_ok=True)
        with _locked(where):
            _recover(where)
            where.new.mkdir()
            try:
                yield where.new
                _sync(where.new)
                _put(where)
            finally:
                shutil.rmtree(where.new, ignore_errors=True)
    except OSError as error:
        raise StoreError(f"{directory}: cannot be written: {error.strerror or error}") from error


def _recover(where: Places) -> None:
    """Clears what a writer that died has left."""
    if where.old.is_dir() and not where.target.exists():
        where.old.rename(where.target)
    for leftover in (where.new, where.old):
        if leftover.exists():
            shutil.rmtree(leftover)


@contextlib.contextmanager
def _locked(where: Places) -> Iterator[None]:
    descriptor = _acquire(where)
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            where.lock.unlink()
        os.close(descriptor)


def _acquire(where: Places) -> int:
    """An open descriptor that holds the lock. Its file may be removed by the writer before us just as we open it: then
    ours is no longer the one that others see, and we begin again."""
    busy = StoreError(f"{where.target}: another process is writing it; wait until it has finished")
    while True:
        if fcntl is None:
            try:
                return os.open(where.lock, os.O_RDWR | os.O_CREAT | os.O_EXCL)
            except FileExistsError:
                raise StoreError(f"{busy} (or remove {where.lock} where none is)") from None
        descriptor = os.open(where.lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if where.lock.stat().st_ino == os.fstat(descriptor).st_ino:
                return descriptor
        except BlockingIOError:
            os.close(descriptor)
            raise busy from None
        except FileNotFoundError:
            pass
        os.close(descriptor)


def _sync(directory: Path) -> None:
    """Everything below ``directory`` on the disk, so that not even a power cut leaves a hollow one in its place."""
    if os.name != "posix":
        return
    for folder, _, names in os.walk(directory):
        for path in (*(Path(folder, name) for name in names), Path(folder)):
            descriptor = os.open(path, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


def _put(where: Places) -> None:
    if not where.target.exists():
        where.new.rename(where.target)
    elif not _exchange(where.new, where.target):
        where.target.rename(where.old)
        where.new.rename(where.target)
        shutil.rmtree(where.old, ignore_errors=True)


def _exchange(one: Path, other: Path) -> bool:
    """The two change places in one step; False where the system cannot."""
    if sys.platform != "linux":
        return False
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:
        return False
    if rename(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _EXCHANGE) == 0:
        return True
    code = ctypes.get_errno()
    if code in {errno.ENOSYS, errno.EINVAL}:
        return False
    if code in {errno.EBUSY, errno.EXDEV}:
        raise StoreError(f"{other}: is a mount point, which cannot be replaced; name a directory inside it")
    raise OSError(code, os.strerror(code))
