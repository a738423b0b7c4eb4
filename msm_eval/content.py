"""Reading a room's files: text, YAML into a typed model, and Markdown with front matter.

Content is found by name: `folder("scenarios", "email", "leaking")` is the same place in a checkout and in a wheel.
"""

from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple, TypeVar, cast

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from msm_eval.errors import ContentError

Model = TypeVar("Model", bound=BaseModel)


class Content(BaseModel):
    """Base of everything read from a content file: frozen, and an unknown key is an error, not a comment."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Document(NamedTuple):
    """A Markdown file: its YAML front matter and the text below it."""

    meta: dict[str, Any]
    body: str


@cache
def room(name: str) -> Path:
    """The folder of a room (`tasks`, `scenarios`, `graders`)."""
    return Path(next(iter(import_module(f"msm_eval.{name}").__path__)))


def folder(name: str, *parts: str) -> Path:
    """A folder or file inside a room.

    Raises:
        ContentError: it does not exist; the error names what does.
    """
    path = room(name).joinpath(*parts)
    if not path.exists():
        there = sorted(p.name for p in path.parent.iterdir()) if path.parent.is_dir() else []
        raise ContentError(f"{path}: not found. In {path.parent.name}/ there is: {', '.join(there) or 'nothing'}.")
    return path


def read_yaml(path: Path) -> dict[str, Any]:
    """A YAML file whose top level is a mapping."""
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise ContentError(f"{path}: not valid YAML: {error}") from error
    if not isinstance(data, dict):
        raise ContentError(f"{path}: expected keys and values at the top level, found {type(data).__name__}.")
    return cast(dict[str, Any], data)


def parse(model: type[Model], data: object, where: Path | str) -> Model:
    """`data` as a `model`; the error names the file and every wrong key."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        keys = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'top level'}: {e['msg']}" for e in error.errors())
        raise ContentError(f"{where}: {keys}.") from error


def read_document(path: Path) -> Document:
    """A Markdown file that opens with `---` front matter."""
    text = path.read_text(encoding="utf-8")
    opening, _, rest = text.partition("\n")
    meta, fence, body = rest.partition("\n---\n")
    if opening.strip() != "---" or not fence:
        raise ContentError(f"{path}: expected front matter between two lines of ---.")
    data = yaml.safe_load(meta)
    if not isinstance(data, dict):
        raise ContentError(f"{path}: the front matter must be keys and values.")
    return Document(cast(dict[str, Any], data), body.strip() + "\n")
