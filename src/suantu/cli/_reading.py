"""What ``build`` and ``add`` share: the reader, the progress bar and the closing summary."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from suantu.cli.common import Session

if TYPE_CHECKING:
    from suantu.build import Progress, Summary
    from suantu.ontology import Ontology
    from suantu.pipeline import Pipeline

_F = TypeVar("_F", bound=Callable[..., Any])
_FIGURES = ("documents", "unchanged", "replaced", "again", "claims", "observations", "rankings", "loose")
_RARE = {"unchanged", "replaced", "again"}  # shown where there are some
_CLASSES_SHOWN = 12
UNREADABLE = 3


def reading_options(function: _F) -> _F:
    """The options of commands that read documents."""
    jobs = click.IntRange(1, 256)
    at_once = click.option(
        "--jobs",
        "-j",
        type=jobs,
        default=None,
        metavar="N",
        help="Documents, or parts of a large one, read at once.  [default: the processors]",
    )
    folder = click.option(
        "--ontology", type=click.Path(path_type=Path), help="An ontology folder in place of the packaged one."
    )
    return folder(lexicon_option(at_once(function)))


def lexicon_option(function: _F) -> _F:
    """Where the user's own words are kept, which ``review`` writes and ``build`` reads."""
    return click.option(
        "--lexicon",
        envvar="SUANTU_LEXICON",
        type=click.Path(path_type=Path, file_okay=False),
        metavar="DIR",
        help="Your own words, read beside the ontology.  [env: SUANTU_LEXICON; default: lexicon/ in the knowledge base]",
    )(function)


def pipeline(directory: Path | None, own: Path | None = None) -> Pipeline:
    """The pipeline of an ontology folder, the packaged one by default, with the user's own lexicon folder."""
    from suantu.ontology import load
    from suantu.paths import ontology_dir
    from suantu.pipeline import Pipeline

    made = Pipeline(load(directory or ontology_dir(), own))
    gc.freeze()  # what has just been made lasts, and needs no looking through
    gc.enable()  # long work makes cycles
    return made


def read_into(
    session: Session,
    pipeline: Pipeline,
    paths: Sequence[Path],
    jobs: int | None,
    work: Callable[..., Summary],
    **more: bool,
) -> None:
    """Read documents with ``work`` (``build`` or ``add``), say how it went, and exit with 3 where one failed."""
    from suantu.expressions import keep
    from suantu.stages.read import find_sources, read
    from suantu.workers import in_portions

    sources = find_sources(paths)
    reader = partial(read, layout=pipeline.layout)
    with progress(session, len(sources)) as tell:
        summary = work(
            sources,
            session.directory,
            pipeline.ontology,
            in_portions(pipeline.extract, pipeline.layout),
            reader,
            jobs=jobs or _processors(sources),
            progress=tell,
            **more,
        )
    keep_names(session, pipeline.ontology)
    keep()
    report(session, summary, {source.name for source in sources})


def _processors(sources: Sequence[Path]) -> int:
    """As many as can be busy: one for each document, all where one is read in portions."""
    from suantu.stages.portions import LARGEST

    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if any(source.stat().st_size > LARGEST for source in sources if source.is_file()):
        return usable
    return max(1, min(usable, len(sources)))


@contextmanager
def progress(session: Session, total: int) -> Iterator[Progress | None]:
    """A progress bar on a terminal, nothing elsewhere."""
    if session.quiet or total < 2 or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    from suantu.table import cut, visible

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=total)
        yield lambda done, _, name: bar.update(task, completed=done, description=cut(visible(name), 40))


def keep_names(session: Session, ontology: Ontology) -> None:
    """Keep the list of names beside the knowledge base, so that ``find`` need not ask for it."""
    from suantu.search import index_of

    index_of(session.kb, session.endpoint, pinyin=False, known=ontology)


def report(session: Session, summary: Summary, read: Collection[str]) -> None:
    """Print the summary; name on stderr what failed, and what of the files called ``read`` was not read, and exit with 3
    where something failed."""
    if session.form == "json":
        from dataclasses import asdict

        from suantu.cli.output import write_json

        write_json({**asdict(summary), "kb": str(session.directory)})
    elif not session.quiet:
        _print(session, summary)
    from suantu.table import visible

    for name, what in (one for one in summary.unread if one[0] in read):
        click.echo(visible(f"suantu: {session.say('partly_read')}: {name}: {what}"), err=True)
    for name, reason in summary.failed:
        click.echo(
            visible(f"suantu: {session.say('not_read')}: {reason if name in reason else f'{name}: {reason}'}"), err=True
        )
    if summary.failed:
        click.get_current_context().exit(UNREADABLE)


def _print(session: Session, summary: Summary) -> None:
    rows = [
        [session.say(f"sum_{name}"), f"{getattr(summary, name):,}"]
        for name in _FIGURES
        if getattr(summary, name) or name not in _RARE
    ]
    rows.append([session.say("sum_things"), f"{summary.things.get('Entity', 0):,}"])
    by_number = sorted(summary.things.items(), key=lambda item: (-item[1], item[0]))
    rows += [[f"  {name}", f"{count:,}"] for name, count in by_number[:_CLASSES_SHOWN] if name != "Entity"]
    rows.append([session.say("sum_seconds"), f"{summary.seconds:.1f}"])
    rows.append([session.say("sum_kb"), str(session.directory)])
    if session.terminal:
        from suantu.table import pad, visible, width

        columns = max(width(row[0]) for row in rows)
        for name, value in rows:
            click.echo(f"{pad(name, columns)}  {visible(value)}")
    else:
        for name, value in rows:
            click.echo(f"{name.strip()}\t{value}")
