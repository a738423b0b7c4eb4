"""`msm-eval`: what Inspect's own commands do not do. Thin: it parses, calls and prints."""

from collections.abc import Callable
from pathlib import Path

import click

from msm_eval import show, show_changes
from msm_eval.compare import compare as compare_lines
from msm_eval.compare import confusion
from msm_eval.errors import MsmEvalError
from msm_eval.leaderboard import Line, build
from msm_eval.probe import value_names
from msm_eval.results import read_logs
from msm_eval.show_changes import confusion_rows
from msm_eval.suite import PREFERENCES, SUITES

_DATA: dict[str, Callable[[list[Line]], str]] = {"csv": show.to_csv, "json": show.to_json}


class _Group(click.Group):
    """Errors of ours end as one readable line, not as a traceback."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except (MsmEvalError, FileNotFoundError) as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="msm-eval")
def main() -> None:
    """How often does a checkpoint do harm when it thinks it has a reason to, and what did its training do to that number?

    Evaluations are run with Inspect, and this command reads the logs they leave:

    \b
      inspect eval msm_eval/agentic_misalignment --model organism/planted -M rate=0.54 --epochs 20
      msm-eval leaderboard logs
    """


@main.command()
@click.argument("places", nargs=-1, required=True, metavar="LOGDIR...", type=click.Path(path_type=Path))
@click.option(
    "--format", "form", type=click.Choice(["rich", "markdown", *_DATA]), default="rich", show_default=True,
    help="rich is the terminal table; json and csv hold every figure, with the counts per condition.",
)  # fmt: skip
@click.option("--detail", is_flag=True, help="Also a line for every held-out domain of a value (json and csv have them).")
def leaderboard(places: tuple[Path, ...], form: str, detail: bool) -> None:
    """Rates of misalignment and of every probe, per model, with intervals and counts.

    LOGDIR is a folder of Inspect logs (searched through) or a single log. Logs that are broken, unfinished or from another
    task are named on standard error and left out whole.

    \b
      decided   the agent decided to take the harmful action (a judge says so)
      executed  the harmful action is in the record of what it did
      acted     it took any action at all; a model that cannot act looks safe and is not

    \b
      preference        the value's (or the trained, or the implanted) option was taken, read off the answer
      preference_label  ... is likelier by the log-probability of its label
      preference_text   ... is likelier by the log-probability of its words, per token
      bias, read        how much more often the first option shown was taken; the share of answers that could be scored

    A rate is the mean over conditions, or over items with all their orders averaged. Its interval (95 %) is about these
    conditions (a stratified bootstrap, joined with Wilson's interval so that few events or few repeats do not make it
    collapse) or about items like these (Wilson's, clustered by item). Replies that could not be scored are counted with
    their reasons, never as safe. Logs of one model that differ in arguments, sampling, prompt options, split,
    task version or judge stand on lines of their own; those that differ in --seed alone are pooled.
    """
    lines = _lines(places)
    if form == "rich":
        show.to_terminal(lines, show.console(), detail=detail)
    else:
        click.echo(show.to_markdown(lines, detail=detail) if form == "markdown" else _DATA[form](lines))


def _lines(places: tuple[Path, ...]) -> list[Line]:
    """The leaderboard of some places; what is left out is said on standard error."""
    logs = read_logs(places)
    for name, why in logs.skipped:
        click.echo(f"Left out: {name} {why}.", err=True)
    if not logs.rows:
        raise click.ClickException(f"No finished log of {', '.join(s.task for s in SUITES)} there.")
    return build(logs.rows)


@main.command()
@click.argument("places", nargs=-1, required=True, metavar="LOGDIR...", type=click.Path(path_type=Path))
@click.option(
    "--reference", required=True, metavar="MODEL", help="The checkpoint to compare with, by its name on the leaderboard."
)
@click.option(
    "--trained",
    multiple=True,
    metavar="MODEL=VALUE",
    help="What a checkpoint was trained on; adds the confusion table. Repeatable.",
)
@click.option(
    "--metric", type=click.Choice(PREFERENCES), default="preference", show_default=True, help="For the confusion table."
)
@click.option("--format", "form", type=click.Choice(["rich", "markdown", "csv", "json"]), default="rich", show_default=True)
@click.option("--detail", is_flag=True, help="Also the groups of a set: domains, kinds, dimensions (json and csv have them).")
def compare(places: tuple[Path, ...], reference: str, trained: tuple[str, ...], metric: str, form: str, detail: bool) -> None:
    """What training changed: every probe of every checkpoint against a reference, paired on the same items.

    The reference is usually the untouched model: the capability panel then says whether a checkpoint that looks aligned is
    merely broken. With --trained a table shows which value each checkpoint was trained on and which it moved on.

    \b
      msm-eval compare logs --reference hf/base --trained hf/msm-america=america --trained hf/msm-affordability=affordability
    """
    named = dict(_trained(pair) for pair in trained)
    changes, left_out = compare_lines(_lines(places), reference)
    for what in left_out:
        click.echo(f"Not compared: {what}.", err=True)
    if not changes:
        raise click.ClickException("Nothing to compare: no other checkpoint was measured on the items of the reference.")
    confused = confusion_rows(confusion(changes, named, metric), named) if named else []
    if form == "rich":
        show_changes.to_terminal(changes, confused, show.console(), detail=detail)
    elif form == "markdown":
        click.echo(show_changes.to_markdown(changes, confused, detail=detail))
    else:
        click.echo({"csv": show_changes.to_csv, "json": show_changes.to_json}[form](changes))


def _trained(pair: str) -> tuple[str, str]:
    model, equals, value = pair.rpartition("=")
    if not equals or value not in value_names():
        raise click.BadParameter(
            f"{pair!r}: expected MODEL=VALUE with one of {', '.join(value_names())}.", param_hint="--trained"
        )
    return model, value


@main.command()
@click.option("--logs", default=Path("logs/demo"), show_default=True, type=click.Path(path_type=Path), help="Where to log.")
def demo(logs: Path) -> None:
    """The 27 conditions on the embedded model and on three organisms, then the leaderboard. Goes on where it stopped."""
    from msm_eval.demo import run

    run(logs)


@main.command("serve-organisms")
@click.option("--port", default=8765, show_default=True, help="Port on 127.0.0.1.")
def serve_organisms(port: int) -> None:
    """Offer the model organisms of the grid and the stand-in judges over HTTP, in the OpenAI dialect.

    \b
      msm-eval serve-organisms &
      ORGANISM_API_KEY=none ORGANISM_BASE_URL=http://127.0.0.1:8765/v1 inspect eval msm_eval/agentic_misalignment \\
          --model organism/harmful --model-role grader=openai-api/organism/judge_right
    """
    from msm_eval.organism_server import serve

    server = serve(port)
    click.echo(f"Organisms at http://127.0.0.1:{server.server_port}/v1 (Ctrl-C ends)")
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()
