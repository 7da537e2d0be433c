"""`/v1/templates` and `/v1/signatures`: handed in, reviewed, previewed. A project's key hands in for its own; reviewing
is for operators.
"""

from collections.abc import Callable, Coroutine
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from hongyan.dialects.native.projects import Dialect
from hongyan.dialects.native.questions import Name, Text
from hongyan.dialects.native.routes import Act, Off
from hongyan.model.actor import Actor
from hongyan.model.errors import Refused
from hongyan.model.message import Category, Leg
from hongyan.model.reason import Reason
from hongyan.model.world import Review, Template
from hongyan.operate.declaring import made
from hongyan.operate.preview import SAMPLE_NUMBER, card_plain, preview
from hongyan.operate.wordings import STEPS

router = APIRouter(prefix="/v1")

ProjectName = Annotated[str, Path(max_length=200, description="whose")]
WordingName = Annotated[str, Path(max_length=200, description="the template's code, or the signature without 【】")]


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid")

    def fields(self) -> dict[str, Any]:
        """Return what was given, but for what is not the thing's own."""
        return self.model_dump(mode="json", exclude_unset=True, exclude={"project", "values", "to"})


class WordingFilter(_Asked):
    """Which templates; an absent field means any."""

    project: Annotated[Name | None, Query(description="whose")] = None
    review: Annotated[Review | None, Query(description="where it stands with its reviewer")] = None
    dialect: Annotated[Dialect | None, Query(description="whose placeholders it uses")] = None


class SignatureFilter(_Asked):
    """Which signatures; an absent field means any."""

    project: Annotated[Name | None, Query(description="whose")] = None
    review: Annotated[Review | None, Query(description="where it stands with its reviewer")] = None


class SubmittedTemplate(_Asked):
    """A template to hand in; each field as in the world file."""

    project: Annotated[Name | None, Field(description="absent: the key's")] = None
    dialect: Dialect
    name: Annotated[Name | None, Field(description="its code; absent: one as the vendor writes them")] = None
    leg: Leg = Leg.TEXT
    category: Category = Category.NOTIFICATION
    body: Annotated[Text, Field(description="text and digital: the wording, with its places")] = ""
    card: Annotated[dict[str, Any] | None, Field(description="card: the vendor's template object")] = None
    signature: Name | None = None
    rules: dict[Name, Name] = {}
    international: bool = False


class PreviewedTemplate(SubmittedTemplate):
    """A template to look at before it is handed in."""

    values: Annotated[dict[Name, Text], Field(description="place -> value; examples where absent")] = {}
    to: Annotated[Name, Field(description="for whom it is counted and priced")] = SAMPLE_NUMBER


class SubmittedSignature(_Asked):
    """A signature to hand in."""

    project: Annotated[Name | None, Field(description="absent: the key's")] = None
    name: Annotated[Name, Field(description="without 【】")]
    captcha_only: bool = False
    default: bool = False


class Verdict(_Asked):
    """What the reviewer says."""

    why: Annotated[Name, Field(description="shown to who handed it in; a rejection needs it")] = ""


@router.get("/templates")
async def templates(asked: Annotated[WordingFilter, Query()], office: Off, act: Act) -> dict[str, Any]:
    """List templates: those that wait for a reviewer first, the oldest of them first."""
    found = office.wordings.all(act, "template", asked.project, asked.review or "", asked.dialect or "")
    return {"templates": found}


@router.post("/templates", status_code=201)
async def submit_template(asked: SubmittedTemplate, office: Off, act: Act) -> dict[str, Any]:
    """Hand a template in for review; what is wrong with it is told at once."""
    return await office.wordings.submit(act, "template", _project(act, asked.project), asked.fields())


@router.post("/templates/preview")
async def preview_template(asked: PreviewedTemplate, office: Off, act: Act) -> dict[str, Any]:
    """Tell what is wrong with a template, and how it looks with values: text, parts, price, card. Keeps nothing."""
    project = _project(act, asked.project)
    fields = asked.fields() | {"name": asked.name or "preview"}
    if wrong := office.wordings.wrong(act, "template", project, fields):
        return {"wrong": wrong, "preview": None}
    one = made(Template, fields | {"project": project})
    seen = preview(office.world, one, asked.values, asked.to)
    return {"wrong": [], "preview": seen | {"card": None if seen["card"] is None else card_plain(seen["card"])}}


@router.get("/signatures")
async def signatures(asked: Annotated[SignatureFilter, Query()], office: Off, act: Act) -> dict[str, Any]:
    """List signatures: those that wait for a reviewer first, the oldest of them first."""
    return {"signatures": office.wordings.all(act, "signature", asked.project, asked.review or "")}


@router.post("/signatures", status_code=201)
async def submit_signature(asked: SubmittedSignature, office: Off, act: Act) -> dict[str, Any]:
    """Hand a signature in for review."""
    return await office.wordings.submit(act, "signature", _project(act, asked.project), asked.fields())


_Decide = Callable[..., Coroutine[Any, Any, dict[str, Any]]]


def _decides(kind: str, verb: str) -> _Decide:
    async def decide(
        project: ProjectName, name: WordingName, office: Off, act: Act, asked: Verdict | None = None
    ) -> dict[str, Any]:
        return await office.wordings.decide(act, kind, verb, project, name, asked.why if asked else "")

    decide.__doc__ = {
        "approve": f"Approve a {kind}: it may be sent with from now on.",
        "reject": f"Reject a {kind}, saying why.",
        "cancel": f"Withdraw a {kind}: it may be sent with no longer.",
    }[verb]
    return decide


def _shows(kind: str) -> _Decide:
    async def show(project: ProjectName, name: WordingName, office: Off, act: Act) -> dict[str, Any]:
        return office.wordings.show(act, kind, project, name)

    show.__doc__ = f"Tell everything about a {kind}."
    return show


def _deletes(kind: str) -> _Decide:
    async def delete(project: ProjectName, name: WordingName, office: Off, act: Act) -> dict[str, str]:
        await office.wordings.delete(act, kind, project, name)
        return {"deleted": name}

    delete.__doc__ = f"Delete a {kind} that nothing needs any more."
    return delete


_KINDS: tuple[Literal["template", "signature"], ...] = ("template", "signature")
for _kind in _KINDS:
    _path = f"/{_kind}s/{{project}}/{{name}}"
    router.add_api_route(_path, _shows(_kind), methods=["GET"], name=f"show_{_kind}")
    router.add_api_route(_path, _deletes(_kind), methods=["DELETE"], name=f"delete_{_kind}")
    for _verb in STEPS:
        router.add_api_route(f"{_path}/{_verb}", _decides(_kind, _verb), methods=["POST"], name=f"{_verb}_{_kind}")


def _project(act: Actor, stated: str | None) -> str:
    if stated is None and act.project is None:
        raise Refused(Reason.MISSING_FIELD, field="project")
    return stated or act.project or ""
