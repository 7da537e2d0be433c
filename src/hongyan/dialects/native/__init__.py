"""1 on the road: our own API, `/v1`: send, look, wait. Built by `native` in app.py; FastAPI for its OpenAPI.

Who may ask is decided in callers.py, what is asked is read in questions.py. Everything is answered as JSON;
what is refused as `{"error": {...}}` with the reason's sentence in both languages.
"""

from hongyan.dialects.native.app import native

__all__ = ["native"]
