"""What can be wrong with the master key, and with who may come in."""

import secrets
from collections.abc import Iterator
from pathlib import Path

from hongyan.cli.ailments import Finding, fail, ok, warn
from hongyan.model.errors import Misconfigured
from hongyan.settings import Settings, master_key_of
from hongyan.store.vault import Vault


def master_key(settings: Settings, sealed_with: frozenset[str] = frozenset()) -> Finding:
    """Look whether secrets can be opened; makes no key. `sealed_with`: ids of the keys that sealed what is there."""
    place = _file(settings)
    wanted = ", ".join(sorted(sealed_with))
    if place is not None and not place.exists():
        again = "put the copy that you kept there; without one, a new key and all secrets declared again"
        if sealed_with:
            return fail("master key", f"{place} is lost; secrets here are sealed with key {wanted}.", f"{again}.")
        if place == settings.data_dir / "master.key" and not settings.master_key and not settings.database_url:
            return ok("master key", f"{place} will be made at the first start.")
    try:
        mine = Vault(master_key_of(settings).encode()).key_id
    except Misconfigured as error:
        return fail("master key", error.what, error.try_this)
    if sealed_with - {mine}:
        return fail(
            "master key",
            f"secrets here are sealed with key {wanted}, and this one is {mine}.",
            f"put back the key {wanted}" + (f": {place}" if place else ": HONGYAN_MASTER_KEY"),
        )
    if place is not None and place.stat().st_mode & 0o077:
        return warn("master key", f"{place} can be read by others.", f"chmod 600 {place}")
    return ok("master key", "can be read; keep a copy of it apart from the database.")


def _file(settings: Settings) -> Path | None:
    if settings.master_key.startswith("file:"):
        return Path(settings.master_key.removeprefix("file:"))
    return None if settings.master_key or settings.database_url else settings.data_dir / "master.key"


def operators(settings: Settings, accounts: int) -> Iterator[Finding]:
    """Look whether anybody could operate `serve`, and from where."""
    if not settings.admin_token and not accounts:
        yield warn(
            "operators",
            "nobody can log in when it is served: there is neither an account nor a token.",
            f"HONGYAN_ADMIN_TOKEN={secrets.token_hex(24)}",
        )
    elif settings.admin_token and len(settings.admin_token) < 16:  # noqa: PLR2004 - stated in the sentence
        yield warn(
            "operators", "admin_token has fewer than 16 characters.", f"HONGYAN_ADMIN_TOKEN={secrets.token_hex(24)}"
        )
    else:
        yield ok("operators", f"{accounts} accounts" + (", and the token." if settings.admin_token else "."))
    abroad = settings.api_host not in {"127.0.0.1", "::1", "localhost"}
    if abroad and not settings.allowed_hosts:
        yield warn(
            "host names",
            f"the API listens at {settings.api_host}, but /v1 and the console answer to loopback names alone.",
            'allowed_hosts = ["sms.example.com"], with the name that you use',
        )
    if abroad and not settings.public_base_url:
        yield warn(
            "links",
            "short links begin with http://127.0.0.1, where no handset gets.",
            'public_base_url = "https://sms.example.com"',
        )
