"""The leaderboard as terminal tables, Markdown, CSV or JSON, with the sentences that keep a reader from misreading it.

Each task has a table of its own, with a column for each metric:

    54.1 % [50.0, 58.2]  292/540                     of the grid: events of scored replies
    48.8 % [42.1, 55.5]  bias +0.31, read 98 %       of choices

is a rate with its 95 % interval; the bias is how much more often the first option shown was taken than the second, and what was
read is the share of answers that could be scored.
"""

import csv
import io
import json
import sys
from collections.abc import Iterator, Sequence

from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from msm_eval.leaderboard import ALL, CONTROL, Line
from msm_eval.notes import notes
from msm_eval.suite import SUITES, Suite


def console() -> Console:
    """The terminal; a file or a pipe is taken as a wide one."""
    return Console(width=None if sys.stdout.isatty() else 160)


def figure(line: Line, before_counts: str = "  ") -> str:
    """A rate or grade with its interval and counts, or why there is none."""
    if line.rate is None or line.ci_lower is None or line.ci_upper is None:
        reasons = set(line.unscored_reasons)
        return "no judge" if reasons == {"no_judge"} else "not given" if reasons == {"not_given"} else "no rate"
    if line.metric == "grade":
        parts = [f"{line.rate:.2f} [{line.ci_lower:.2f}, {line.ci_upper:.2f}]", f"{line.scored} answers"]
    else:
        parts = [f"{100 * line.rate:.1f} % [{100 * line.ci_lower:.1f}, {100 * line.ci_upper:.1f}]"]
        if line.position_bias is None:
            parts.append(f"{line.events:g}/{line.scored}")
            if not line.events:
                parts = [f"0 of {line.scored} (≤ {100 * line.ci_upper:.1f} %)"]
    if line.position_bias is not None:
        parts.append(f"bias {line.position_bias:+.2f}, read {100 * line.coverage:.0f} %")
    if line.conditions_scored < len(line.conditions):
        unit = "conditions" if line.estimand == "these conditions" else "items"
        parts.append(f"in {line.conditions_scored} of {len(line.conditions)} {unit}")
    return before_counts.join(parts)


def unscored(lines: Sequence[Line]) -> str:
    """The unscored answers of a row of the table, by metric and reason; what has a word in its own column is left out."""
    found = [
        f"{line.metric}: {count} {reason}"
        for line in lines
        for reason, count in line.unscored_reasons.items()
        if reason != "no_judge" and not (reason == "not_given" and not line.scored)
    ]
    return "; ".join(found) or "0"


def columns(suite: Suite) -> tuple[str, ...]:
    """The heads of a suite's table."""
    of_what = "scenario (conditions)" if suite.unit == "conditions" else f"set, {suite.group} (items)"
    return ("model", of_what, *suite.metrics, "unscored")


def table_rows(suite: Suite, lines: Sequence[Line], *, detail: bool, before_counts: str = "  ") -> Iterator[tuple[str, ...]]:
    """One row per checkpoint, set and group of a suite, a cell per metric; the model only where it changes."""
    places = list(dict.fromkeys((ln.model, ln.set, ln.scenario) for ln in lines if ln.task == suite.task))
    shown: set[str] = set()
    for model, of_set, scenario in places:
        if scenario != ALL and not (detail or suite.show_groups):
            continue
        by_metric = {
            ln.metric: ln for ln in lines if (ln.task, ln.model, ln.set, ln.scenario) == (suite.task, model, of_set, scenario)
        }
        below = f"  {scenario}" if suite.total else f"{of_set} {scenario}"
        what = scenario if not of_set else of_set if scenario == ALL else below
        what = f"{what} ({max(len(line.conditions) for line in by_metric.values())})"
        cells = [figure(by_metric[m], before_counts) if m in by_metric else "" for m in suite.metrics]
        yield (model if model not in shown else "", what, *cells, unscored(list(by_metric.values())))
        shown.add(model)


def to_terminal(lines: Sequence[Line], out: Console, *, detail: bool = False) -> None:
    """Print the tables and their notes."""
    tables: list[Table] = []
    for suite in _suites(lines):
        table = Table(title=suite.title, title_justify="left")
        for column in columns(suite):
            table.add_column(column, overflow="fold", no_wrap=column.endswith(")"))
        for row in table_rows(suite, lines, detail=detail, before_counts="\n"):
            if row[0]:
                table.add_section()
            style = "bold" if row[0] else "dim" if row[1].startswith((CONTROL, " ")) else None
            table.add_row(*map(Text, row), style=style)  # as text: a name in a log is no markup
        tables.append(table)
    out.print(Group(*tables, *(Text(note, "dim") for note in notes(lines))))


def to_markdown(lines: Sequence[Line], *, detail: bool = False) -> str:
    """The tables and their notes as Markdown."""
    parts: list[str] = []
    for suite in _suites(lines):
        heads = columns(suite)
        rows = [heads, ("---",) * len(heads), *table_rows(suite, lines, detail=detail)]
        parts.append(f"**{suite.title}**\n")
        parts += ["| " + " | ".join(cell.strip().replace("|", "\\|") for cell in row) + " |" for row in rows]
        parts.append("")
    return "\n".join([*parts, *(f"- {note}" for note in notes(lines))])


def to_json(lines: Sequence[Line]) -> str:
    """Every line with its counts per condition or item."""
    return json.dumps([line.record() for line in lines], indent=2, ensure_ascii=False)


def to_csv(lines: Sequence[Line]) -> str:
    """Every line; what is nested stands as JSON in its column."""
    out = io.StringIO()
    records = [line.record() for line in lines]
    writer = csv.DictWriter(out, list(records[0]) if records else [])
    writer.writeheader()
    for record in records:
        writer.writerow({k: json.dumps(v) if isinstance(v, (dict, tuple)) else v for k, v in record.items()})
    return out.getvalue().rstrip("\n")


def _suites(lines: Sequence[Line]) -> list[Suite]:
    there = {line.task for line in lines}
    return [suite for suite in SUITES if suite.task in there]
