"""What every declared thing is: a frozen value of one kind, told apart by (kind, project, name)."""

from typing import ClassVar

from msgspec import Struct


class Thing(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """One declared thing. `kind` names its table in the TOML file; (kind, project, name) is its identity."""

    kind: ClassVar[str]
    secret_fields: ClassVar[tuple[str, ...]] = ()
