"""The site at /docs: its pages in both languages, their links and anchors, and how it answers."""

import re
import tomllib
from collections.abc import Iterator
from html import unescape
from itertools import pairwise
from pathlib import Path
from urllib.parse import quote, unquote

import pytest

from hongyan.handbook.app import Reader, handbook
from hongyan.handbook.markdown import Written, slug
from hongyan.handbook.shelf import ENDINGS, address, read_shelf
from page_visits import visitor

ROOT = Path(__file__).parents[2]
SHELF = read_shelf(ROOT / "docs")
READER = Reader(SHELF)
NAMES = list(SHELF.pages)
EVERY = [(name, language) for name in NAMES for language in ENDINGS]
visit = visitor(handbook(ROOT / "docs", console="/"))


def written(name: str, language: str) -> Written:
    return READER.written(name, language)


def hrefs(html: str) -> Iterator[str]:
    return (unquote(unescape(one)) for one in re.findall(r'href="([^"]*)"', html))


def test_every_page_is_there_in_both_languages() -> None:
    assert [name for name in NAMES if set(SHELF.pages[name].files) != set(ENDINGS)] == []


@pytest.mark.parametrize("name", NAMES)
def test_both_languages_have_the_same_headings(name: str) -> None:
    english, chinese = ([passage.heading.level for passage in written(name, language).passages] for language in ENDINGS)
    assert english == chinese
    assert english[0] == 1
    assert english.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(english)), "a level is left out"


@pytest.mark.parametrize(("name", "language"), EVERY)
def test_every_link_and_anchor_leads_somewhere(name: str, language: str) -> None:
    known = {address(one, each): (one, each) for one, each in EVERY}
    page = written(name, language)
    for href in hrefs(page.html):
        if href.startswith(("https://", "http://127.0.0.1")):
            continue
        target, _, anchor = href.partition("#")
        assert not target or target in known, href
        there = known[target] if target else (name, language)
        assert not anchor or anchor in written(*there).anchors, href
        assert there[1] == language or there[0] == name, f"{href} leads to another language"


@pytest.mark.parametrize(("name", "language"), EVERY)
def test_pages_hold_no_script_and_no_style_of_their_own(name: str, language: str) -> None:
    assert not re.search(r"<script|<style|\sstyle=|\son\w+=|javascript:", written(name, language).html)


def test_chinese_pages_are_chinese() -> None:
    bare = [
        name
        for name in NAMES
        if not re.search(r"[\u4e00-\u9fff]{2}", written(name, "zh").title + written(name, "zh").html)
    ]
    assert bare == []


def test_pages_of_the_site_are_in_the_wheel() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    included = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    needed = [file for page in SHELF.pages.values() for file in page.files.values()]
    needed += [SHELF.folder / "site.toml", *SHELF.folder.glob("*.svg")]
    for file in needed:
        path = file.relative_to(ROOT)
        taken = next((one for one in (path, *path.parents) if str(one) in included), None)
        assert taken is not None, f"{path} is not in force-include"
        inside = Path(included[str(taken)]) / path.relative_to(taken)
        assert inside == Path("hongyan/handbook/pages") / path.relative_to("docs")


def test_what_is_for_developers_alone_stays_off_the_site() -> None:
    files = {file for page in SHELF.pages.values() for file in page.files.values()}
    beside = set((ROOT / "docs").rglob("*.md")) - files
    off = {"dependencies.md", "compatibility.md", "performance.md"}
    assert [one for one in beside if one.parent.name not in {"decisions", "specs"} and one.name not in off] == []


async def test_the_home_page_leads_everywhere_and_to_the_other_language() -> None:
    for language, other in (("en", "zh"), ("zh", "en")):
        answer = await visit(address("index", language), {"accept-language": language})
        assert answer.status == 200
        links = set(hrefs(answer.body))
        assert {address(name, language) for name in NAMES} <= links
        assert any(link.partition("?")[0] == address("index", other) for link in links)
        assert "/" in links


async def test_every_page_is_answered() -> None:
    for name, language in EVERY:
        assert (await visit(f"{address(name, language)}?lang={language}")).status == 200, name


async def test_a_page_has_its_neighbours_its_contents_and_its_other_language() -> None:
    answer = await visit("/docs/zh/settings")
    links = set(hrefs(answer.body))
    assert '<html lang="zh-CN">' in answer.body
    assert {"/docs/settings", "/docs/zh/cli", "/docs/zh/world", "#api_port"} <= links
    assert 'aria-current="page"' in answer.body


async def test_a_language_can_be_asked_for() -> None:
    for path, accept, leads in (
        ("/docs", "zh-CN,zh;q=0.9", "/docs/zh"),
        ("/docs/reasons?lang=zh", "", "/docs/zh/reasons"),
        ("/docs/zh/reasons?lang=en", "", "/docs/reasons"),
        ("/docs/zh?lang=en", "zh", "/docs"),
    ):
        answer = await visit(path, {"accept-language": accept})
        assert (answer.status, answer.headers["location"]) == (303, leads)
    for path in ("/docs?lang=en", "/docs/reasons", "/docs/reasons?lang=xx"):
        assert (await visit(path, {"accept-language": "zh"})).status == 200


@pytest.mark.parametrize(
    "path",
    [
        "/docs/nothing",
        "/docs/reasons/more",
        "/docs/..%2fsettings",
        "/docs/%2e%2e/%2e%2e/etc/passwd",
        "/docs/site.toml",
        "/docs/make_v1.py",
        "/docs/specs/comms",
        "/docs/static/../site.toml",
        "/docs/zh/zh",
        "/docs/en/reasons",
        "/docs/\x00",
    ],
)
async def test_nothing_but_pages_is_served(path: str) -> None:
    answer = await visit(path)
    assert answer.status == 404
    assert answer.headers["content-type"].startswith("text/html")


async def test_answers_are_fenced_in() -> None:
    for path in ("/docs", "/docs/reasons", "/docs/search?q=x", "/docs/nothing", "/docs/static/handbook.css"):
        headers = (await visit(path)).headers
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["content-security-policy"].startswith("default-src 'none'")
        assert headers["x-content-type-options"] == "nosniff"
    assert (await visit("/docs/reasons", method="POST")).status == 405
    assert (await visit("/docs/reasons", method="HEAD")).status == 200


async def test_the_style_sheet_is_a_file_that_is_named_anew_when_it_changes() -> None:
    link = next(one for one in hrefs((await visit("/docs/reasons")).body) if "handbook.css" in one)
    answer = await visit(link)
    assert answer.headers["content-type"].startswith("text/css")
    assert "immutable" in answer.headers["cache-control"]
    assert re.search(r"\?v=[0-9a-f]{12}$", link)


@pytest.mark.parametrize(
    ("asked", "language", "first"),
    [
        ("bad-seal", "en", "/docs/reasons#bad-seal"),
        ("api_port", "en", "/docs/settings#api_port"),
        ("hongyan wait", "en", "/docs/cli#hongyan-wait"),
        ("退订", "zh", ""),
        ("bad-seal", "zh", "/docs/zh/reasons#bad-seal"),
        ("How do I upgrade?", "en", "/docs/how-to/run-in-production#upgrade"),
        ("one-time code in CI", "en", "/docs/how-to/test-one-time-codes"),
        ("忘记密码", "zh", "/docs/zh/how-to/accounts"),
        ("收不到回执怎么办", "zh", "/docs/zh/explanation/receipts"),
    ],
)
async def test_the_search_finds(asked: str, language: str, first: str) -> None:
    text = (await visit(f"{address('search', language)}?q={quote(asked)}")).body
    found = re.findall(r'<li>\n<a href="([^"]+)">', text[text.index('class="found"') :])
    assert found
    assert found[0].startswith(first)
    assert "<mark>" in text


async def test_the_search_takes_anything() -> None:
    for asked in ("", "   ", "<script>alert(1)</script>", "\"'&", "x" * 5000, "nothing-has-this-word", "\x00"):
        answer = await visit(f"/docs/search?q={quote(asked)}")
        assert answer.status == 200
        assert "<script" not in answer.body


def test_anchors_are_as_code_hosts_make_them() -> None:
    assert slug("`hongyan wait`") == "hongyan-wait" or slug("hongyan wait") == "hongyan-wait"
    assert slug('protocol = "smgp"') == "protocol--smgp"
    assert slug("GET /v1/messages") == "get-v1messages"
    assert slug("api_port") == "api_port"
    assert slug("拒绝原因") == "拒绝原因"


async def test_tabs_are_a_group_of_choices_with_all_their_snippets() -> None:
    text = (await visit("/docs/how-to/nxcloud")).body
    group = text[text.index("<fieldset") : text.index("</fieldset>")]
    assert group.count('type="radio"') == group.count("<label for=") == group.count('<div class="tab">') == 6
    assert group.count(" checked") == 1
    assert "<legend>" in group


def test_colours_can_be_told_apart_in_light_and_dark() -> None:
    css = (ROOT / "src" / "hongyan" / "handbook" / "static" / "handbook.css").read_text("utf-8")
    for block in re.findall(r":root\{([^}]*)\}", css):
        colour = dict(re.findall(r"--([\w-]+):(#[0-9a-f]+)", block))
        pairs = [
            *((ink, ground) for ink in ("ink", "soft", "accent") for ground in ("paper", "desk")),
            ("paper", "accent"),
            ("ink", "still-bg"),
            ("soft", "still-bg"),
            ("ink", "mark"),
            ("soft", "mark"),
            ("accent", "mark"),
            ("accent", "still-bg"),
        ]
        for one, other in pairs:
            assert contrast(colour[one], colour[other]) >= 4.5, (one, other, contrast(colour[one], colour[other]))


def contrast(one: str, other: str) -> float:
    """Return WCAG's contrast of two colours."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(one * 2 for one in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_both_glossaries_have_the_same_words() -> None:
    english, chinese = (
        set(re.findall(r"\*\*([^*]+)\*\*", SHELF.pages["glossary"].files[language].read_text("utf-8")))
        for language in ENDINGS
    )
    assert english == chinese
