r"""Strict `${name}` templates: a variable that is missing or unused is an error, and every other `$` is a dollar.

Not `str.format`, since mail tools contain literal braces; not plain `string.Template`, since mails contain $500.
A variable that stands alone on its line and is empty takes the line with it, and no more than one blank line follows
another, so that optional paragraphs leave no hole.

    >>> render("Dear ${name},\n\n${notice}\n\nthat is $500.", {"name": "Ada", "notice": ""})
    'Dear Ada,\n\nthat is $500.'
"""

import re
from collections.abc import Collection, Mapping

from msm_eval.errors import ContentError

_VARIABLE = re.compile(r"\$\{([a-z][a-z0-9_]*)\}")
_ALONE = re.compile(r"^[ \t]*\$\{([a-z][a-z0-9_]*)\}[ \t]*(?:\n|\Z)", re.MULTILINE)


def variables(text: str) -> set[str]:
    """The names a template asks for."""
    return set(_VARIABLE.findall(text))


def render(text: str, values: Mapping[str, str], *, where: str = "template", optional: Collection[str] = frozenset()) -> str:
    """Fill `text` from `values`; values are put in as they are and never read as templates.

    Args:
        text: The template.
        values: One string per variable.
        where: The file the template comes from, for the error.
        optional: Names that `values` may hold although this template does not use them.

    Raises:
        ContentError: a variable has no value, or a value that is not `optional` has no variable.
    """
    wanted = variables(text)
    if missing := sorted(wanted - set(values)):
        raise ContentError(f"{where}: no value for ${{{missing[0]}}}. Known here: {', '.join(sorted(values)) or 'none'}.")
    if unused := sorted(set(values) - wanted - set(optional)):
        raise ContentError(f"{where}: ${{{unused[0]}}} is never used; put it where its text belongs.")
    text = _ALONE.sub(lambda m: m[0] if values[m[1]] else "", text)
    text = re.sub(r"\n{3,}", "\n\n", text)
    return _VARIABLE.sub(lambda m: values[m[1]], text)
