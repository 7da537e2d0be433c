"""A browser of sorts for consoles that run: asks for pages, sends forms with their token, follows where it is led."""

import re
import urllib.error
import urllib.parse
import urllib.request


class Browser:
    """Talks to one console."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def get(self, path: str) -> str:
        """Return a page."""
        with self._opener.open(self.url + path, timeout=20) as answer:
            return str(answer.read().decode())

    def post(self, path: str, **fields: str) -> str:
        """Return the page that a form leads to."""
        fields |= {"csrf": self.token()}
        request = urllib.request.Request(self.url + path, urllib.parse.urlencode(fields).encode(), method="POST")
        with self._opener.open(request, timeout=20) as answer:
            return str(answer.read().decode())

    def token(self) -> str:
        """Return the token of our forms."""
        found = re.search(r'name="csrf" value="([^"]+)"', self.get("/send"))
        assert found
        return found[1]

    def status(self, method: str, path: str, fields: dict[str, str] | None = None) -> int:
        """Return the status of an answer, whatever it is."""
        body = None if fields is None else urllib.parse.urlencode(fields).encode()
        request = urllib.request.Request(self.url + path, body, method=method)
        try:
            with self._opener.open(request, timeout=20) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
