"""The knowledge base on disk: what a build leaves, whatever happens to it meanwhile."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from unittest import mock

import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st

import graph_samples as samples
from suantu import __version__, infer
from suantu.border.vocab import GRAPH_INFERRED, GRAPH_ONTOLOGY, STI
from suantu.build import add, build, export_trig, remove
from suantu.errors import InputError, StoreError, UsageError
from suantu.ontology import Ontology
from suantu.stores import place
from suantu.stores.kb import KnowledgeBase

OTHER = "联想昨日召开了发布会。\n"


@pytest.fixture
def onto(tmp_path) -> Ontology:
    return samples.ontology(tmp_path / "onto")


@pytest.fixture
def sources(tmp_path) -> list[Path]:
    """Three documents; the first two state the same facts."""
    texts = {"b.txt": samples.TEXT, "a.txt": f"再版\n{samples.TEXT}", "c.txt": OTHER}
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf8")
    return [tmp_path / name for name in texts]


def built(sources: list[Path], kb: Path, onto: Ontology, **more):
    return build(sources, kb, onto, samples.extract, samples.read, **more)


def exported(kb: Path) -> bytes:
    with KnowledgeBase.open(kb) as base:
        return export_trig(base)


def inside(kb: Path) -> list[str]:
    return sorted(p.name for p in kb.iterdir() if p.name != ".lock")


WHOLE = (["documents", "manifest.json", "store"], ["documents", "manifest.json", "store-2"])


# ---- building -------------------------------------------------------------------------------------------------------


def test_a_build_keeps_texts_counts_and_says_what_it_did(tmp_path, onto, sources):
    seen: list[tuple[int, int, str]] = []
    summary = built(sources, tmp_path / "kb", onto, progress=lambda *step: seen.append(step))
    assert (summary.documents, summary.failed) == (3, ())
    assert (summary.claims, summary.observations, summary.rankings, summary.loose) == (4, 2, 2, 2)
    assert summary.things == {
        "Entity": 5,
        "Market": 1,
        "Organization": 2,
        "Place": 1,
        "Product": 1,
        "Server": 1,
        "Vendor": 2,
    }
    assert seen == [(1, 3, "a.txt"), (2, 3, "b.txt"), (3, 3, "c.txt")]
    with KnowledgeBase.open(tmp_path / "kb") as base:
        assert [d.name for d in base.documents] == [
            d.name for d in sorted((samples.read(s) for s in sources), key=lambda d: d.sha256)
        ]
        entry = base.find("b.txt")
        assert base.source_text(entry.iri) == samples.TEXT
        assert base.find(entry.sha256[:8]) == entry
        assert entry.counts == {
            "claims": 2,
            "loose": 1,
            "observations": 1,
            "passages": 4,
            "rankings": 1,
            "things": 5,
        }
        with pytest.raises(UsageError, match="no such document"):
            base.find("z.txt")
    assert inside(tmp_path / "kb") in WHOLE


def test_every_passage_quotes_its_text(tmp_path, onto, sources):
    built(sources, tmp_path / "kb", onto)
    with KnowledgeBase.open(tmp_path / "kb") as base:
        rows = base.endpoint().select(
            "SELECT ?d ?q ?s ?e WHERE { ?p oa:exact ?q ; oa:start ?s ; oa:end ?e ; dcterms:isPartOf ?d }"
        )
        assert len(rows) == 8
        for row in rows:
            text = base.source_text(row["d"].value)
            assert text[row["s"].python() : row["e"].python()] == row["q"].value


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # rdflib's own TriG parser uses what it deprecates
def test_what_is_exported_depends_on_the_texts_alone(tmp_path, onto, sources):
    built(sources, tmp_path / "one", onto)
    built(sources[::-1], tmp_path / "two", onto, jobs=2)
    built(sources, tmp_path / "two", onto)
    data = exported(tmp_path / "one")
    assert data == exported(tmp_path / "two")
    built(sources, tmp_path / "two", onto)
    manifests = [(tmp_path / k / "manifest.json").read_bytes() for k in ("one", "two")]
    assert manifests[0] == manifests[1]
    read = rdflib.Dataset()
    read.parse(data=data, format="trig")
    assert sum(1 for _ in read.quads()) == sum(1 for _ in ox.parse(data, format=ox.RdfFormat.TRIG))


def test_an_unreadable_document_is_named_and_the_others_are_built(tmp_path, onto, sources):
    (tmp_path / "empty.txt").write_text("")
    summary = built([*sources, tmp_path / "empty.txt"], tmp_path / "kb", onto)
    assert summary.documents == 3
    assert summary.failed == (("empty.txt", "empty.txt: empty; give a text"),)


@pytest.mark.parametrize("jobs", [1, 2])
def test_where_nothing_can_be_read_the_old_one_stays(tmp_path, onto, sources, jobs):
    built(sources, tmp_path / "kb", onto)
    before = exported(tmp_path / "kb")
    for name in ("x.txt", "y.txt"):
        (tmp_path / name).write_text("")
    with pytest.raises(InputError, match=r"x.txt: empty; give a text \(and 1 more"):
        built([tmp_path / "x.txt", tmp_path / "y.txt"], tmp_path / "kb", onto, jobs=jobs)
    with pytest.raises(InputError, match="nothing to read"):
        built([], tmp_path / "kb", onto)
    assert exported(tmp_path / "kb") == before
    assert inside(tmp_path / "kb") in WHOLE


def test_the_same_text_twice_is_one_document(tmp_path, onto, sources):
    (tmp_path / "copy.txt").write_text(OTHER, encoding="utf8")
    assert built([*sources, tmp_path / "copy.txt"], tmp_path / "kb", onto).documents == 3


# ---- adding and removing --------------------------------------------------------------------------------------------


def test_adding_and_removing_lead_where_building_leads(tmp_path, onto, sources):
    kb = tmp_path / "kb"
    built(sources, kb, onto)
    built(sources[:2], tmp_path / "two", onto)
    built(sources[:1], tmp_path / "one", onto)
    whole = exported(kb)
    remove("c.txt", kb)
    assert exported(kb) == exported(tmp_path / "two")
    summary = remove("a.txt", kb)
    assert (summary.documents, summary.claims) == (1, 2)
    assert exported(kb) == exported(tmp_path / "one")
    assert len(list((kb / "documents").iterdir())) == 1
    summary = add(sources, kb, onto, samples.extract, samples.read)
    assert (summary.documents, summary.unchanged) == (3, 1)
    assert exported(kb) == whole
    with KnowledgeBase.open(kb) as base:  # the union holds each triple once, and nothing else
        named = {q.triple for q in base.store if q.graph_name != ox.DefaultGraph()}
        union = [q.triple for q in base.store if q.graph_name == ox.DefaultGraph()]
        assert len(union) == len(named)
        assert {t for t in union if "BlankNode" not in repr(t)} == {t for t in named if "BlankNode" not in repr(t)}
    assert inside(tmp_path / "kb") in WHOLE


def test_adding_what_is_there_does_nothing(tmp_path, onto, sources):
    kb = tmp_path / "kb"
    built(sources, kb, onto)
    before = (kb / "manifest.json").stat().st_ino
    summary = add(sources, kb, onto, samples.extract, samples.read)
    assert (summary.documents, summary.unchanged, (kb / "manifest.json").stat().st_ino) == (3, 3, before)
    add(sources[:1], kb, onto, samples.extract, samples.read, force=True)
    assert (kb / "manifest.json").stat().st_ino != before


def test_a_changed_file_replaces_what_it_said(tmp_path, onto, sources):
    kb = tmp_path / "kb"
    built(sources, kb, onto)
    sources[0].write_text("联想明日再开发布会。\n", encoding="utf8")
    summary = add(sources, kb, onto, samples.extract, samples.read)
    assert (summary.documents, summary.replaced, summary.unchanged) == (3, 1, 2)
    assert inside(kb) in WHOLE
    assert len(list((kb / "documents").iterdir())) == 3
    changed = exported(kb)
    built(sources, tmp_path / "new", onto)
    assert changed == exported(tmp_path / "new")


def test_a_text_stays_as_long_as_some_file_holds_it(tmp_path, onto, sources):
    kb, copy = tmp_path / "kb", tmp_path / "more" / "b.txt"
    copy.parent.mkdir()
    copy.write_text(OTHER, encoding="utf8")
    built([*sources, copy], kb, onto)
    sources[2].write_text("改了。\n", encoding="utf8")
    summary = add([sources[2]], kb, onto, samples.extract, samples.read)
    assert (summary.documents, summary.replaced) == (4, 0)
    copy.write_text("也改了。\n", encoding="utf8")
    summary = add([copy], kb, onto, samples.extract, samples.read)  # another file of the name b.txt is not touched
    assert (summary.documents, summary.replaced) == (4, 1)
    with KnowledgeBase.open(kb) as base:
        assert sorted(p for d in base.documents for p in d.paths) == [
            "../a.txt",
            "../b.txt",
            "../c.txt",
            "../more/b.txt",
        ]


def test_a_text_that_comes_under_another_path_is_the_same_document(tmp_path, onto, sources):
    kb = tmp_path / "kb"
    built(sources, kb, onto)
    before = exported(kb)
    moved = sources[2].rename(tmp_path / "moved.txt")
    summary = add([moved], kb, onto, samples.extract, samples.read)
    assert (summary.documents, summary.unchanged, summary.replaced) == (3, 1, 0)
    assert exported(kb) == before
    assert KnowledgeBase.open(kb).find("c.txt").paths == ("../c.txt", "../moved.txt")


def test_another_ontology_reads_everything_again(tmp_path, onto, sources):
    kb = tmp_path / "kb"
    built(sources[:2], kb, onto)
    path = onto.directory / "lexicon" / "all.ttl"
    path.write_text(path.read_text(encoding="utf8").replace('"浪潮"@zh', '"浪潮信息"@zh'), encoding="utf8")
    other = samples.load(onto.directory)
    with pytest.raises(StoreError, match="another ontology"):
        add(sources, kb, other, samples.extract, samples.read)
    for source in sources[:2]:
        source.unlink()  # the kept texts are enough
    summary = add(sources[2:], kb, other, samples.extract, samples.read, restore=samples.restore, jobs=2)
    assert (summary.documents, summary.again, summary.replaced) == (3, 2, 0)
    whole = exported(kb)
    for name, text in {"b.txt": samples.TEXT, "a.txt": f"再版\n{samples.TEXT}"}.items():
        (tmp_path / name).write_text(text, encoding="utf8")
    built(sources, tmp_path / "new", other)
    assert whole == exported(tmp_path / "new")
    assert "浪潮信息" in whole.decode()


def test_pages_survive_reading_again(tmp_path, onto, sources):
    def paged(path: Path):
        return samples.document(path.read_text(encoding="utf8"), path.name, pages=(0, 7))

    build(sources, tmp_path / "kb", onto, samples.extract, paged)
    before = exported(tmp_path / "kb")
    assert b"page" in before
    (onto.directory / "rules" / "more.yaml").write_text("a: 1\n")
    add(sources[:1], tmp_path / "kb", samples.load(onto.directory), samples.extract, paged, restore=samples.restore)
    assert exported(tmp_path / "kb") == before


def test_a_lost_text_stops_reading_again(tmp_path, onto, sources):
    kb = tmp_path / "kb"
    built(sources, kb, onto)
    before = exported(kb)
    with KnowledgeBase.open(kb) as base:
        (kb / "documents" / f"{base.find('c.txt').sha256}.txt").unlink()
    (onto.directory / "rules" / "more.yaml").write_text("a: 1\n")
    with pytest.raises(StoreError, match=r"c\.txt is lost"):
        add(sources[:1], kb, samples.load(onto.directory), samples.extract, samples.read, restore=samples.restore)
    assert exported(kb) == before


def test_an_error_in_one_document_spares_the_others(tmp_path, onto, sources):
    def fails(document):
        if document.name == "c.txt":
            raise RecursionError("too deep")
        return samples.extract(document)

    summary = build(sources, tmp_path / "kb", onto, fails, samples.read, jobs=2)
    assert summary.documents == 2
    ((name, reason),) = summary.failed
    assert name == "c.txt"
    assert reason.startswith("c.txt: an error of Suantu, please report it: RecursionError: too deep (test_kb.py:")


@settings(max_examples=10, deadline=None)
@given(st.data())
def test_any_way_to_the_same_documents_leads_to_the_same_bytes(data):
    """Adding, removing and changing, in any order: the graph is that of a build of the files as they are."""
    with tempfile.TemporaryDirectory() as folder, mock.patch.object(place, "_sync"):  # which only costs time here
        root = Path(folder)
        onto = samples.ontology(root / "onto")
        texts = {"t.txt": samples.TEXT, "u.txt": f"再版\n{samples.TEXT}", "v.txt": OTHER, "w.txt": f"{OTHER}又。\n"}
        names = sorted(texts)
        for name in names:
            (root / name).write_text(texts[name], encoding="utf8")
        present = {"t.txt"}
        built([root / "t.txt"], root / "kb", onto)
        for _ in range(data.draw(st.integers(1, 5))):
            name = data.draw(st.sampled_from(names))
            if data.draw(st.booleans()) and present - {name}:
                if name in present:
                    remove(name, root / "kb")
                    present.discard(name)
                continue
            text = data.draw(st.sampled_from([texts[name], f"{texts[name]}{name}改。\n"]))
            (root / name).write_text(text, encoding="utf8")
            add([root / name], root / "kb", onto, samples.extract, samples.read, force=data.draw(st.booleans()))
            present.add(name)
        built([root / name for name in sorted(present)], root / "new", onto)
        assert exported(root / "kb") == exported(root / "new")
        kept = sorted(p.name for p in (root / "kb" / "documents").iterdir())
        assert kept == sorted(p.name for p in (root / "new" / "documents").iterdir())


# ---- what follows ---------------------------------------------------------------------------------------------------


def test_what_follows_stands_in_its_own_graph(tmp_path, onto, sources):
    built(sources, tmp_path / "kb", onto)
    with KnowledgeBase.open(tmp_path / "kb") as base:
        found = base.endpoint().select(f"SELECT ?s ?p ?o {{ GRAPH <{GRAPH_INFERRED}> {{ ?s ?p ?o }} }}")
        shown = {tuple(t.value.removeprefix(STI).rpartition("#")[2] for t in row) for row in found.rows}
        assert shown == {
            ("product/y9000", "madeBy", "Inspur"),
            ("Lenovo", "partnersWith", "Inspur"),
            ("Inspur", "locatedIn", "Shandong"),
            ("Inspur", "locatedIn", "China"),
            ("Jinan", "locatedIn", "China"),
        }
        lexicon = base.endpoint().select(f"SELECT ?s ?p ?o {{ GRAPH <{GRAPH_ONTOLOGY}> {{ sti:Inspur st:makes ?x }} }}")
        assert len(lexicon) == 0


def test_circles_and_chains_end():
    edges = {"in": {("a", "b"), ("b", "c"), ("c", "a"), ("c", "d")}, "holds": {("z", "a")}}
    inverse = {"in": "holds", "holds": "in"}
    found = set(infer.new_edges(edges, inverse, set(), {"in"}))
    assert ("in", "a", "z") in found
    assert ("in", "b", "z") in found
    assert ("holds", "d", "a") in found
    assert not [f for f in found if f[1] == f[2]]


# ---- writing is atomic ----------------------------------------------------------------------------------------------

_WRITER = """
import sys, time
from pathlib import Path
import graph_samples as samples
from suantu import build as b
from suantu.ontology import load
from suantu.stores import draft, place
root, stop = Path(sys.argv[1]), sys.argv[2]
def pause(name, function):
    def wrapped(*args, **more):
        if name == stop:
            print("here", flush=True)
            time.sleep(60)
        return function(*args, **more)
    return wrapped
draft.free_store = pause("start", draft.free_store)
draft.Draft.put = pause("load", draft.Draft.put)
draft.Draft.finish = pause("finish", draft.Draft.finish)
draft.publish = pause("publish", draft.publish)
place._sync = pause("sync", place._sync)
Path.replace = pause("replace", Path.replace)
draft.Draft.close = pause("after", draft.Draft.close)
place._erase = pause("tidy", place._erase)
b.build([root / "c.txt"], root / "kb", load(root / "onto"), samples.extract, samples.read)
"""


def writer(root: Path, stop: str) -> subprocess.Popen[str]:
    path = os.pathsep.join([str(Path(__file__).parent), *sys.path])
    process = subprocess.Popen(
        [sys.executable, "-c", _WRITER, str(root), stop],
        env={**os.environ, "PYTHONPATH": path},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "here\n"
    return process


MOMENTS = ["start", "load", "finish", "publish", "sync", "replace", "after", "tidy"]


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_killed_writer_leaves_a_whole_knowledge_base(tmp_path, onto, sources, moment):
    kb = tmp_path / "kb"
    built(sources, kb, onto)
    old = exported(kb)
    built([sources[2]], tmp_path / "new", onto)
    new = exported(tmp_path / "new")
    with writer(tmp_path, moment) as process:
        reader = exported(kb)  # readers go on while the writer stands there
        process.send_signal(signal.SIGKILL)
    assert reader in {old, new}
    assert exported(kb) in {old, new}
    built(sources[:2], kb, onto)  # and the next writer neither waits nor stumbles
    assert len(KnowledgeBase.open(kb).documents) == 2
    assert inside(tmp_path / "kb") in WHOLE


def test_a_second_writer_is_told_at_once(tmp_path, onto, sources):
    built(sources, tmp_path / "kb", onto)
    with writer(tmp_path, "finish") as process:
        for attempt in (
            lambda: built(sources, tmp_path / "kb", onto),
            lambda: remove("c.txt", tmp_path / "kb"),
        ):
            with pytest.raises(StoreError, match="another process is writing"):
                attempt()
        assert len(KnowledgeBase.open(tmp_path / "kb").documents) == 3
        process.kill()


def test_an_open_reader_keeps_what_it_opened(tmp_path, onto, sources):
    kb = tmp_path / "kb"
    built(sources, kb, onto)
    with KnowledgeBase.open(kb) as base:
        endpoint = base.endpoint()
        count = "SELECT (COUNT(?c) AS ?n) WHERE { ?c a st:Claim }"
        assert endpoint.select(count).rows[0][0].python() == 4
        built([sources[2]], kb, onto)
        assert endpoint.select(count, timeout=30).rows[0][0].python() == 4
    assert KnowledgeBase.open(kb).endpoint().select(count).rows[0][0].python() == 0


def test_readers_never_see_a_half_written_one(tmp_path, onto, sources):
    kb = tmp_path / "kb"
    built(sources, kb, onto)
    code = (
        "import sys\nfrom pathlib import Path\nfrom suantu.stores.kb import KnowledgeBase\n"
        "q='SELECT (COUNT(?c) AS ?n) WHERE { ?c a st:Claim }'\n"
        "while not Path(sys.argv[2]).exists():\n"
        "    base = KnowledgeBase.open(sys.argv[1])\n"
        "    n = base.endpoint().select(q).rows[0][0].python()\n"
        "    assert n in (0, 4), n\n"
    )
    over = tmp_path / "over"
    command = [sys.executable, "-c", code, str(kb), str(over)]
    with subprocess.Popen(command, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}) as reader:
        for turn in range(12):
            built(sources if turn % 2 else [sources[2]], kb, onto)
        over.touch()
        assert reader.wait(60) == 0


def test_a_store_that_is_read_stays_until_nobody_reads_it(tmp_path, onto, sources):
    kb = tmp_path / "kb"
    built(sources, kb, onto)
    base = KnowledgeBase.open(kb)
    built([sources[2]], kb, onto)
    assert inside(kb) == ["documents", "manifest.json", "store", "store-2"]
    assert base.source_text("a.txt").endswith(samples.TEXT)
    base.close()
    built(sources, kb, onto)
    assert inside(kb) == ["documents", "manifest.json", "store"]
    assert len(list((kb / "documents").iterdir())) == 3


# ---- opening --------------------------------------------------------------------------------------------------------


def test_what_is_no_knowledge_base_says_so(tmp_path, onto, sources):
    with pytest.raises(StoreError, match="no knowledge base there; build one with: suantu build"):
        KnowledgeBase.open(tmp_path / "nowhere")
    with pytest.raises(StoreError, match="not a knowledge base"):
        KnowledgeBase.open(tmp_path)
    with pytest.raises(StoreError, match="a file, not a knowledge base"):
        KnowledgeBase.open(sources[0])
    with pytest.raises(StoreError, match="not a knowledge base, and not empty"):
        built(sources, tmp_path / "onto", onto)
    with pytest.raises(StoreError, match="a file; name a directory"):
        built(sources, sources[0], onto)
    assert (tmp_path / "onto" / "suantu.ttl").is_file()
    assert sources[0].read_text(encoding="utf8") == samples.TEXT


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format": 99, "version": "9.0"}, "made by a newer Suantu"),
        ({"documents": "?"}, "damaged"),
    ],
)
def test_a_manifest_that_cannot_be_read_says_why(tmp_path, onto, sources, change, message):
    built(sources, tmp_path / "kb", onto)
    path = tmp_path / "kb" / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf8")), **change}), encoding="utf8")
    with pytest.raises(StoreError, match=message):
        KnowledgeBase.open(tmp_path / "kb")


def test_a_lost_store_or_text_says_so(tmp_path, onto, sources):
    kb = tmp_path / "kb"
    built(sources, kb, onto)
    base = KnowledgeBase.open(kb)
    shutil.rmtree(kb / "documents")
    with pytest.raises(StoreError, match="is lost"):
        base.source_text("a.txt")
    for file in (kb / "store").glob("*.sst"):
        file.write_bytes(b"")
    with pytest.raises(StoreError, match="cannot be opened"):
        _ = base.store
    shutil.rmtree(kb / "store")
    with pytest.raises(StoreError, match="the store is lost"):
        KnowledgeBase.open(kb)
    built(sources, kb, onto)
    assert len(KnowledgeBase.open(kb).endpoint().select("SELECT * WHERE { ?o a st:Observation }")) == 2


def test_a_first_build_that_fails_leaves_nothing(tmp_path, onto):
    (tmp_path / "x.txt").write_text("")
    with pytest.raises(InputError):
        built([tmp_path / "x.txt"], tmp_path / "kb", onto)
    assert not (tmp_path / "kb").exists()


def test_paths_with_any_characters_links_and_missing_parents(tmp_path, onto, sources, monkeypatch):
    odd = tmp_path / "新 目录'\"%23#?&\\n" / "知识库 \udc80".encode("utf8", "surrogateescape").decode("utf8", "replace")
    built(sources, odd, onto)
    assert KnowledgeBase.open(odd).endpoint().ask("ASK { sti:Inspur st:makes ?x }", timeout=30)
    (tmp_path / "link").symlink_to(odd)
    built(sources[:1], tmp_path / "link", onto)
    assert (tmp_path / "link").is_symlink()
    assert len(KnowledgeBase.open(odd).documents) == 1
    monkeypatch.chdir(tmp_path)
    built(sources, Path("here"), onto)
    assert len(KnowledgeBase.open("here").documents) == 3


def test_texts_come_back_to_the_character(tmp_path, onto):
    text = "\ufeff一\r\n二\r三\x00\x0b\x85\u2028四😀\n"
    (tmp_path / "odd.txt").write_bytes(text.encode())

    def read(path: Path):
        return samples.document(path.read_bytes().decode(), path.name)

    build([tmp_path / "odd.txt"], tmp_path / "kb", onto, samples.extract, read)
    assert KnowledgeBase.open(tmp_path / "kb").source_text("odd.txt") == text


def test_the_manifest_names_version_ontology_and_format(tmp_path, onto, sources):
    built(sources, tmp_path / "kb", onto)
    content = json.loads((tmp_path / "kb" / "manifest.json").read_text(encoding="utf8"))
    assert (content["format"], content["version"], content["ontology"]) == (2, __version__, onto.digest)
    assert content["totals"]["claims"] == 4
    assert {d["iri"] for d in content["documents"]} == {
        f"{STI}document/{d['sha256'][:16]}" for d in content["documents"]
    }
