"""A `MessageQuery` as the WHERE of a statement: one table of conditions, read by both engines."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from hongyan.model.ids import first_id_at
from hongyan.store import Also, MessageQuery, ReplyQuery
from hongyan.store.tables import messages
from hongyan.store.text import storable

CLOCK_SLACK_MS = 3_600_000
"""an id is minted within this of the time its message was accepted"""


_OF_KEY = "EXISTS (SELECT 1 FROM submissions WHERE submissions.id = messages.submission AND key_id = {})"


class Wording(NamedTuple):
    """How an engine writes what is not the same on both."""

    among: Callable[[str, str], str]
    """(column, mark) -> the column is in the list"""
    holds: Callable[[str, str], str]
    """(column, mark) -> the text has the piece"""
    unindexed: Callable[[str], str]
    """column -> the column, but no index of it"""
    mark: Callable[[int], str]
    """place of a parameter, from 1 -> how it is written"""
    listed: Callable[[Any], Any]
    """a list -> its parameter"""


def where(query: MessageQuery, wording: Wording, *, newest_first: bool) -> tuple[str, list[Any]]:
    """Return the conditions and their parameters. Ids must be minted (`model/ids.py`): dates bound them too.

    `newest_first`: a page of the newest is wanted, so a project alone is no use to an index: walking back from the
    newest message finds the page sooner.
    """
    conditions: list[str] = []
    values: list[Any] = []

    def add(template: str, value: Any) -> None:
        values.append(value)
        conditions.append(template.format(wording.mark(len(values))))

    if query.project is not None:
        alone = newest_first and query.to is None and query.client_id is None
        add(f"{wording.unindexed('project') if alone else 'project'} = {{}}", storable(query.project))
    for column in ("to", "dialect", "template", "client_id"):
        if (value := getattr(query, column)) is not None:
            add(f'"{column}" = {{}}', storable(value))
    for column, chosen in (("state", query.states), ("leg", query.legs), ("submission", query.submissions)):
        if chosen:
            add(wording.among(column, "{}"), wording.listed(chosen))
    if query.text:
        add(wording.holds("content", "{}"), storable(query.text))
    for template, value in (*_further(query, wording), *_bounds(query)):
        if value is not None:
            add(template, value)
    return (" WHERE " + " AND ".join(conditions) if conditions else ""), values


def replies_where(query: ReplyQuery, wording: Wording) -> tuple[str, list[Any]]:
    """Return the conditions and their parameters for replies, the same way."""
    values: list[Any] = []
    conditions: list[str] = []
    for template, value in (
        ("project = {}", query.project and storable(query.project)),
        ("sender = {}", query.sender and storable(query.sender)),
        ("carrier = {}", query.carrier and storable(query.carrier)),
        ("message_id = {}", query.message_id),
        ("received_at >= {}", query.since_ms),
        ("id < {}", query.before_id),
    ):
        if value is not None:
            values.append(value)
            conditions.append(template.format(wording.mark(len(values))))
    return (" WHERE " + " AND ".join(conditions) if conditions else ""), values


def _further(query: MessageQuery, wording: Wording) -> Iterator[tuple[str, Any]]:
    for one in query.also:
        template, value = _also(one, wording)
        yield f"NOT coalesce({template}, FALSE)" if one.unless else template, value


def _also(also: Also, wording: Wording) -> tuple[str, Any]:
    """Return a further condition, with `{}` for its parameter, and the parameter."""
    value = storable(also.value) if isinstance(also.value, str) else also.value
    if also.column == "key_id":
        return _OF_KEY, value
    column = f'"{messages.c[also.column].name}"'  # a name that is no column's comes no further
    if also.how == "among":
        return wording.among(wording.unindexed(column), "{}"), wording.listed([storable(one) for one in also.value])
    if also.how == "holds":
        return wording.holds(f"lower({column})", "lower({})"), value
    if also.how == "ends":  # the digits of a number: no character of them means anything to LIKE
        return f"{column} LIKE {{}}", f"%{value}"
    sign = {"is": "=", "least": ">=", "most": "<="}[also.how]
    return f"{wording.unindexed(column)} {sign} {{}}", value


def _bounds(query: MessageQuery) -> Iterator[tuple[str, int | None]]:
    since, until = query.since_ms, query.until_ms
    yield "accepted_at >= {}", since
    yield "id >= {}", None if since is None else first_id_at(since - CLOCK_SLACK_MS)
    yield "accepted_at < {}", until
    yield "id < {}", None if until is None else first_id_at(until + CLOCK_SLACK_MS)
    yield "id < {}", query.before_id
    yield "id > {}", query.after_id
