"""The errors msm-eval raises on purpose. Each message names the place, what is wrong there and the remedy.

MsmEvalError
├── ContentError      a content file is not as its format asks      (also a ValueError)
├── ConditionError    an option or combination does not exist       (also a ValueError)
├── JudgeRequired     `decided` was asked for without a judge       (also a ValueError)
└── MissingExtra      an optional package is not installed          (also an ImportError)
"""


class MsmEvalError(Exception):
    """Base of all errors below."""


class ContentError(MsmEvalError, ValueError):
    """A content file is not as its format asks."""


class ConditionError(MsmEvalError, ValueError):
    """An option, or a combination of options, names no condition."""


class JudgeRequired(MsmEvalError, ValueError):
    """A judged score was asked for and no model is bound to the `grader` role."""


class MissingExtra(MsmEvalError, ImportError):
    """An optional package is needed and not installed."""
