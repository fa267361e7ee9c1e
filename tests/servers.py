"""Real SPARQL servers for the tests: Oxigraph from the Python package index, Virtuoso where it is installed."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_VIRTUOSO = """
[Database]
DatabaseFile = v.db
ErrorLogFile = v.log
LockFile = v.lck
TransactionFile = v.trx
xa_persistent_file = v.pxa
[TempDatabase]
DatabaseFile = v-temp.db
TransactionFile = v-temp.trx
[Parameters]
ServerPort = {sql}
NumberOfBuffers = 4000
MaxDirtyBuffers = 2000
DirsAllowed = .
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerThreads = 8
[SPARQL]
ResultSetMaxRows = 1000000
"""


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _running(command: list[str], url: str, folder: Path | None = None) -> Iterator[None]:
    """The server while it runs, from the moment that it answers."""
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        end = time.monotonic() + 60
        while True:
            assert process.poll() is None, f"{command[0]} ended"
            try:
                urllib.request.urlopen(url, timeout=5).close()
                break
            except urllib.error.HTTPError:
                break
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                assert time.monotonic() < end, f"{command[0]} does not answer"
                time.sleep(0.05)
        yield
    finally:
        process.kill()
        process.wait()


@contextmanager
def oxigraph(store: Path | None = None) -> Iterator[str]:
    """An Oxigraph server's address (``/query``, ``/update``, ``/store``): over a finished store, read-only, or empty."""
    binary = shutil.which("oxigraph", path=str(Path(sys.executable).parent)) or shutil.which("oxigraph")
    if binary is None:
        pytest.skip("needs the oxigraph server: pip install oxigraph")
    url = f"http://127.0.0.1:{free_port()}"
    how = ["serve-read-only", "--location", str(store)] if store else ["serve"]
    with _running([binary, *how, "--bind", url.removeprefix("http://")], url):
        yield url


@contextmanager
def virtuoso(folder: Path) -> Iterator[str]:
    """An empty Virtuoso server's address (``/sparql``, ``/sparql-auth``, ``/sparql-graph-crud-auth``); name and password
    are ``dba``."""
    binary = shutil.which("virtuoso-t")
    if binary is None:
        pytest.skip("needs Virtuoso: apt-get install virtuoso-opensource-7-bin")
    port = free_port()
    (folder / "virtuoso.ini").write_text(_VIRTUOSO.format(sql=free_port(), http=port), "utf-8")
    url = f"http://127.0.0.1:{port}"
    with _running([binary, "+foreground", "+configfile", "virtuoso.ini"], f"{url}/sparql", folder):
        yield url
