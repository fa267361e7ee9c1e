"""What is kept from run to run is the user's own, and whole."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from suantu import expressions, kept
from suantu.stores.draft import Draft

VALUE = {"a": (1, 2.5, None), "b": frozenset({"一", "二"})}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    kept._folder.cache_clear()
    yield tmp_path / "suantu"
    kept._folder.cache_clear()


def test_a_value_comes_back_under_its_key_alone(folder: Path) -> None:
    kept.save("things", ("key",), VALUE)
    assert kept.load("things", ("key",)) == VALUE
    assert kept.load("things", ("other",)) is None
    assert kept.load("names", ("key",)) is None
    assert folder.stat().st_mode & 0o777 == 0o700


def test_what_is_damaged_is_not_read(folder: Path) -> None:
    kept.save("things", ("key",), VALUE)
    (file,) = folder.iterdir()
    whole = file.read_bytes()
    for broken in (b"", whole[:10], whole[:-1], whole[:-1] + b"x", b"x" + whole):
        file.write_bytes(broken)
        assert kept.load("things", ("key",)) is None


def test_what_others_may_write_is_not_read(folder: Path, tmp_path: Path) -> None:
    kept.save("things", ("key",), VALUE)
    (file,) = folder.iterdir()
    file.chmod(0o666)
    assert kept.load("things", ("key",)) is None
    file.rename(tmp_path / "elsewhere")
    file.symlink_to(tmp_path / "elsewhere")
    (tmp_path / "elsewhere").chmod(0o600)
    assert kept.load("things", ("key",)) is None


def test_a_folder_that_others_may_write_is_not_used(folder: Path) -> None:
    folder.mkdir()
    folder.chmod(0o777)
    kept.save("things", ("key",), VALUE)
    assert not list(folder.iterdir())


def test_where_nothing_can_be_kept_nothing_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    kept._folder.cache_clear()
    kept.save("things", ("key",), VALUE)
    assert kept.load("things", ("key",)) is None
    kept._folder.cache_clear()


def test_what_is_no_plain_data_is_not_kept(folder: Path) -> None:
    kept.save("things", ("key",), object())
    assert kept.load("things", ("key",)) is None


def test_few_values_of_a_kind_are_kept(folder: Path) -> None:
    for n in range(12):
        kept.save("things", (str(n),), n)
    kept.save("names", (), 1)
    assert len(list(folder.glob("things-*"))) == kept._MOST
    assert kept.load("things", ("11",)) == 11
    assert kept.load("names", ()) == 1


@pytest.mark.parametrize(
    "source", ["a|b", "(?P<x>[一-鿿]{2,3}?)(?P<y>[^a-f\ue000-\uf8ff])?", "(?i:K)elvin", "(?<=x)y{2}"]
)
@pytest.mark.parametrize("flags", [0, re.IGNORECASE])
def test_an_expression_is_what_re_makes_of_it(source: str, flags: int) -> None:
    ours, plain = expressions.compiled(source, flags), re.compile(source, flags)
    assert (ours, ours.flags, ours.groupindex) == (plain, plain.flags, plain.groupindex)
    for text in ("ab", "算力甲", "KELVIN kelvin", "xyy"):
        assert [(m.span(), m.groupdict()) for m in ours.finditer(text)] == [
            (m.span(), m.groupdict()) for m in plain.finditer(text)
        ]


def test_a_wrong_expression_is_refused_as_by_re() -> None:
    with pytest.raises(re.error):
        expressions.compiled("(")


def test_the_next_process_finds_what_one_has_compiled(tmp_path: Path) -> None:
    code = (
        "import re; from suantu import expressions\n"
        "print(expressions.compiled('(?P<a>[一-鿿])b', re.I).sub('x', '算B'), len(expressions._new)); expressions.keep()"
    )
    env = {**os.environ, "XDG_CACHE_HOME": str(tmp_path)}
    runs = [
        subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True).stdout.split()
        for _ in range(2)
    ]
    assert runs == [["x", "1"], ["x", "0"]]


def test_a_directory_is_filled_once(folder: Path) -> None:
    made: list[Path] = []

    def make(path: Path) -> None:
        path.mkdir()
        made.append(path)

    first = kept.folder("store", ("key",), make)
    assert first is not None
    assert first.is_dir()
    assert kept.folder("store", ("key",), make) == first
    assert kept.folder("store", ("other",), make) != first
    assert len(made) == 2
    assert len(list(folder.iterdir())) == 2


def test_a_store_that_cannot_be_kept_is_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = b"<https://example.org/s> <https://example.org/p> <https://example.org/o> <https://example.org/g> .\n"
    broken = tmp_path / "broken"
    broken.mkdir()
    for found in (None, broken, tmp_path / "gone"):
        monkeypatch.setattr(kept, "folder", lambda *_, found=found: found)
        with contextlib.closing(Draft(tmp_path, f"store-{found and found.name}")) as draft:
            draft.begin(data, "https://example.org/g", "key")
            assert len(draft.store) == 2
