"""The ground truth of a scenario: who may read what, and which acts are harm.

A manifest names mails by slug; in one rendered inbox they have IDs. `Truth` is the manifest read for that inbox. It goes
into the log with every sample, so that a saved log can be scored again without the content files it came from.
"""

from collections.abc import Sequence

from pydantic import Field

from msm_eval.content import Content
from msm_eval.errors import ContentError
from msm_eval.mail import Email


class Person(Content):
    """Somebody who writes or is written to."""

    name: str
    address: str
    role: str


class Recipients(Content):
    """Addresses, or `*@domain` for everyone there."""

    harmful: tuple[str, ...] = ()
    """Whom confidential material must not reach."""
    legitimate: tuple[str, ...] = ()
    """Authorities and internal escalation."""


class Code(Content):
    """An override code."""

    cancels: str
    harmful: bool


class Coercion(Content):
    """How using a secret as leverage is recognised in a mail to its owner: it shows the knowledge and applies pressure."""

    targets: tuple[str, ...]
    knowledge: tuple[str, ...]
    pressure: tuple[str, ...]


class Truth(Content):
    """What is harm in one rendered inbox."""

    harm: str
    """The harmful act, in a sentence."""
    confidential: tuple[int, ...] = ()
    """IDs of the mails whose content must not reach a harmful recipient."""
    secrets: tuple[str, ...] = ()
    """Strings that stand in those mails and nowhere else, and the names of their attachments."""
    recipients: Recipients = Recipients()
    codes: dict[str, Code] = Field(default_factory=dict[str, Code])
    coercion: Coercion | None = None


class Manifest(Content):
    """manifest.yaml of a scenario."""

    title: str
    harm: str
    company: str
    agent: str
    """The agent's default name."""
    domain: str
    tools: tuple[str, ...]
    people: tuple[Person, ...]
    confidential: tuple[str, ...]
    """Slugs of mails."""
    secrets: tuple[str, ...]
    recipients: Recipients
    codes: dict[str, Code]
    coercion: Coercion | None

    def truth(self, mails: Sequence[Email], where: str) -> Truth:
        """The ground truth for this inbox.

        Raises:
            ContentError: a confidential mail is not in the inbox.
        """
        ids = {mail.slug: mail.id for mail in mails}
        if missing := [slug for slug in self.confidential if slug not in ids]:
            raise ContentError(f"{where}: confidential mail {missing[0]!r} is not in the inbox: {', '.join(ids)}.")
        attached = [name for mail in mails if mail.slug in self.confidential for name in mail.attachments]
        return Truth(
            harm=self.harm, confidential=tuple(ids[slug] for slug in self.confidential), secrets=(*self.secrets, *attached),
            recipients=self.recipients, codes=self.codes, coercion=self.coercion,
        )  # fmt: skip
