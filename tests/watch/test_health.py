import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from hongyan.model.clock import FakeClock
from hongyan.model.tally import METRICS, Tally
from hongyan.store import Store
from hongyan.store.sqlite import SqliteStore
from hongyan.store.vault import Vault
from hongyan.watch.health import Asgi, watch
from hongyan.watch.metrics import exposed_name


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    made = SqliteStore(tmp_path / "h.db", Vault(b"k" * 32), FakeClock(), Tally())
    await made.open()
    yield made
    await made.close()


async def ask(app: Asgi, path: str, method: str = "GET") -> tuple[int, bytes]:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    await app({"type": "http", "path": path, "method": method, "headers": []}, None, send)
    return sent[0]["status"], sent[1]["body"]


async def test_is_ready_when_the_store_commits(store: Store) -> None:
    apps = watch(store, Tally(), backlog_cap=10)
    assert await ask(apps["/livez"], "/livez") == (200, b"alive\n")
    status, body = await ask(apps["/readyz"], "/readyz")
    assert (status, json.loads(body)) == (200, {"ready": True, "troubles": {}})


async def test_is_not_ready_once_the_backlog_is_at_its_cap(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    async def backlog() -> int:
        return 10

    monkeypatch.setattr(store, "backlog", backlog)
    status, body = await ask(watch(store, Tally(), backlog_cap=10)["/readyz"], "/readyz")
    assert status == 503
    assert "10 messages wait" in json.loads(body)["troubles"]["backlog"]


async def test_is_not_ready_while_the_writer_is_stuck(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = 0

    async def write(_op: object) -> None:
        nonlocal asked
        asked += 1
        await asyncio.Event().wait()

    monkeypatch.setattr(store, "write", write)
    app = watch(store, Tally(), backlog_cap=10, stuck_after_s=0.05)["/readyz"]
    answers = await asyncio.gather(*(ask(app, "/readyz") for _ in range(20)))
    assert {status for status, _ in answers} == {503}
    assert "writer" in json.loads(answers[0][1])["troubles"]
    assert asked == 1


async def test_is_not_ready_when_the_database_does_not_answer(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    async def alive() -> bool:
        return False

    monkeypatch.setattr(store, "alive", alive)
    status, body = await ask(watch(store, Tally(), backlog_cap=10)["/readyz"], "/readyz")
    assert status == 503
    assert "store" in json.loads(body)["troubles"]


async def test_exposes_every_declared_metric_with_its_labels(store: Store) -> None:
    tally = Tally()
    tally.add("report_settled", "delivered", n=3)
    tally.set("accept_backlog", n=7)
    status, body = await ask(watch(store, tally, backlog_cap=10)["/metrics"], "/metrics")
    text = body.decode()
    assert status == 200
    assert 'hongyan_report_settled_total{state="delivered"} 3.0' in text
    assert "hongyan_accept_backlog 7.0" in text
    for name in METRICS:
        assert f"# HELP {exposed_name(name)} " in text, name


async def test_serves_no_metrics_when_they_are_switched_off(store: Store) -> None:
    assert "/metrics" not in watch(store, Tally(), backlog_cap=10, metrics=False)


async def test_answers_other_methods_and_paths_plainly(store: Store) -> None:
    app = watch(store, Tally(), backlog_cap=10)["/livez"]
    assert (await ask(app, "/livez", "POST"))[0] == 405
    assert (await ask(app, "/livez/x"))[0] == 404
    assert await ask(app, "/livez", "HEAD") == (200, b"")
