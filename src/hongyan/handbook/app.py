"""Answers `/docs`: pages, their other language, a search. Any listener may mount it: its routes carry the whole path.

Pages are made when first asked for, in a thread, and kept: nothing waits for the handbook.
"""

import threading
from pathlib import Path, PurePosixPath
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from hongyan.handbook.drawing import FENCE, ICON_ADDRESS, STYLE_ADDRESS, draw, icon, style_sheet
from hongyan.handbook.markdown import Written, write
from hongyan.handbook.search import LONGEST_QUESTION, Place, find
from hongyan.handbook.shelf import BASE, ENDINGS, HOME, Shelf, address, read_shelf
from hongyan.handbook.words import WORDS
from hongyan.links.language import language as preferred


def handbook(folder: Path | None = None, *, console: str = "") -> Starlette:
    """Return the app. `folder`: where the pages are, if not with the program; `console`: its address, to lead back."""
    reader = Reader(read_shelf(folder), console)
    return Starlette(
        routes=[
            Route(STYLE_ADDRESS, reader.style),
            Route(ICON_ADDRESS, reader.icon),
            Route(f"{BASE}/search", reader.search),
            Route(f"{BASE}/zh/search", reader.search),
            Route(BASE, reader.page),
            Route(f"{BASE}/{{name:path}}", reader.page),
        ],
    )


class Reader:
    """The pages that were made so far, and answers from them."""

    def __init__(self, shelf: Shelf, console: str = "") -> None:
        self.shelf, self._console = shelf, console
        self._pages = shelf.pages
        self._written: dict[tuple[str, str], Written] = {}
        self._titles: dict[tuple[str, str], str] = {}
        self._making = threading.RLock()
        self._pictures = {file.name: file for file in shelf.folder.glob("*.svg")}

    async def page(self, request: Request) -> Response:
        """Answer with a page, or lead to the language that was asked for."""
        language, name = _asked(request)
        found = self._pages.get(name)
        if found is None or language not in found.files:
            return await self._missing(language)
        wanted = request.query_params.get("lang", "")
        if not wanted and request.url.path == BASE:
            wanted = preferred(request.headers.get("accept-language", ""), language)
        if wanted in found.files and wanted != language:
            return RedirectResponse(address(name, wanted), status_code=303, headers=FENCE)
        return await run_in_threadpool(self._drawn, name, language)

    async def search(self, request: Request) -> Response:
        """Answer with the places that fit what is asked."""
        language, _ = _asked(request)
        asked = request.query_params.get("q", "").strip()[:LONGEST_QUESTION]
        return await run_in_threadpool(self._found, asked, language)

    async def style(self, _request: Request) -> Response:
        """Answer with the style sheet."""
        return style_sheet()

    async def icon(self, _request: Request) -> Response:
        """Answer with the picture in a browser's tab."""
        return icon()

    def written(self, name: str, language: str) -> Written:
        """Return a page, made once."""
        with self._making:
            found = self._written.get((name, language))
            if found is None:
                text = self._pages[name].files[language].read_text("utf-8")
                found = write(text, lambda href: self._lead(name, href), self._pictures, WORDS[language]["tabs"])
                self._written[name, language] = found
            return found

    def _lead(self, name: str, href: str) -> str:
        """Return the address of a page that another page's file names; what is no page stays as it stands."""
        target, mark, anchor = href.partition("#")
        path = _joined(PurePosixPath(name).parent, target)
        for language, ending in sorted(ENDINGS.items(), key=lambda one: -len(one[1])):
            if path.endswith(ending) and path.removesuffix(ending) in self._pages:
                return address(path.removesuffix(ending), language) + mark + anchor
        return href

    def _drawn(self, name: str, language: str) -> Response:
        page = self.written(name, language)
        names = [one for one in self._pages if language in self._pages[one].files]
        place = names.index(name)
        around = {
            "before": names[place - 1] if place else None,
            "next": names[place + 1] if place + 1 < len(names) else None,
        }
        links = {word: one and (address(one, language), self._title(one, language)) for word, one in around.items()}
        template = "home.html" if name == HOME else "page.html"
        return draw(template, language, page=page, around=links, **self._frame(name, language))

    def _found(self, asked: str, language: str) -> Response:
        places = [
            Place(address(name, language), self._title(name, language), passage)
            for name, page in self._pages.items()
            if language in page.files
            for passage in self.written(name, language).passages
        ]
        frame = self._frame("search", language) | {"asked": asked}
        return draw("search.html", language, found=find(places, asked), **frame)

    async def _missing(self, language: str) -> Response:
        return await run_in_threadpool(
            lambda: draw("missing.html", language, status=404, **self._frame(HOME, language))
        )

    def _frame(self, name: str, language: str) -> dict[str, Any]:
        """Return what stands around every page: the site map, and the way to its other language."""
        other = next(one for one in ENDINGS if one != language)
        known = self._pages.get(name)
        exists = known is None or other in known.files
        elsewhere = address(name if exists else HOME, other)
        return {
            "home": address(HOME, language),
            "search_at": address("search", language),
            "elsewhere": f"{elsewhere}?lang={other}" if elsewhere == BASE else elsewhere,
            "console": self._console,
            "here": address(name, language),
            "asked": "",
            "sections": [
                (
                    section.titles[language],
                    [
                        (address(page.name, language), self._title(page.name, language))
                        for page in section.pages
                        if language in page.files
                    ],
                )
                for section in self.shelf.sections
            ],
        }

    def _title(self, name: str, language: str) -> str:
        """Return a page's title: its first line that is a heading."""
        found = self._titles.get((name, language))
        if found is None:
            with self._pages[name].files[language].open(encoding="utf-8") as file:
                line = next((one for one in file if one.startswith("# ")), name)
            found = self._titles[name, language] = line.removeprefix("# ").strip().replace("`", "")
        return found


def _asked(request: Request) -> tuple[str, str]:
    """Return the language and the page's name of a request's path."""
    rest = request.url.path.removeprefix(BASE).strip("/")
    first, _, behind = rest.partition("/")
    language, name = (first, behind) if first in ENDINGS and first != "en" else ("en", rest)
    return language, name or HOME


def _joined(folder: PurePosixPath, target: str) -> str:
    """Return a path below docs/ without its dots; one that leads out of it has them left."""
    parts: list[str] = []
    for part in (*folder.parts, *PurePosixPath(target).parts):
        if part == ".." and parts and parts[-1] != "..":
            parts.pop()
        elif part != ".":
            parts.append(part)
    return "/".join(parts)
