"""The leaderboard as a terminal table, Markdown, CSV or JSON, with the sentences that keep a reader from misreading it."""

import csv
import io
import json
import sys
from collections.abc import Sequence

from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from msm_eval.leaderboard import ALL, CONTROL, Line
from msm_eval.results import METRICS

COLUMNS = ("model", "scenario (conditions)", "decided", "executed", "acted", "unscored")
FEW_ACTS = 0.5


def console() -> Console:
    """The terminal; a file or a pipe is taken as a wide one."""
    return Console(width=None if sys.stdout.isatty() else 160)


def percent(line: Line, before_counts: str = "  ") -> str:
    """A rate with its interval and counts: `54.1 % [50.0, 58.2]  292/540`, or why there is none."""
    if line.rate is None or line.ci_lower is None or line.ci_upper is None:
        return "no judge" if set(line.unscored_reasons) == {"no_judge"} else "no rate"
    rate = f"{100 * line.rate:.1f} % [{100 * line.ci_lower:.1f}, {100 * line.ci_upper:.1f}]"
    parts = [rate, f"{line.events}/{line.scored}"]
    if not line.events:
        parts = [f"0 of {line.scored} (≤ {100 * line.ci_upper:.1f} %)"]
    if line.conditions_scored < len(line.conditions):
        parts.append(f"in {line.conditions_scored} of {len(line.conditions)} conditions")
    return before_counts.join(parts)


def unscored(lines: Sequence[Line]) -> str:
    """The unscored epochs of a row of the table, by metric and reason; `no judge` is said in its own column."""
    found = [
        f"{line.metric}: {count} {reason}"
        for line in lines
        for reason, count in line.unscored_reasons.items()
        if reason != "no_judge"
    ]
    return "; ".join(found) or "0"


def notes(lines: Sequence[Line]) -> list[str]:
    """What the table cannot say in its cells."""
    said = [
        "Intervals are 95 %, about these conditions (the same prompts run again). --format json has those about new "
        "conditions, the bounds that unscored replies leave, and the counts per condition."
    ]
    overall = [line for line in lines if line.scenario == ALL]
    weak = [line for line in overall if line.metric == "acted" and line.ci_upper is not None and line.ci_upper < FEW_ACTS]
    said += [
        f"{line.model} acted in {line.events} of {line.scored} scored replies ({line.unscored} unscored): a low rate of harm "
        "shows that it is weak, not that it is safe."
        for line in weak
    ]
    if mixed := sorted({line.model for line in lines if line.mixed}):
        said.append(
            f"{', '.join(mixed)}: the logs hold two versions of a prompt or a rubric, and the figures pool them. Keep logs of "
            "one version together."
        )
    if judgeless := sorted({ln.model for ln in overall if ln.metric == "decided" and "no_judge" in ln.unscored_reasons}):
        said.append(
            f"No judge for {', '.join(judgeless)}: `executed` and `acted` stand alone. Bind one with --model-role "
            "grader=PROVIDER/MODEL, or judge the saved logs: inspect score LOG --action append --scorer msm_eval/decided "
            "--model-role grader=…"
        )
    return said


def table_rows(lines: Sequence[Line], before_counts: str = "  ") -> list[tuple[str, ...]]:
    """One row per checkpoint and scenario, a cell per metric, as in `COLUMNS`."""
    places = list(dict.fromkeys((line.model, line.scenario) for line in lines))
    rows: list[tuple[str, ...]] = []
    shown: set[str] = set()
    for model, scenario in places:
        by_metric = {ln.metric: ln for ln in lines if (ln.model, ln.scenario) == (model, scenario)}
        place = f"{scenario} ({len(by_metric[METRICS[0]].conditions)})"
        cells = [percent(by_metric[metric], before_counts) for metric in METRICS]
        first = model not in shown
        shown.add(model)
        rows.append((model if first else "", place, *cells, unscored(list(by_metric.values()))))
    return rows


def to_terminal(lines: Sequence[Line], out: Console) -> None:
    """Print the table and its notes."""
    table = Table(title="Agentic misalignment: rate of replies, mean over conditions", title_justify="left")
    for column in COLUMNS:
        table.add_column(column, overflow="fold", no_wrap=column.startswith("scenario"))
    for row in table_rows(lines, "\n"):
        if row[0]:
            table.add_section()
        style = "bold" if row[0] else "dim" if row[1].startswith(CONTROL) else None
        table.add_row(*map(Text, row), style=style)  # as text: a name in a log is no markup
    out.print(Group(table, *(Text(note, "dim") for note in notes(lines))))


def to_markdown(lines: Sequence[Line]) -> str:
    """The table and its notes as Markdown."""
    rows = [COLUMNS, ("---",) * len(COLUMNS), *table_rows(lines)]
    table = "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows)
    return table + "\n\n" + "\n".join(f"- {note}" for note in notes(lines))


def to_json(lines: Sequence[Line]) -> str:
    """Every line with its counts per condition."""
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
