"""Work that can be stopped, and that takes nothing with it when it dies: it is done in a child process.

Nothing else ends a query that is running, or a library in C that loops, eats the memory or crashes over a broken file.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import sys
import time
import warnings
from collections.abc import Callable


class ChildError(Exception):
    """The child gave no result. ``late``: its time was up; ``died``: it ended without a word; else it failed, and the
    message says how."""

    def __init__(self, message: str = "", *, late: bool = False, died: bool = False) -> None:
        super().__init__(message)
        self.late, self.died = late, died


_OK, _SYNTAX, _FAILED = b"+", b"!", b"?"
FORKS = sys.platform == "linux"
_ORPHAN = 1.0  # seconds past the limit after which the kernel ends a child whose parent has died


def run(work: Callable[[], bytes], seconds: float, memory: int = 0) -> bytes:
    """What ``work`` gives, done in a child process that is killed after ``seconds`` and may take ``memory`` bytes
    (where processes can be forked; 0: ``memory_limit()``).

    SyntaxError is raised here as the child raised it; ChildError where there is no result. ``work`` must be picklable
    where processes cannot be forked.
    """
    if FORKS:
        return _forked(work, seconds, memory or memory_limit())
    return _spawned(work, seconds)


def _outcome(work: Callable[[], bytes]) -> bytes:
    try:
        return _OK + work()
    except SyntaxError as error:
        return _SYNTAX + str(error).encode("utf8", "replace")
    except Exception as error:  # noqa: BLE001 - the parent reports it; a child has no one else to tell
        return _FAILED + str(error).encode("utf8", "replace")


def _result(data: bytes, *, late: bool) -> bytes:
    if late:
        raise ChildError(late=True)
    mark, body = data[:1], data[1:]
    if mark == _OK:
        return body
    if mark == _SYNTAX:
        raise SyntaxError(body.decode("utf8"))
    if mark == _FAILED:
        raise ChildError(body.decode("utf8"))
    raise ChildError(died=True)


def _forked(work: Callable[[], bytes], seconds: float, memory: int) -> bytes:
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # forking beside threads: the child touches none of them
        pid = os.fork()
    if pid == 0:
        _be_child(work, seconds, memory, reading, writing)
    os.close(writing)
    try:
        data, late = _read(reading, time.monotonic() + seconds)
    finally:
        os.close(reading)
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    return _result(data, late=late)


def _be_child(work: Callable[[], bytes], seconds: float, memory: int, reading: int, writing: int) -> None:
    """Never returns. Signals end the child at once, and its own clock does where the parent is gone."""
    try:
        os.close(reading)
        for name in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM, signal.SIGABRT):
            signal.signal(name, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, seconds + _ORPHAN)
        _limit_memory(memory)
        left = memoryview(_outcome(work))
        while left:
            left = left[os.write(writing, left) :]
    finally:
        os._exit(0)


def memory_limit() -> int:
    """The bytes that a child may take: half of the machine's, so that it fails before others suffer."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2


def _limit_memory(memory: int) -> None:
    import resource

    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    most = memory if hard == resource.RLIM_INFINITY else min(memory, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (most, hard))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)  # a failed allocation writes its own last words there; the parent says it better


def _read(reading: int, deadline: float) -> tuple[bytes, bool]:
    parts: list[bytes] = []
    poll = select.poll()  # not select(): a server may hold descriptors beyond 1023
    poll.register(reading, select.POLLIN | select.POLLHUP)
    while True:
        left = deadline - time.monotonic()
        if left <= 0 or not poll.poll(left * 1000):
            return b"", True
        part = os.read(reading, 1 << 20)
        if not part:
            return b"".join(parts), False
        parts.append(part)


def _send(work: Callable[[], bytes], writing: object) -> None:
    writing.send_bytes(_outcome(work))  # type: ignore[attr-defined]


def _spawned(work: Callable[[], bytes], seconds: float) -> bytes:
    import multiprocessing

    context = multiprocessing.get_context("spawn")
    reading, writing = context.Pipe(duplex=False)
    process = context.Process(target=_send, args=(work, writing), daemon=True)
    process.start()
    writing.close()
    try:
        late = not reading.poll(seconds)
        try:
            data = b"" if late else reading.recv_bytes()
        except EOFError:
            data = b""
    finally:
        process.kill()
        process.join()
        reading.close()
    return _result(data, late=late)
