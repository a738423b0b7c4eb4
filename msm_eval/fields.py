"""Read the fields of one tool call, however it is written: `key: value` lines, one line, XML children, JSON.

    >>> read_fields('to: "Bo <bo@firm.com>", subject: "Re: code: 7", body: "He said "no"."')
    {'to': 'Bo <bo@firm.com>', 'subject': 'Re: code: 7', 'body': 'He said "no".'}

A header ends with its line, or at the quote that closes it; the body ends at the quote after which the next field or
nothing follows, so that quotes and colons inside it stay inside it. A recipient, ID or code given twice counts twice.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, cast

_NAMES = {
    "to": "to", "recipient": "to", "recipients": "to", "cc": "cc", "bcc": "bcc", "subject": "subject",
    "body": "body", "message": "body", "content": "body", "text": "body",
    "email_id": "email_id", "email_ids": "email_id", "emailid": "email_id", "mail_id": "email_id", "mail_ids": "email_id",
    "message_id": "email_id", "id": "email_id", "ids": "email_id",
    "code": "code", "codes": "code", "override_code": "code", "override": "code", "cancel_code": "code",
    "cancellation_code": "code", "alert_code": "code", "attachments": "attachments", "attachment": "attachments",
}  # fmt: skip
_ADDED_UP = ("to", "cc", "bcc", "code", "email_id")
_WORDS = "|".join(sorted((name.replace("_", "[_ -]?") for name in _NAMES), key=len, reverse=True))
_KEY = rf"[\"'*]{{0,3}}\b(?P<key>{_WORDS})[\"'*]{{0,3}}\s{{0,3}}[:=：]\*{{0,2}}[ \t]{{0,9}}"
_FIELD = re.compile(rf"[\s,;{{*•-]{{0,40}}{_KEY}", re.IGNORECASE)
_FIELD_LINE = re.compile(rf"^[ \t,;{{*•-]{{0,40}}{_KEY}", re.IGNORECASE | re.MULTILINE)
_INLINE_FIELD = re.compile(rf"[,;]?\s{{1,8}}{_KEY}", re.IGNORECASE)
_CHILD = re.compile(rf"<({_WORDS})>\s{{0,9}}(.*?)\s{{0,9}}</\1>", re.IGNORECASE | re.DOTALL)
_NOTHING = re.compile(r"[\s,;}]{0,40}\Z")
_NEXT_ON_LINE = re.compile(rf"[\s,;}}]{{0,40}}{_KEY}", re.IGNORECASE)
_NEXT_LINE = re.compile(rf"[ \t,;}}]{{0,40}}\r?\n[\s,;}}*•-]{{0,40}}{_KEY}", re.IGNORECASE)

_TOOL_KEYS = ("tool", "tool_name", "name", "action", "tool_use", "function", "type")
_ARGUMENT_KEYS = ("arguments", "args", "parameters", "input", "action_input")
_DECODER = json.JSONDecoder(strict=False)


def read_fields(content: str) -> dict[str, str]:
    """The fields in the text of a call, by their standard names."""
    if (data := json_object(content)) is not None:
        call = next(json_calls(data), None)
        return standard(call[1] if call else data)
    return _text_fields(_CHILD.sub(r"\n\1: \2\n", content))


def standard(fields: Mapping[str, Any]) -> dict[str, str]:
    """The fields we know, under their standard names, as text."""
    found: dict[str, str] = {}
    for key, value in fields.items():
        name = _NAMES.get(re.sub(r"[\s-]+", "_", key.strip().lower()))
        if name and value is not None:
            _put(found, name, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False).strip("[]"))
    return found


def _put(fields: dict[str, str], name: str, value: str) -> None:
    if name in _ADDED_UP and name in fields:
        fields[name] += f", {value}"
    else:
        fields.setdefault(name, value)


def _text_fields(content: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    one_line = "\n" not in content.strip()
    position = 0
    search = _INLINE_FIELD.search if one_line else _FIELD_LINE.search
    while field := _FIELD.match(content, position) or search(content, position):
        name = _NAMES[re.sub(r"[\s-]+", "_", field["key"].lower())]
        if name == "body":
            value, position = _body(content, field.end(), one_line=one_line, headers_done=bool({"to"} & set(fields)))
        else:
            value, position = _header(content, field.end(), one_line=one_line)
        _put(fields, name, value)
    return fields


def _header(content: str, start: int, *, one_line: bool) -> tuple[str, int]:
    """A header's value and where it ends."""
    opening = content[start : start + 1]
    if opening == "[" and (end := content.find("]", start)) != -1:
        return content[start + 1 : end], end + 1
    line_end = content.find("\n", start)
    line_end = len(content) if line_end == -1 else line_end
    if not content[start:line_end].strip():  # a list below its key
        following = _FIELD_LINE.search(content, line_end)
        end = following.start() if following else len(content)
        return content[start:end].strip(), end
    if opening and opening in "\"'":
        ends = [m.start() for m in re.finditer(opening, content[:line_end]) if m.start() > start]
        following = (_NOTHING, _NEXT_ON_LINE) if one_line else (_NOTHING,)
        for end in ends:
            if any(pattern.match(content[end + 1 : line_end]) for pattern in following):
                return content[start + 1 : end], end + 1
        end = content.find(opening, start + 1)
        if not ends and end != -1 and not _FIELD_LINE.search(content, start + 1, end):  # quoted over several lines
            return content[start + 1 : end], end + 1
    following = _INLINE_FIELD.search(content, start, line_end) if one_line else None
    end = following.start() if following else line_end
    return content[start:end].strip().rstrip(",;").strip().strip("\"'"), end


def _body(content: str, start: int, *, one_line: bool, headers_done: bool) -> tuple[str, int]:
    """A body's value and where it ends."""
    opening = content[start : start + 1]
    if opening and opening in "\"'":
        ends = [m.start() for m in re.finditer(opening, content) if m.start() > start]
        following = _NEXT_ON_LINE if one_line else _NEXT_LINE
        for end in ends:
            if _NOTHING.match(content, end + 1) or following.match(content, end + 1):
                return content[start + 1 : end], end + 1
        end = ends[-1] if ends else len(content)
        return content[start + 1 : end], end + 1
    following = None if headers_done else _FIELD_LINE.search(content, start)
    end = following.start() if following else len(content)
    return content[start:end].strip(), end


# --- JSON ---------------------------------------------------------------------------------------------------------------


def json_object(text: str) -> dict[str, Any] | None:
    """`text` as a JSON object, or None if it is none."""
    if not text.lstrip().startswith("{"):
        return None
    try:
        value = _DECODER.decode(text.strip())
    except (ValueError, RecursionError):
        return None
    return cast(dict[str, Any], value) if isinstance(value, dict) else None


def json_at(text: str, start: int) -> tuple[object, int] | None:
    """The JSON value that begins at `start` and the position behind it, or None if there is none."""
    try:
        return _DECODER.raw_decode(text, start)
    except (ValueError, RecursionError):
        return None


def json_calls(value: object, depth: int = 0) -> Iterator[tuple[str, dict[str, Any]]]:
    """Tool name and fields of every call in a JSON value.

    {"tool": "email", …}, {"name": …, "arguments": {…}} (or as a JSON string), {"email": {…}}, and any of these nested.
    An object with a `from` is a mail described, not one sent.
    """
    if depth > 8:
        return
    if isinstance(value, list):
        for item in cast(list[object], value):
            yield from json_calls(item, depth + 1)
        return
    if not isinstance(value, dict):
        return
    data = {key.lower(): item for key, item in cast(dict[str, Any], value).items()}
    tool = next((str(data[key]) for key in _TOOL_KEYS if isinstance(data.get(key), str) and tool_name(data[key])), "")
    if tool and "from" not in data:
        arguments: object = next((data[key] for key in _ARGUMENT_KEYS if key in data), data)
        arguments = json_object(arguments) if isinstance(arguments, str) else arguments
        yield tool_name(tool), cast(dict[str, Any], arguments) if isinstance(arguments, dict) else {}
        return
    for key, item in data.items():
        if isinstance(item, dict) and tool_name(key):
            yield tool_name(key), cast(dict[str, Any], item)
        else:
            yield from json_calls(cast(object, item), depth + 1)


_TOOLS = {
    "email": "email", "send_email": "email", "send": "email", "send_mail": "email", "mail": "email",
    "forward": "forward", "forward_email": "forward", "forward_mail": "forward",
    "cancel_alert": "cancel_alert", "cancel": "cancel_alert",
}  # fmt: skip


def tool_name(name: str) -> str:
    """The standard name of a tool, or an empty string for one that does not exist."""
    return _TOOLS.get(name.strip().lower().removeprefix("tool_use:").strip(), "")
