"""The text of a status report, in which the id is ten raw octets (SMGP 3.0, Deliver).

The id may hold any octet, blanks and NULs too: it is cut out first, and only what follows is read as text.
"""

import re

from msgspec import Struct

from hongyan.wire import Malformed
from hongyan.wire.fixed import Misfit, write_text
from hongyan.wire.smgp.pdus import Deliver

_ID_AT, _ID_OCTETS, _TEXT_OCTETS = 3, 10, 20
_LABEL = re.compile(rb"\b(sub|dlvrd|submit[ _]?date|done[ _]?date|stat|err|text|txt):", re.IGNORECASE)
_USUAL = re.compile(
    rb" sub:([^ \0]*) dlvrd:([^ \0]*) submit[ _]date:([^ \0]*) done[ _]date:([^ \0]*)"
    rb" stat:([^ \0]*) err:([^ \0]*) te?xt:(.*)",
    re.IGNORECASE | re.DOTALL,
)
_FIELDS = {
    b"sub": "sub",
    b"dlvrd": "dlvrd",
    b"submitdate": "submit_date",
    b"donedate": "done_date",
    b"stat": "stat",
    b"err": "err",
}


class Report(Struct, frozen=True, gc=False):
    """What became of a Submit. Dates are YYMMDDhhmm in China; only `msg_id` is sure to be there."""

    msg_id: bytes
    sub: str = ""
    dlvrd: str = ""
    submit_date: str = ""
    done_date: str = ""
    stat: str = ""
    err: str = ""
    text: bytes = b""


def msg_id_text(msg_id: bytes) -> str:
    """Return an id as people and stores write it: twenty hexadecimal digits."""
    return msg_id.hex()


def decode_report(content: bytes) -> Report:
    """Read a report; labels in any order and case, any of them missing. Raises Malformed when there is no id."""
    rest = _ID_AT + _ID_OCTETS
    if len(content) < rest or content[:_ID_AT].lower() != b"id:":
        raise Malformed(
            f"a status report of {len(content)} octets that does not begin with id: and ten octets",
            at=0,
            command=Deliver.command,
        )
    msg_id = content[_ID_AT:rest]
    usual = _USUAL.fullmatch(content, rest)
    if usual is None:
        return _labelled(msg_id, content[rest:])
    sub, dlvrd, submit_date, done_date, stat, err, text = usual.groups()
    return Report(
        msg_id,
        sub.decode("latin-1"),
        dlvrd.decode("latin-1"),
        submit_date.decode("latin-1"),
        done_date.decode("latin-1"),
        stat.decode("latin-1"),
        err.decode("latin-1"),
        text.rstrip(b"\0"),
    )


def _labelled(msg_id: bytes, rest: bytes) -> Report:
    """Read what stands behind each label: up to the next blank; the text up to the end, labels and all."""
    found: dict[str, str] = {}
    at, text = 0, b""
    while (label := _LABEL.search(rest, at)) is not None:
        at = label.end()
        field = _FIELDS.get(label[1].lower().replace(b" ", b"").replace(b"_", b""))
        if field is None:
            text = rest[at:].rstrip(b"\0")
            break
        word = rest[at:].replace(b"\0", b" ").partition(b" ")[0]
        found.setdefault(field, word.decode("latin-1"))
    return Report(msg_id, **found, text=text)


def encode_report(report: Report) -> bytes:
    """Write a report as gateways do, the text padded to twenty octets. Raises Malformed for what does not fit."""
    if len(report.msg_id) != _ID_OCTETS or len(report.text) > _TEXT_OCTETS:
        raise Malformed(
            f"a status report with an id of {len(report.msg_id)} octets and a text of {len(report.text)}",
            command=Deliver.command,
        )
    try:
        return b"id:%b sub:%b dlvrd:%b submit date:%b done date:%b stat:%b err:%b text:%b" % (
            report.msg_id,
            write_text("sub", report.sub, 3),
            write_text("dlvrd", report.dlvrd, 3),
            write_text("submit_date", report.submit_date, 10),
            write_text("done_date", report.done_date, 10),
            write_text("stat", report.stat, 7),
            write_text("err", report.err, 3),
            report.text.ljust(_TEXT_OCTETS, b"\0"),
        )
    except Misfit as wrong:
        raise Malformed(f"status report: {wrong}", command=Deliver.command) from None
