"""Changes from a reference as tables: what moved, and the confusion of values.

+12.5 % [+7.1, +17.8] *      the paired difference with its 95 % interval; * where Holm's p is below 0.05
"""

import csv
import io
import json
from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from msm_eval.compare import Change
from msm_eval.leaderboard import ALL

SIGNIFICANT = 0.05
COLUMNS = ("model", "task", "set", "metric", "difference", "p (Holm)", "items")


def figure(change: Change) -> str:
    """A difference with its interval, marked when it is significant."""
    mark = " *" if change.p_holm < SIGNIFICANT else ""
    if change.metric == "grade":
        return f"{change.difference:+.2f} [{change.lower:+.2f}, {change.upper:+.2f}]{mark}"
    return f"{100 * change.difference:+.1f} [{100 * change.lower:+.1f}, {100 * change.upper:+.1f}]{mark}"


def table_rows(changes: Sequence[Change], *, detail: bool) -> list[tuple[str, ...]]:
    """One row per change; the groups of a set only on request."""
    rows: list[tuple[str, ...]] = []
    for c in changes:
        if c.scenario != ALL and not (detail or c.task in ("capability_panel", "belief_probe")):
            continue
        of_set = c.set if c.scenario == ALL else f"{c.set} {c.scenario}".strip()
        p = "< 0.001" if c.p_holm < 0.001 else f"{c.p_holm:.3f}"
        items = f"{c.items}" if not c.left_out else f"{c.items} ({c.left_out} not in both)"
        rows.append((c.model, c.task, of_set, c.metric, figure(c), p, items))
    return rows


def confusion_rows(table: Mapping[str, Mapping[str, Change]], trained: Mapping[str, str]) -> list[tuple[str, ...]]:
    """A row per trained checkpoint, a column per value."""
    values = sorted({value for row in table.values() for value in row})
    heads = ("trained on", "checkpoint", *values)
    return [heads, *((trained[m], m, *(figure(row[v]) if v in row else "" for v in values)) for m, row in table.items())]


def notes(changes: Sequence[Change]) -> list[str]:
    """What the tables cannot say."""
    said = [
        "Differences are paired over the items both were scored on, with 95 % intervals about items like these (Bonett and "
        "Price); p values belong to them and are Holm-adjusted over every difference of that metric in these "
        "logs (more logs, more comparisons); * is below 0.05. "
        "One training run is one run: nothing here speaks for a recipe."
    ]
    differ = sorted({(c.model, ", ".join(c.settings_differ)) for c in changes if c.settings_differ})
    said += [f"{model} and the reference differ in settings too: {settings}." for model, settings in differ]
    return said


def to_terminal(changes: Sequence[Change], confused: Sequence[tuple[str, ...]], out: Console, *, detail: bool = False) -> None:
    """Print the tables and notes."""
    reference = changes[0].reference if changes else ""
    _print(
        out,
        f"Difference from {reference}, in percentage points (grades in grades)",
        COLUMNS,
        table_rows(changes, detail=detail),
    )
    if confused:
        _print(out, "Trained on → moved on, in percentage points", confused[0], confused[1:])
    for note in notes(changes):
        out.print(Text(note, "dim"))


def to_markdown(changes: Sequence[Change], confused: Sequence[tuple[str, ...]], *, detail: bool = False) -> str:
    """The tables and notes as Markdown."""
    tables = [[COLUMNS, *table_rows(changes, detail=detail)], *([list(confused)] if confused else [])]
    parts: list[str] = []
    for heads, *rows in tables:
        marks = ("---",) * len(heads)
        parts += ["| " + " | ".join(c.replace("|", "\\|") for c in row) + " |" for row in (heads, marks, *rows)]
        parts.append("")
    return "\n".join([*parts, *(f"- {note}" for note in notes(changes))])


def to_json(changes: Sequence[Change]) -> str:
    """Every change."""
    return json.dumps([change.record() for change in changes], indent=2, ensure_ascii=False)


def to_csv(changes: Sequence[Change]) -> str:
    """Every change."""
    out, records = io.StringIO(), [change.record() for change in changes]
    writer = csv.DictWriter(out, list(records[0]) if records else [])
    writer.writeheader()
    writer.writerows([{**record, "settings_differ": " ".join(record["settings_differ"])} for record in records])
    return out.getvalue().rstrip("\n")


def _print(out: Console, title: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    table = Table(title=Text(title), title_justify="left")
    for head in heads:
        table.add_column(Text(head), overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))  # as text: a name in a log is no markup
    out.print(table)
