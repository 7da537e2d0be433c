"""Exit codes, and errors as one sentence: the command line's edge. No command ever shows a stack trace."""

import os
import sys
from enum import IntEnum

from hongyan.model.errors import Misconfigured, Refused
from hongyan.model.sentences import refusal_text
from hongyan.testing.http import Unreachable


class Exit(IntEnum):
    """What a command's exit code means."""

    OK = 0
    NO = 1  # the answer is no: refused, not found, nothing came in time, something is wrong
    MISUSE = 2  # a wrong option, file or setting
    UNREACHABLE = 3  # nobody answers at the address
    BUG = 70  # ours


MEANINGS = {
    Exit.OK: "done",
    Exit.NO: "the answer is no: refused, not found, nothing came in time, a check failed",
    Exit.MISUSE: "a wrong option, file or setting",
    Exit.UNREACHABLE: "nobody answers at the address",
    Exit.BUG: "a mistake of ours; HONGYAN_TRACE=1 shows where",
}
_INTERRUPTED = 130


def code_of(error: BaseException) -> int | None:
    """Say an error as one sentence on standard error and return its exit code; None for a bug to be traced."""
    match error:
        case KeyboardInterrupt():
            return _INTERRUPTED
        case BrokenPipeError():
            _let_go()
            return Exit.OK
        case Misconfigured():
            code, sentence = Exit.MISUSE, str(error)
        case Unreachable():
            code = Exit.UNREACHABLE
            sentence = f"{error}. Is `hongyan dev` or `hongyan serve` running there?"
        case Refused():
            code = Exit.NO
            sentence = f"{refusal_text(error.reason, dict(error.facts))[0]} See docs/reasons.md#{error.reason}"
        case _ if os.environ.get("HONGYAN_TRACE"):
            return None
        case _:
            code, sentence = Exit.BUG, f"a bug: {type(error).__name__}: {error}. HONGYAN_TRACE=1 shows where."
    print(f"hongyan: {sentence}", file=sys.stderr)
    return code


def code_of_exit(ended: SystemExit) -> str | int | None:
    """Return the code of a command that ended: 0 when its reader went away first, which typer and rich make 1."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _let_go()
    if isinstance(ended.__context__, BrokenPipeError):
        _let_go()
        return Exit.OK
    return ended.code


def _let_go() -> None:
    """Send what is still to be printed nowhere, so that Python does not complain of it at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
