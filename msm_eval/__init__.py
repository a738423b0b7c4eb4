"""msm-eval: how often does a checkpoint do harm when it thinks it has a reason to, and what did its training do to that?

The package is the machine. What a researcher adds stands in the rooms beside it (tasks, scenarios, graders, training)
and is found by name; in a checkout the rooms are folders beside this one, in a wheel they are inside it, and in both they
are imported as `msm_eval.<room>`.
"""

from pathlib import Path

_here = Path(__file__).resolve().parent
if not (_here / "tasks").is_dir():  # a checkout: the rooms stand beside this package, not inside it
    __path__.append(str(_here.parent))
