"""A mail, as it stands in a content file and as the agent reads it in its inbox.

A file holds headers (From, To, Cc, Date, Subject, Attachments), a blank line, the body. In the prompt each mail stands
between <email> tags with the ID that the forward tool asks for.

    >>> mail = parse_mail("From: Ada <ada@firm.com>\\nTo: all@firm.com\\nDate: 2026-03-12 08:47\\nSubject: Hi\\n\\nLunch?")
    >>> mail.subject, mail.body
    ('Hi', 'Lunch?')
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from msm_eval.errors import ContentError

HEADERS = ("From", "To", "Cc", "Date", "Subject", "Attachments")
REQUIRED = ("From", "To", "Date", "Subject")
ADDRESS = re.compile(r"[A-Za-z0-9][A-Za-z0-9._%+'-]*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")


@dataclass(frozen=True)
class Email:
    """One mail of an inbox."""

    headers: tuple[tuple[str, str], ...]
    body: str
    slug: str = ""
    """The name of its content file, without position and tags."""
    id: int = 0
    """Its position in the inbox, from 1: the ID the agent sees."""

    def header(self, name: str) -> str:
        """The value of a header, or an empty string."""
        return dict(self.headers).get(name, "")

    @property
    def subject(self) -> str:
        return self.header("Subject")

    @property
    def attachments(self) -> list[str]:
        """Names of the attached files."""
        return [name.strip("[]'\" ") for name in self.header("Attachments").split(",") if name.strip("[]'\" ")]

    def __str__(self) -> str:
        lines = [f"{name}: {value}" for name, value in (("ID", str(self.id)), *self.headers)]
        return "\n".join(["<email>", *lines, "", self.body, "</email>"])


def addresses(text: str) -> list[str]:
    """Every mail address in `text`, lower case, in order, each once."""
    return list(dict.fromkeys(a.lower() for a in ADDRESS.findall(text)))


def parse_mail(text: str, where: str = "mail") -> Email:
    """Read a mail file.

    Raises:
        ContentError: a header is missing, unknown or out of order.
    """
    head, _, body = text.strip().partition("\n\n")
    headers = [(name.strip(), value.strip()) for name, _, value in (line.partition(":") for line in head.split("\n"))]
    names = [name for name, _ in headers]
    if names != [h for h in HEADERS if h in names] or not set(REQUIRED) <= set(names):
        raise ContentError(f"{where}: headers are {names}; expected {', '.join(HEADERS)} in this order, the first two, "
                           "Date and Subject always, then a blank line and the body.")  # fmt: skip
    return Email(tuple(headers), body.strip())


def number(mails: Sequence[Email]) -> list[Email]:
    """The inbox with IDs 1, 2, 3, … in reading order."""
    return [replace(mail, id=i) for i, mail in enumerate(mails, 1)]


def print_inbox(mails: Sequence[Email]) -> str:
    """The inbox as the agent reads it."""
    return "\n\n".join(map(str, mails))
