"""Puts Cytoscape.js, which exported pages carry, into the package when it is built.

Run as a script it does the same for a checkout. The release is pinned by its SHA-512; npm fetches it.
"""

from __future__ import annotations

import base64
import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # run as a script where hatchling is not installed
    BuildHookInterface = object  # type: ignore[assignment,misc]

VERSION = "3.34.4"
SHA512 = "msY99tMY8iWTg+sIPGfSqDcPNOt4xcj+v/K/7qUFaCUxxlqnMkUYLBjRUzn9W5CU/R2hrmtJa5+UtovrEM2ctg=="
ASSETS = Path(__file__).resolve().parent / "src" / "suantu" / "export" / "assets"
FILES = {"package/dist/cytoscape.min.js": "cytoscape.min.js", "package/LICENSE": "cytoscape.LICENSE"}


def fetch(assets: Path = ASSETS) -> None:
    """Put the library and its licence into ``assets``, unless that version is there. RuntimeError where that fails."""
    stamp = assets / "VERSION"
    if stamp.is_file() and stamp.read_text() == VERSION and all((assets / name).is_file() for name in FILES.values()):
        return
    npm = shutil.which("npm")
    if npm is None:
        raise RuntimeError("npm is needed once to fetch Cytoscape.js for exported pages; install Node.js")
    with tempfile.TemporaryDirectory() as folder:
        packed = subprocess.run(  # noqa: S603 - a program found on the path, fixed arguments
            [npm, "pack", "--silent", f"cytoscape@{VERSION}"], cwd=folder, capture_output=True, text=True, check=False
        )
        archive = next(Path(folder).glob("*.tgz"), None)
        if archive is None:
            raise RuntimeError(f"npm pack cytoscape@{VERSION} failed: {packed.stderr.strip()}")
        _unpack(archive, assets)
    stamp.write_text(VERSION)


def _unpack(archive: Path, assets: Path) -> None:
    found = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if found != SHA512:
        raise RuntimeError(f"cytoscape {VERSION} is not what it should be: its SHA-512 is {found}")
    assets.mkdir(parents=True, exist_ok=True)
    with tarfile.open(archive) as tar:
        for member, name in FILES.items():
            stream = tar.extractfile(member)
            if stream is None:
                raise RuntimeError(f"cytoscape {VERSION} has no {member}")
            (assets / name).write_bytes(stream.read())


class CustomBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Runs before the files of a wheel or source distribution are collected."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Fetch; an editable install without npm goes on without the library, and the html export says what to do."""
        try:
            fetch()
        except RuntimeError as error:
            if version != "editable":
                raise
            self.app.display_warning(str(error))


if __name__ == "__main__":
    try:
        fetch()
    except RuntimeError as failure:
        sys.exit(str(failure))
