"""`msm-eval`: what Inspect's own commands do not do. Thin: it parses, calls and prints."""

from collections.abc import Callable
from pathlib import Path

import click

from msm_eval import show
from msm_eval.errors import MsmEvalError
from msm_eval.leaderboard import Line, build
from msm_eval.results import read_logs
from msm_eval.suite import SUITES

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
    logs = read_logs(places)
    for name, why in logs.skipped:
        click.echo(f"Left out: {name} {why}.", err=True)
    if not logs.rows:
        raise click.ClickException(f"No finished log of {', '.join(s.task for s in SUITES)} there.")
    lines = build(logs.rows)
    if form == "rich":
        show.to_terminal(lines, show.console(), detail=detail)
    else:
        click.echo(show.to_markdown(lines, detail=detail) if form == "markdown" else _DATA[form](lines))


@main.command()
@click.option("--logs", default=Path("logs/demo"), show_default=True, type=click.Path(path_type=Path), help="Where to log.")
def demo(logs: Path) -> None:
    """The 27 conditions on the embedded model and on three organisms, then the leaderboard. Goes on where it stopped."""
    from msm_eval.demo import run

    run(logs)


@main.command("serve-organisms")
@click.option("--port", default=8765, show_default=True, help="Port on 127.0.0.1.")
def serve_organisms(port: int) -> None:
    """Offer every model organism and stand-in judge over HTTP, in the OpenAI dialect.

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
