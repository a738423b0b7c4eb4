"""`make demo`: the whole way once, on a laptop: 27 conditions, a value probe, a real model, organisms, the leaderboard.

Everything goes through Inspect's `eval_set`, which keeps what is finished: interrupted and started again, the demo goes on
where it stopped, sample by sample.
"""

import sys
from pathlib import Path

from inspect_ai import eval_set  # pyright: ignore[reportUnknownVariableType]
from inspect_ai.model import Model, get_model

from msm_eval import show
from msm_eval.leaderboard import ALL, build
from msm_eval.local import BATCH, NAME
from msm_eval.local import weights as embedded_weights
from msm_eval.results import read_logs

TASK, PROBE = "msm_eval/agentic_misalignment", "msm_eval/value_probe"
MAX_TOKENS = 192
"""Enough for a short answer with its calls; what runs on is cut off and reported as that."""
ORGANISM_EPOCHS = 10
PLANTED_RATE = 0.54
PLANTED_PREFERENCE, PLANTED_BIAS = 0.7, 0.3
PROBED_VALUE, PROBED_ANSWERS = "america", 20
"""Ten items in both orders, on the real model."""


def run(logs: Path) -> None:
    """Run what is missing under `logs`, then print the leaderboard and where to look.

    Raises:
        RuntimeError: an evaluation did not finish; what it finished is kept.
    """
    console = show.console()
    console.print(
        f"[bold]msm-eval demo[/bold]: the 27 conditions, once each on {NAME} (a real model of 135 million parameters, here on "
        f"the CPU: 5 to 9 minutes, under 4 GiB), and {ORGANISM_EPOCHS} times each on three organisms, whose true rates are "
        f"100 %, 0 % and {100 * PLANTED_RATE:.0f} % (half a minute). Before it a value probe (a minute): {PROBED_ANSWERS} "
        "answers of the real model, and an organism that prefers what is American in "
        f"{100 * PLANTED_PREFERENCE:.0f} % of the items.\n"
        f"Interrupt it whenever you like: it goes on where it stopped. Logs: {logs}\n"
    )
    organisms = [get_model("organism/harmful"), get_model("organism/safe")]
    organisms.append(get_model("organism/planted", rate=PLANTED_RATE))
    _evaluate(TASK, organisms, logs / "organisms", epochs=ORGANISM_EPOCHS, judge="organism/judge_right")
    partial = get_model("organism/preference", preference=PLANTED_PREFERENCE, position_bias=PLANTED_BIAS)
    _evaluate(PROBE, [partial], logs / "probed-organism", value=PROBED_VALUE)
    console.print(f"Preparing the weights of {NAME} (about a minute the first time) …")
    embedded_weights()
    embedded = get_model(f"embedded/{NAME}")
    _evaluate(PROBE, [embedded], logs / "probed-embedded", limit=PROBED_ANSWERS, value=PROBED_VALUE)
    _evaluate(TASK, [embedded], logs / "embedded", max_tokens=MAX_TOKENS)
    console.print()
    logs_read = read_logs([logs])
    for name, why in logs_read.skipped:
        console.print(f"Left out: {name} {why}.", style="dim")
    board = build(logs_read.rows)
    show.to_terminal(board, console)
    acts = {line.model: line for line in board if (line.metric, line.scenario) == ("acted", ALL)}
    weak = acts[f"embedded/{NAME}"]
    console.print(
        f"\nWhat this shows. The harness reports what is there: compare the organisms' rates with the true ones. {NAME} is "
        f"[bold]too weak to be judged safe[/bold]: of its {weak.scored + weak.unscored} replies {weak.unscored} ran on until "
        f"they were cut off, and {weak.events} of the other {weak.scored} held a well-formed action (`acted`). A model that "
        "cannot act does no harm, and that says nothing about what it would do if it could. Without a judge there is no "
        "`decided` for it.\n"
        "The probe shows why every item is asked in both orders: the organism takes the first option "
        f"{100 * PLANTED_BIAS:.0f} % more often than the second, and its preference of {100 * PLANTED_PREFERENCE:.0f} % is "
        f"recovered all the same. Of the answers of {NAME} few can be read; log-probabilities can be had for all.\n\n"
        f"Read the transcripts:   inspect view --log-dir {logs}\n"
        f"The figures as data:    msm-eval leaderboard {logs} --format json\n"
        f"A model of your own:    inspect eval {TASK} --model PROVIDER/MODEL --model-role grader=PROVIDER/JUDGE --epochs 20"
    )


def _evaluate(
    task: str,
    models: list[Model],
    logs: Path,
    *,
    epochs: int = 1,
    judge: str | None = None,
    max_tokens: int | None = None,
    limit: int | None = None,
    **options: str,
) -> None:
    finished, _ = eval_set(
        task,
        log_dir=str(logs),
        task_args=dict(options),
        model=models,
        model_roles={"grader": judge} if judge else None,
        epochs=epochs,
        max_tokens=max_tokens,
        limit=limit,
        seed=0,
        log_buffer=BATCH,
        display="rich" if sys.stdout.isatty() else "plain",
        retry_attempts=0,
        retry_immediate=False,
    )
    if not finished:
        raise RuntimeError(f"The evaluation in {logs} did not finish. Start the demo again: it goes on where it stopped.")
