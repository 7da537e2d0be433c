"""`hongyan send`: send a message through our own API or, signed as it wants it, through any vendor's."""

import json
from collections.abc import Callable, Mapping
from typing import Annotated, Any, NamedTuple

import typer

from hongyan.cli.exits import Exit
from hongyan.cli.options import DEFAULT_URL, AsJson, Token, Url
from hongyan.cli.printing import answered, print_json, print_lines
from hongyan.model.errors import Misconfigured
from hongyan.testing.client import Client
from hongyan.testing.http import Reply
from hongyan.text.nearest import nearest


class Asked(NamedTuple):
    """What the options say."""

    to: list[str]
    text: str | None
    template: str | None
    values: list[str]
    signature: str | None
    app: str
    project: str | None

    def named(self) -> dict[str, str]:
        """Return `--value name=text` options as a mapping."""
        pairs = [value.partition("=") for value in self.values]
        for name, equals, _ in pairs:
            if not equals:
                raise Misconfigured("--value", f"{name!r} has no name.", "--value code=1234")
        return {name: text for name, _, text in pairs}

    def one(self) -> str:
        """Return the number, for a vendor's call that takes one."""
        if len(self.to) != 1:
            raise Misconfigured("--to", "this dialect's call takes one number.", "one --to")
        return self.to[0]

    def finished(self) -> str:
        """Return the finished text."""
        if self.text is None:
            raise Misconfigured("--text", "is missing.", "--text 'Your code is 1234'")
        return self.text


def _native(client: Client, asked: Asked) -> Reply:
    fields: dict[str, Any] = {"signature": asked.signature, "project": asked.project, "template": asked.template}
    if asked.values:
        fields["values"] = asked.named() if all("=" in value for value in asked.values) else asked.values
    text = asked.text if asked.template else asked.finished()
    return client.send(asked.to, text, **fields)


def _comms(client: Client, asked: Asked) -> Reply:
    number = asked.one()
    mobile = number if number.startswith("+") else f"+86{number.removeprefix('86') if len(number) > 11 else number}"  # noqa: PLR2004 - a mainland number's digits
    return client.send_comms(mobile, asked.template or "01234567890abcdef", asked.values or ["1234"])


def _nxcloud(client: Client, asked: Asked) -> Reply:
    return client.send_nxcloud(asked.to, asked.finished(), app=asked.app)


def _alibaba(client: Client, asked: Asked) -> Reply:
    values = asked.named() or {"code": "1234"}
    template, signature = asked.template or "SMS_480680001", asked.signature or "阿里云"
    if template.startswith("CARD_"):
        return client.send_card(asked.to, asked.named() or None, template=template, signature=signature)
    return client.send_alibaba(",".join(asked.to), values, template=template, signature=signature)


def _yundashi(client: Client, asked: Asked) -> Reply:
    text = f"【{asked.signature}】{asked.finished()}" if asked.signature else asked.finished()
    return client.send_yundashi(asked.one(), text)


def _nxcloud_took(body: Mapping[str, Any]) -> bool:
    return body.get("code") == 0 and all(row.get("status") == "Success" for row in body.get("data") or ())


DIALECTS: dict[str, tuple[Callable[[Client, Asked], Reply], Callable[[Mapping[str, Any]], bool]]] = {
    # dialect: (how it is sent, whether the answer says yes)
    "native": (_native, lambda body: "error" not in body and not any("error" in row for row in body["messages"])),
    "comms": (_comms, lambda body: body.get("code") == "0000"),
    "nxcloud": (_nxcloud, _nxcloud_took),
    "alibaba": (_alibaba, lambda body: body.get("Code") == "OK"),
    "yundashi": (_yundashi, lambda body: body.get("result") == 0),
}


def send(
    to: Annotated[list[str], typer.Option("--to", help="The number; may be repeated.")],
    text: Annotated[str | None, typer.Option("--text", help="The finished text.")] = None,
    dialect: Annotated[str, typer.Option("--dialect", help=f"Whose API to use: {', '.join(DIALECTS)}.")] = "native",
    template: Annotated[str | None, typer.Option("--template", help="A template's code instead of a text.")] = None,
    value: Annotated[
        list[str] | None, typer.Option("--value", help="A value for the template: name=text or text; may be repeated.")
    ] = None,
    signature: Annotated[str | None, typer.Option("--signature", help="The name in 【】.")] = None,
    app: Annotated[str, typer.Option("--app", help="NXCloud's appKey.")] = "appdemo1",
    project: Annotated[str | None, typer.Option("--project", help="Who pays (native, operator).")] = None,
    key: Annotated[str | None, typer.Option("--key", help="The vendor's key id; the demo world's if absent.")] = None,
    secret: Annotated[
        str | None,
        typer.Option("--secret", help="The vendor's secret.", envvar="HONGYAN_SEND_SECRET", show_envvar=True),
    ] = None,
    as_json: AsJson = False,
    url: Url = DEFAULT_URL,
    token: Token = "",
) -> None:
    """Send a message and print the answer."""
    if dialect not in DIALECTS:
        raise Misconfigured("--dialect", f"there is no dialect {dialect!r};", nearest(dialect, DIALECTS))
    if (key is None) != (secret is None):
        raise Misconfigured("--key", "key and secret go together.", "give both, or none for the demo world's.")
    credentials = {dialect: (key, secret)} if key is not None and secret is not None else {}
    client = Client(url, token=token, credentials=credentials)
    how, took = DIALECTS[dialect]
    reply = how(client, Asked(to, text, template, value or [], signature, app, project))
    if dialect == "native" and not as_json:
        for row in answered(reply)["messages"]:
            print_lines(_row(row))
        raise typer.Exit(Exit.OK if took(reply.json()) else Exit.NO)
    try:
        body = reply.json()
    except ValueError:
        print_lines(reply.body.decode("utf-8", "replace"))
        raise typer.Exit(Exit.NO) from None
    if as_json:
        print_json(body)
    else:
        print_lines(f"HTTP {reply.status}  {json.dumps(body, ensure_ascii=False)}")
    raise typer.Exit(Exit.OK if took(body) else Exit.NO)


def _row(row: Mapping[str, Any]) -> str:
    if "error" in row:
        return f"refused: {row['error']['message_en']} ({row['error']['reason']})"
    price = f"{row['price']} {row['currency']}"
    return f"{row['id']}  {row['to']}  {row['state']}  {row['parts']} part(s)  {price}  {row['text']}"
