"""The directory of a knowledge base: one writer, any number of readers, one moment of change.

``manifest.json`` names the store that it describes (``store``, or ``store-2`` …). A writer fills a store under a free
name and then replaces the manifest, in one step of the file system: before it the old knowledge base is whole, after it
the new one. Whatever a crash leaves behind is named by no manifest, and the next writer clears it away.

A store's files are opened when a query first needs them, so a store must stand where it is while anyone reads it: a
reader holds a shared lock on the store's directory, and a writer removes only stores that nobody holds. All locks end
with the process that holds them.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator
from pathlib import Path

from suantu.errors import StoreError

try:
    import fcntl
except ImportError:  # Windows: files that are open cannot be removed there, which protects readers as well
    fcntl = None  # type: ignore[assignment]

MANIFEST, DOCUMENTS, LOCK = "manifest.json", "documents", ".lock"
LEXICON = "lexicon"  # the user's own words, which no writer touches
_DRAFT = ".manifest.json.new"
_STORE = re.compile(r"store(-\d+)?")
_TEXT = re.compile(r"[0-9a-f]{64}\.(txt|new)")


_held: set[int] = set()  # the writer's locks of this process


def _let_go() -> None:
    """In a child process: the lock is the parent's, and must end with it even where the child goes on."""
    for descriptor in _held:
        os.close(descriptor)
    _held.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_let_go)


class Hold:
    """A shared lock on a store's directory: no writer removes it before ``close`` (or the end of the process)."""

    def __init__(self, directory: Path) -> None:
        """FileNotFoundError where the store is not, or no longer, there."""
        self._descriptor = -1
        if fcntl is None:
            if not directory.is_dir():
                raise FileNotFoundError(directory)
            return
        self._descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        with contextlib.suppress(OSError):  # a file system without locks
            fcntl.flock(self._descriptor, fcntl.LOCK_SH)
        if not _same(self._descriptor, directory):
            self.close()
            raise FileNotFoundError(directory)

    def close(self) -> None:
        """Let go."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def __del__(self) -> None:
        self.close()


@contextlib.contextmanager
def writing(directory: Path) -> Iterator[None]:
    """Makes ``directory`` where it is missing and keeps other writers out of it. StoreError at once where one is there,
    or where nothing can be written. What no manifest names is cleared away before and after."""
    descriptor = _lock(directory)
    try:
        tidy(directory)
        yield
    except OSError as error:
        raise StoreError(f"{directory}: cannot be written: {error.strerror or error}") from error
    finally:
        tidy(directory)
        _leave(directory, descriptor)


def free_store(directory: Path) -> str:
    """A name for a new store."""
    number = 1
    while (directory / (name := f"store-{number}" if number > 1 else "store")).exists():
        number += 1
    return name


def publish(directory: Path, store: str, text: str) -> None:
    """Make ``text`` the manifest: the moment in which ``store`` becomes the knowledge base's."""
    for path in (directory / store, directory / DOCUMENTS):
        _sync(path)
    draft = directory / _DRAFT
    draft.write_text(text, encoding="utf8")
    _sync(draft)
    draft.replace(directory / MANIFEST)
    _sync(directory, deep=False)


def foreign(directory: Path) -> str:
    """The name of something in ``directory`` that no writer of ours left there; empty where there is nothing such."""
    ours = {MANIFEST, DOCUMENTS, LOCK, LEXICON, _DRAFT}
    names = (p.name for p in sorted(directory.iterdir()))
    return next((n for n in names if n not in ours and not _STORE.fullmatch(n)), "")


def tidy(directory: Path) -> None:
    """Remove the stores that the manifest does not name and nobody reads, and then the texts that it does not name."""
    import json

    with contextlib.suppress(OSError):
        (directory / _DRAFT).unlink()
    try:
        manifest = json.loads((directory / MANIFEST).read_bytes())
        kept, texts = str(manifest["store"]), {f"{d['sha256']}.txt" for d in manifest["documents"]}
    except FileNotFoundError:
        kept, texts = "", set()
    except (OSError, ValueError, KeyError, TypeError):
        return
    stores = [p for p in directory.iterdir() if _STORE.fullmatch(p.name) and p.name != kept]
    if all([_erase(store) for store in stores]) and (directory / DOCUMENTS).is_dir():
        for path in (directory / DOCUMENTS).iterdir():
            if _TEXT.fullmatch(path.name) and path.name not in texts:
                path.unlink(missing_ok=True)


def _erase(store: Path) -> bool:
    """Whether the store could be removed; not while a reader holds it."""
    import shutil

    if fcntl is None:
        shutil.rmtree(store, ignore_errors=True)
        return not store.exists()
    descriptor = os.open(store, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        pass
    else:
        shutil.rmtree(store, ignore_errors=True)
    finally:
        os.close(descriptor)
    return not store.exists()


def _lock(directory: Path) -> int:
    """An open descriptor that holds the writer's lock. A writer that gives up a directory it has just made takes the
    lock file away with it; whoever opened that file holds a lock that nobody else sees, and begins again."""
    path = directory / LOCK
    while True:
        try:
            directory.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o666)
        except OSError as error:
            raise StoreError(f"{directory}: cannot be written: {error.strerror or error}") from error
        try:
            if fcntl is not None:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _same(descriptor, path):
                _held.add(descriptor)
                return descriptor
        except BlockingIOError:
            os.close(descriptor)
            raise StoreError(f"{directory}: another process is writing it; wait until it has finished") from None
        os.close(descriptor)


def _leave(directory: Path, descriptor: int) -> None:
    """Give the lock back; a directory in which nothing came about is removed."""
    if not (directory / MANIFEST).exists() and not foreign(directory):
        with contextlib.suppress(OSError):
            (directory / DOCUMENTS).rmdir()
        with contextlib.suppress(OSError):
            (directory / LOCK).unlink()
            directory.rmdir()
    _held.discard(descriptor)
    os.close(descriptor)


def _same(descriptor: int, path: Path) -> bool:
    """Whether ``path`` still is the file that was opened."""
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except OSError:
        return False


def _sync(path: Path, *, deep: bool = True) -> None:
    """A file, or a directory and its files, on the disk, so that not even a power cut leaves a hollow store."""
    if os.name != "posix":
        return
    if deep and path.is_dir():
        for inner in path.iterdir():
            _sync(inner)
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
