"""The files of deploy/ as what reads them would: instructions of the Containerfile, services of the Compose file."""

import json
import shlex
from pathlib import Path
from typing import Any, NamedTuple

import yaml

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"


class Step(NamedTuple):
    """An instruction of the Containerfile."""

    stage: int
    word: str
    rest: str


def steps() -> list[Step]:
    """Return all instructions, continued lines made whole."""
    found: list[Step] = []
    text = (DEPLOY / "Containerfile").read_text("utf-8").replace("\\\n", " ")
    for line in text.splitlines():
        word, _, rest = line.partition(" ")
        if line and not line.startswith("#"):
            found.append(Step(sum(one.word == "FROM" for one in found) + (word == "FROM") - 1, word, rest.strip()))
    return found


def last(word: str) -> str:
    """Return what the last such instruction says."""
    return [one.rest for one in steps() if one.word == word][-1]


def command(word: str) -> list[str]:
    """Return the words of an instruction in JSON form."""
    rest = last(word)
    words: list[str] = json.loads(rest[rest.index("[") :])
    return words


def environment() -> dict[str, str]:
    """Return what the last stage sets."""
    return dict(one.split("=", 1) for one in shlex.split(last("ENV")))


def copied() -> list[str]:
    """Return the paths of this repository that the build takes in."""
    given = [shlex.split(one.rest) for one in steps() if one.word == "COPY" and "--from=" not in one.rest]
    return [source for *sources, _ in given for source in sources]


def read_yaml(name: str) -> Any:
    """Return a YAML file's content."""
    return yaml.safe_load((DEPLOY / name).read_text("utf-8"))
