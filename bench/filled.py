"""A database with many messages, written past the store: for `console.py`. What is rare in it is as old as can be."""

import asyncio
import random
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg

from hongyan.model.ids import first_id_at, hex32
from hongyan.model.message import Leg, Message, State
from hongyan.store.ops import SubmissionRow
from hongyan.store.rows import MESSAGE, SUBMISSION

BUSY, RARE = "8613900000001", "8613900000002"
"""a number with a tenth of all messages, and one with a single old one"""
PROJECTS = ("bench", "shop", "bank")
STEP = 20_000


def rows(count: int) -> Iterator[tuple[Message, SubmissionRow]]:
    """Yield messages of the last 24 hours, oldest first; what is rare is as old as can be."""
    chance = random.Random(1)
    begin = round(time.time() * 1000) - 86_400_000
    for place in range(count):
        at = begin + place * 86_400_000 // count
        id_ = first_id_at(at) + place % 1000 * 2
        is_rare = place == count // 100
        to = BUSY if place % 10 == 0 else f"86138{chance.randrange(100_000_000):08d}"
        state = State.DELIVERED if place % 50 else State.UNDELIVERED
        message = Message(
            id=id_ + 1,
            project="rare" if is_rare else PROJECTS[place % 3],
            submission=id_,
            dialect="yundashi" if is_rare else ("nxcloud", "alibaba")[place % 2],
            to=RARE if is_rare else to,
            country="CN",
            operator="mobile",
            leg=Leg.CARD if is_rare else Leg.TEXT,
            template="SMS_RARE" if is_rare else f"SMS_{place % 20}",
            signature="一砂",
            content="【一砂】a needle in the haystack"
            if is_rare
            else f"【一砂】您的验证码为：{place % 9000 + 1000}，5分钟内有效。",
            alphabet="ucs2",
            price=45_000,
            state=State.REJECTED if is_rare else state,
            accepted_at=at,
            expires_at=at + 86_400_000,
            attempts=1,
            carrier="rare" if is_rare else "simulator",
            provider_id=f"{place:x}",
            submitted_at=at + 5,
            done_at=at + 900,
            cause="number|RARE|rare|no" if is_rare else "delivered|DELIVRD|simulator|",
        )
        key = "AKrare" if is_rare else "AKbench"
        yield message, SubmissionRow(
            id=id_, project=message.project, request_id=hex32(id_), dialect=message.dialect, action="send", key_id=key,
            peer="127.0.0.1", received_at=at, method="POST", path="/", request="{}", notes="[]",
        )  # fmt: skip


def fill(folder: Path, count: int, postgres: str) -> None:
    """Write them past the store, many at a time."""
    batches = _batches(count)
    if postgres:
        asyncio.run(_copy(postgres, batches))
        return
    with sqlite3.connect(next(folder.glob("*.db"))) as database:
        for messages, submissions in batches:
            for shape, values in ((MESSAGE, messages), (SUBMISSION, submissions)):
                marks = ", ".join("?" * len(shape.fields))
                database.executemany(f"INSERT INTO {shape.table.name} ({shape.columns}) VALUES ({marks})", values)


async def _copy(url: str, batches: Iterator[tuple[list[Any], list[Any]]]) -> None:
    connection = await asyncpg.connect(url)
    for messages, submissions in batches:
        for shape, values in ((MESSAGE, messages), (SUBMISSION, submissions)):
            await connection.copy_records_to_table(shape.table.name, records=values, columns=shape.fields)
    await connection.execute("ANALYZE")
    await connection.close()


def _batches(count: int) -> Iterator[tuple[list[Any], list[Any]]]:
    messages: list[Any] = []
    submissions: list[Any] = []
    for message, submission in rows(count):
        messages.append(tuple(str(one) if isinstance(one, str) else one for one in MESSAGE.row(message)))
        submissions.append(SUBMISSION.row(submission))
        if len(messages) == STEP:
            yield messages, submissions
            messages, submissions = [], []
    yield messages, submissions
