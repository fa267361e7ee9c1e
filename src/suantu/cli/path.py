"""``suantu path``: how two things are connected."""

from __future__ import annotations

import click

from suantu.cli.common import Session, common
from suantu.cli.completing import things


@click.command("path")
@click.argument("a", shell_complete=things)
@click.argument("b", shell_complete=things)
@click.option("--limit", type=click.IntRange(1), default=3, show_default=True, metavar="N", help="At most N ways.")
@click.option(
    "--hops", type=click.IntRange(1), default=6, show_default=True, metavar="N", help="At most N relations long."
)
@common()
def command(session: Session, a: str, b: str, limit: int, hops: int) -> None:
    """The shortest ways from thing A to thing B over relations, in either direction. Exits with 1 where there is none.

    What was only inferred is not followed: it would connect everything through the whole world.

    \b
    Example:
      suantu path Shenzhen NVIDIA
    """
    from suantu.cli.output import fact_number, source_text
    from suantu.lookup import sources
    from suantu.ways import paths

    start, end = session.thing(a), session.thing(b)
    ways = paths(session.endpoint, start, end, limit=limit, hops=hops)
    quoted = sources(session.endpoint, [r.fact for way in ways for r in way])
    labels = session.labels({i for way in ways for r in way for i in (r.subject, r.predicate, r.object)} | {start, end})
    rows, records = [], []
    for number, way in enumerate(ways, 1):
        for r in way:
            source = source_text(session, quoted.get(r.fact)) or session.say(f"origin_{r.origin}")
            rows.append(
                [str(number), labels[r.subject], labels[r.predicate], labels[r.object], source, fact_number(r.fact)]
            )
        records.append({"steps": [r._asdict() for r in way]})
    if not ways and start != end:
        session.note(session.say("no_path", a=labels[start], b=labels[end]))
        click.get_current_context().exit(1)
    session.rows([session.say(k) for k in ("way", "subject", "relation", "object", "source", "fact")], rows, records)
