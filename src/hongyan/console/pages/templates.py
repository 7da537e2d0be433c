"""Templates and signatures: what waits for a reviewer, all of them, one of them with its preview, handing one in."""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from starlette.responses import Response
from starlette.routing import Route

from hongyan.console.frame import Console, Section, Visit, action, page, table_pages
from hongyan.console.pages.projects import said
from hongyan.console.tables import Column, Table
from hongyan.console.words.templates import WORDS
from hongyan.model.actor import Role
from hongyan.model.errors import Refused
from hongyan.model.message import Category, Leg
from hongyan.model.reason import Reason
from hongyan.model.world import Review, Signature, Template
from hongyan.operate.declaring import made
from hongyan.operate.preview import preview
from hongyan.operate.wordings import KINDS, STEPS, told
from hongyan.text.attributes import ATTRIBUTES
from hongyan.text.placeholders import STYLES

_QUEUE = 20
"""of those that wait for a reviewer, shown above the list"""
_PATHS = {"template": "/templates", "signature": "/signatures"}
_COLUMNS = {
    "template": (
        Column("name", "code", link="page"),
        Column("review", "state"),
        Column("project"),
        Column("dialect"),
        Column("category", "category"),
        Column("leg", "leg"),
        Column("body"),
        Column("uses", "number"),
    ),
    "signature": (
        Column("name", link="page"),
        Column("review", "state"),
        Column("project"),
        Column("captcha_only", "flag"),
        Column("default", "flag"),
        Column("submitted_at", "time"),
    ),
}
_GIVEN = ("project", "dialect", "name", "leg", "category", "body", "card", "signature", "rules", "international")


def _routes(console: Console) -> Sequence[Route]:
    found: list[Route] = [
        page(console, "/templates/new", new_template, Role.OPERATOR),
        action(console, "/templates/submit", submit_template, Role.OPERATOR),
        action(console, "/signatures/submit", submit_signature, Role.OPERATOR),
    ]
    for kind, path in _PATHS.items():
        pages = _Pages(kind)
        found += table_pages(console, path, pages.load, pages.show_all)
        found.append(page(console, f"{path}/{{project}}/{{name}}", pages.show))
        found.append(action(console, f"{path}/{{project}}/{{name}}/{{verb}}", pages.act, Role.OPERATOR))
    return found


SECTION = Section("templates", "/templates", "content", _routes)


class _Pages:
    """The pages of templates, or of signatures."""

    def __init__(self, kind: str) -> None:
        self._kind, self._path = kind, _PATHS[kind]

    async def load(self, visit: Visit) -> Table:
        """Return them by the address."""
        asked = {name: visit.asked(name) for name in ("project", "review", "dialect")}
        rows = visit.office.wordings.all(
            visit.actor, self._kind, asked["project"] or None, asked["review"], asked["dialect"]
        )
        uses = await visit.office.wordings.uses() if self._kind == "template" else {}
        for row in rows:
            row["page"] = path_of(self._kind, row["project"], row["name"])
            row["uses"] = uses.get((row["project"], row["name"]), 0)
        return Table(f"{self._kind}s", _COLUMNS[self._kind], rows)

    async def show_all(self, visit: Visit, table: Table) -> Response:
        """Show those that wait, then all."""
        waiting = [row for row in table.rows if row["review"] == Review.PENDING]
        given = {name: visit.asked(name) for name in ("project", "review", "dialect")}
        return visit.draw(
            "wordings.html",
            WORDS,
            kind=self._kind,
            table=table,
            waiting=[_seen(visit, self._kind, row) for row in waiting[:_QUEUE]],
            more=max(0, len(waiting) - _QUEUE),
            given=given,
            projects=sorted(visit.office.world().projects),
            reviews=[str(one) for one in Review],
            dialects=tuple(STYLES),
            may_act=visit.may(Role.OPERATOR),
            way=visit.ways(f"hongyan {self._kind} list", "GET", f"/v1/{self._kind}s"),
            submit_way=visit.ways(
                "hongyan signature submit PROJECT NAME", "POST", "/v1/signatures", {"project": "…", "name": "…"}
            ),
            at="templates",
        )

    async def show(self, visit: Visit) -> Response:
        """Show one with its preview and what can be done."""
        return await self._show(visit)

    async def act(self, visit: Visit) -> Response:
        """Approve, reject, withdraw or delete one."""
        params = visit.request.path_params
        project, name, verb = params["project"], params["name"], params["verb"]
        office = visit.office.wordings
        if verb not in {*STEPS, "delete"}:
            raise Refused(Reason.UNKNOWN_PATH)
        try:
            if verb == "delete":
                await office.delete(visit.actor, self._kind, project, name)
                return visit.back(self._path, done="deleted")
            await office.decide(visit.actor, self._kind, verb, project, name, visit.sent.get("why", "")[:200])
        except Refused as refused:
            return await self._show(visit, refused)
        done = {"approve": "approved", "reject": "rejected", "cancel": "cancelled"}[verb]
        return visit.back(self._path if visit.sent.get("from") == "queue" else visit.path.rpartition("/")[0], done=done)

    async def _show(self, visit: Visit, refused: Refused | None = None) -> Response:
        params = visit.request.path_params
        one = visit.office.wordings.find(visit.actor, self._kind, params["project"], params["name"])
        row = told(one)
        row["page"] = path_of(self._kind, one.project, one.name)
        uses = await visit.office.wordings.uses() if self._kind == "template" else {}
        words, path = f"{one.project} {one.name}", f"/v1{row['page']}"
        return visit.draw(
            "wording.html",
            WORDS,
            status=200 if refused is None else 400,
            kind=self._kind,
            path=self._path,
            one=_seen(visit, self._kind, row),
            uses=uses.get((one.project, one.name), 0),
            card_json=json.dumps(one.card, ensure_ascii=False, indent=1)
            if isinstance(one, Template) and one.card
            else "",
            wrong=said(visit, refused),
            verbs=[verb for verb, step in STEPS.items() if one.review in step.begins],
            may_act=visit.may(Role.OPERATOR),
            way=visit.ways(f"hongyan {self._kind} approve {words}", "POST", f"{path}/approve", {}),
            at="templates",
        )


async def new_template(visit: Visit) -> Response:
    """Show the form of a new template, or of one that is handed in anew."""
    given = {name: visit.asked(name) for name in ("project", "dialect", "category", "leg", "signature")}
    if name := visit.asked("from"):
        before = visit.office.wordings.find(visit.actor, "template", given["project"], name)
        assert isinstance(before, Template)
        row = told(before)
        given |= {field: str(row[field] or "") for field in ("dialect", "category", "leg", "body", "signature", "name")}
        given["rules"] = "\n".join(f"{place} {rule}" for place, rule in before.rules.items())
        given["card"] = json.dumps(before.card, ensure_ascii=False, indent=1) if before.card else ""
        given["international"] = "yes" if before.international else ""
        if before.review is Review.APPROVED:
            given["name"] = ""  # it stays as it is: the new wording gets a code of its own
    return await _form(visit, given)


async def submit_template(visit: Visit) -> Response:
    """Hand a template in, or show how it would look."""
    sent = visit.sent
    given = {name: sent.get(name, "") for name in _GIVEN}
    project = given["project"]
    try:
        fields = _fields(given)
        if sent.get("do") == "preview":
            wrong = visit.office.wordings.wrong(visit.actor, "template", project, {"name": "preview"} | fields)
            if wrong:
                return await _form(visit, given, faults=wrong)
            one = made(Template, {"name": "preview"} | fields | {"project": project})
            return await _form(visit, given, seen=preview(visit.office.world, one, {}))
        row = await visit.office.wordings.submit(visit.actor, "template", project, fields)
    except Refused as refused:
        return await _form(visit, given, refused=refused)
    return visit.back(path_of("template", project, row["name"]), done="submitted")


async def submit_signature(visit: Visit) -> Response:
    """Hand a signature in."""
    sent = visit.sent
    fields = {
        "name": sent.get("name", "").strip(),
        "captcha_only": sent.get("captcha_only") == "yes",
        "default": sent.get("default") == "yes",
    }
    row = await visit.office.wordings.submit(visit.actor, "signature", sent.get("project", ""), fields)
    return visit.back(path_of("signature", row["project"], row["name"]), done="submitted")


def path_of(kind: str, project: str, name: str) -> str:
    """Return the path of a template's or signature's page."""
    return f"{_PATHS[kind]}/{quote(project, safe='')}/{quote(name, safe='')}"


def _seen(visit: Visit, kind: str, row: dict[str, Any]) -> dict[str, Any]:
    """Return a row with how it would look on a handset."""
    world = visit.office.world()
    one = (world.templates if kind == "template" else world.signatures).get(row["project"], {}).get(row["name"])
    seen = None
    if isinstance(one, Template):
        try:
            seen = preview(visit.office.world, one, {})
        except Refused:
            seen = None  # declared by an older version: the wording itself is shown
    elif isinstance(one, Signature):
        seen = {"text": f"【{one.name}】…", "card": None}
    return row | {"seen": seen}


def _fields(given: Mapping[str, str]) -> dict[str, Any]:
    """Return what a form says of a template. Raises Refused(BAD_FIELD)."""
    fields: dict[str, Any] = {
        "dialect": given["dialect"],
        "leg": given["leg"] or str(Leg.TEXT),
        "category": given["category"] or str(Category.NOTIFICATION),
        "body": given["body"].replace("\r\n", "\n"),
        "signature": given["signature"].strip() or None,
        "international": given["international"] == "yes",
        "rules": {},
    }
    if given["name"].strip():
        fields["name"] = given["name"].strip()
    for line in given["rules"].splitlines():
        if line.strip():
            place, _, rule = line.strip().partition(" ")
            fields["rules"][place] = rule.strip()
    if fields["leg"] == Leg.CARD:
        fields["body"] = ""
        try:
            fields["card"] = json.loads(given["card"])
        except ValueError:
            raise Refused(Reason.BAD_FIELD, field="card", why="is no JSON", why_zh="不是合法的 JSON") from None
    return fields


async def _form(
    visit: Visit,
    given: Mapping[str, str],
    *,
    faults: Sequence[Mapping[str, str]] = (),
    seen: Mapping[str, Any] | None = None,
    refused: Refused | None = None,
) -> Response:
    known = dict.fromkeys(_GIVEN, "") | {"dialect": "alibaba", "leg": "text", "category": "notification"}
    world = visit.office.world()
    return visit.draw(
        "template_new.html",
        WORDS,
        status=400 if refused or faults else 200,
        given=known | {name: value for name, value in given.items() if value},
        wrong=[said(visit, refused)] if refused else [_fault(visit, one) for one in faults],
        seen=seen,
        projects=sorted(world.projects),
        dialects=tuple(STYLES),
        legs_of=[str(one) for one in Leg],
        categories=[str(one) for one in Category],
        signatures=sorted({name for known_ in world.signatures.values() for name in known_}),
        attributes=tuple(ATTRIBUTES),
        way=visit.ways(
            "hongyan template submit PROJECT alibaba --body '…${code}…'",
            "POST",
            "/v1/templates",
            {"project": "…", "dialect": "alibaba", "body": "…${code}…"},
        ),
        at="templates",
    )


def _fault(visit: Visit, one: Mapping[str, str]) -> str:
    return f"{one['field']}: {one['why_zh' if visit.lang == 'zh' else 'why']}"


assert set(_PATHS) == set(KINDS)  # one page for each kind of wording
