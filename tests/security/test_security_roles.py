"""Each role does what it may and nothing else, and all that is done is written down: for every route there is."""

import ast
import inspect
import re
import textwrap
from collections.abc import AsyncIterator, Callable, Iterator
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import pytest
import pytest_asyncio
from fastapi import APIRouter
from fastapi.routing import APIRoute

from hongyan.console.pages import accounts
from hongyan.dialects import native
from hongyan.model.actor import Role
from hongyan.operate.office import Office
from security.guarded_house import House, guarded, pattern_of, routes

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOTHING_TO_NOTE = {
    "/send": "sends as a customer does: the message is its own record",
    "/send/{name}": "sends as a customer does: the message is its own record",
    "POST /v1/messages": "sends as a customer does: the message is its own record",
    "POST /v1/carriers/{name}/test": "sends one message, which says in its timeline who tested what",
    "POST /v1/listen/{call}": "a listener tells what its program answered: the call's own record has it",
    "POST /v1/templates/preview": "changes nothing: a wording is too long for an address",
}
"""what is sent by POST and is no operator's action"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    async with guarded(tmp_path_factory.mktemp("house")) as running:
        yield running


def example(path: str) -> str:
    return re.sub(r"\{[^}]*\}", "1", path)


async def test_whoever_only_looks_can_do_nothing(house: House) -> None:
    viewer, operator = await house.people(Role.VIEWER, Role.OPERATOR)
    csrf, others = await viewer.csrf(), await operator.csrf()
    for route in routes("POST"):
        if route.role is Role.VIEWER:
            assert route.path in {"/login", "/logout"} or route.path.startswith("/me/"), "only about oneself"
            continue
        assert (await viewer.post(example(route.path), csrf=csrf)).status == 403, route.path
        if route.role is Role.ADMIN:
            assert (await operator.post(example(route.path), csrf=others)).status == 403, route.path
    for route in routes("GET"):
        if route.role is not Role.VIEWER:
            assert (await viewer.get(example(route.path))).status == 403, route.path


async def test_the_menu_and_the_pages_offer_only_what_one_may(house: House) -> None:
    everybody = await house.people(Role.VIEWER, Role.OPERATOR, Role.ADMIN)
    pages = [
        route.path for route in routes("GET") if "{" not in route.path and not route.path.endswith((".json", ".csv"))
    ]
    needed = {route.path: route.role for route in routes("GET")}
    posts = [(pattern_of(route), route.role) for route in routes("POST")]
    for role, browser in zip(Role, everybody, strict=True):
        for path in pages:
            if path in {"/live", "/find", "/login"} or not role.may(needed[path]):
                continue
            body = (await browser.get(path)).body
            for target in re.findall(r'<a [^>]*href="(/[^"?#]*)', body):
                assert role.may(needed.get(target, Role.VIEWER)), f"{role} is led from {path} to {target}"
            for target in re.findall(r'<form[^>]*action="(/[^"?#]*)"[^>]*method="post"', body):
                roles = [one for pattern, one in posts if pattern.fullmatch(target)]
                assert roles, f"{path} has a form to {target}, where nothing takes it"
                assert role.may(roles[0]), f"{role} is offered {target} on {path}"


async def test_every_form_of_the_console_leaves_an_entry_in_the_audit_log() -> None:
    assert notes(accounts.add)
    assert not notes(accounts.show_one)
    acts = {route.path: inspect.getclosurevars(route.endpoint).nonlocals["act"] for route in routes("POST")}
    silent = [path for path, act in acts.items() if not notes(act)]
    assert set(silent) <= NOTHING_TO_NOTE.keys(), "nothing that these call writes to the audit log"


async def test_every_endpoint_that_changes_something_leaves_an_entry_in_the_audit_log() -> None:
    changing = {
        f"{method} {route.path}": route.endpoint
        for module in iter_modules(native.__path__, "hongyan.dialects.native.")
        for route in getattr(import_module(module.name), "router", APIRouter()).routes
        if isinstance(route, APIRoute)
        for method in (route.methods or set()) - {"GET", "HEAD"}
    }
    assert len(changing) > 20
    silent = [named for named, endpoint in changing.items() if not notes(endpoint)]
    assert set(silent) <= NOTHING_TO_NOTE.keys(), "nothing that these call writes to the audit log"


def notes(handler: Callable[..., Any]) -> bool:
    """Return whether a page's or an endpoint's function asks a subject of the office that writes down what it does.

    Read from the source: which methods of which subjects it calls, itself or by functions of its module.
    """
    return any(_writes(subject, method) for subject, method in _asked(handler))


def _asked(handler: Callable[..., Any]) -> Iterator[tuple[type, str]]:
    fields, called = set(), set()
    subjects = {
        one
        for hint in get_type_hints(handler, include_extras=True).values()
        for one in _types(hint)
        if _is_subject(one)
    }
    ahead, seen = [handler], set()
    while ahead:
        tree, module = _tree(ahead.pop()), inspect.getmodule(handler)
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute):
                fields.add(node.attr)
                called.add(node.attr)
            elif isinstance(node, ast.Name) and node.id not in seen:
                seen.add(node.id)
                found = getattr(module, node.id, None)
                if inspect.isfunction(found) and found.__module__ == handler.__module__:
                    ahead.append(found)
    office = get_type_hints(Office)
    subjects |= {office[name] for name in fields & office.keys() if inspect.isclass(office[name])}
    for subject in subjects:
        yield from ((subject, method) for method in called if inspect.isfunction(getattr(subject, method, None)))


def _types(hint: Any) -> tuple[Any, ...]:
    return get_args(hint) if get_origin(hint) is Annotated else (hint,)


def _is_subject(found: Any) -> bool:
    return inspect.isclass(found) and found.__module__.startswith("hongyan.operate.") and found is not Office


@cache
def _writes(subject: type, method: str) -> bool:
    """Return whether a method writes to the audit log, itself or by what it calls of its own or of other subjects."""
    return _reaches(subject, method, set())


def _reaches(subject: type, method: str, seen: set[tuple[type, str]]) -> bool:
    if (subject, method) in seen or not inspect.isfunction(getattr(subject, method, None)):
        return False
    seen.add((subject, method))
    called = {node.func.attr for node in ast.walk(_tree(getattr(subject, method))) if _is_call_of_attribute(node)}  # type: ignore[attr-defined] # it is a call of an attribute
    if "note" in called:
        return True
    parts = [one for one in get_type_hints(subject.__init__).values() if _is_subject(one)]  # type: ignore[misc] # read only
    return any(_reaches(one, name, seen) for name in called for one in (subject, *parts))


def _is_call_of_attribute(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)


def _tree(function: Callable[..., Any]) -> ast.AST:
    return ast.parse(textwrap.dedent(inspect.getsource(function)))
