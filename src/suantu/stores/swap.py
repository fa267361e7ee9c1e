"""Writing a directory atomically: fill a hidden one beside it, then let the two change places.

Beside a knowledge base ``kb`` there may stand, all hidden: ``.kb.lock`` (held by the one writer, released when it
dies), ``.kb.new`` (being filled, or the one just replaced), and, only where the system cannot exchange two
directories in one step, ``.kb.old`` for the moment in which ``kb`` is missing. Whatever a crash leaves, ``kb`` (or, in
that moment, ``.kb.old``) is whole, and the next writer clears the rest.

A reader must not see the places change while it opens the store: RocksDB, given the files of two stores, does not fail
but eats all memory. So a reader holds a shared lock on the manifest while it opens (milliseconds; afterwards it has all
files open and nothing disturbs it), and the writer waits for an exclusive one before it changes places.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from suantu.errors import StoreError

try:
    import fcntl
except ImportError:  # Windows has no flock; there the lock file's existence is the lock
    fcntl = None  # type: ignore[assignment]

MANIFEST = "manifest.json"
_PATIENCE = 10.0  # seconds that a writer waits for readers that are just opening
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
def steady(directory: Path) -> Iterator[None]:
    """While the block runs, no writer puts another directory in the place of ``directory``. Does nothing where there is
    no manifest to lock, or no locks."""
    while True:
        try:
            descriptor = os.open(directory / MANIFEST, os.O_RDONLY)
        except OSError:
            yield
            return
        try:
            _flock(descriptor, shared=True)
            if _same(descriptor, directory / MANIFEST):
                yield
                return
        finally:
            os.close(descriptor)


def _same(descriptor: int, path: Path) -> bool:
    """Whether ``path`` still is the file that was opened."""
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except OSError:
        return False


def _flock(descriptor: int, *, shared: bool, wait: bool = True) -> None:
    """Lock; BlockingIOError where another holds it and ``wait`` is false. Some file systems know no locks."""
    if fcntl is not None:
        with contextlib.suppress(OSError) if wait else contextlib.nullcontext():
            fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | (0 if wait else fcntl.LOCK_NB))


@contextlib.contextmanager
def _alone(directory: Path) -> Iterator[None]:
    """No reader is just opening ``directory``, or all of them have taken very long."""
    try:
        descriptor = os.open(directory / MANIFEST, os.O_RDONLY)
    except OSError:
        yield
        return
    try:
        until = time.monotonic() + _PATIENCE
        while time.monotonic() < until:
            try:
                _flock(descriptor, shared=False, wait=False)
                break
            except BlockingIOError:
                time.sleep(0.002)
            except OSError:
                break
        yield
    finally:
        os.close(descriptor)


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
                with _alone(where.target):
                    _put(where)
            finally:
                _erase(where.new)
    except OSError as error:
        raise StoreError(f"{directory}: cannot be written: {error.strerror or error}") from error


def _recover(where: Places) -> None:
    """Clears what a writer that died has left."""
    if where.old.is_dir() and not where.target.exists():
        where.old.rename(where.target)
    for leftover in (where.new, where.old):
        _erase(leftover)


def _erase(directory: Path) -> None:
    import shutil  # readers import this module, and have no use for it

    shutil.rmtree(directory, ignore_errors=True)


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
            if _same(descriptor, where.lock):
                return descriptor
        except BlockingIOError:
            os.close(descriptor)
            raise busy from None
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
        _erase(where.old)


def _exchange(one: Path, other: Path) -> bool:
    """The two change places in one step; False where the system cannot."""
    if sys.platform != "linux":
        return False
    import ctypes

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
