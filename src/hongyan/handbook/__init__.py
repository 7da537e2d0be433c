"""The documentation site, served at `/docs`: the pages of `docs/`, in English and Chinese, without script.

`shelf.py` knows which pages there are, `markdown.py` makes HTML of one, `tabs.py` puts languages side by side,
`search.py` finds, `drawing.py` draws, `app.py` answers. Reads its own files alone: no store, no settings.
"""

from hongyan.handbook.app import handbook

__all__ = ["handbook"]
