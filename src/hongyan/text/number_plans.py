"""Numbering plans of the world outside the mainland: libphonenumber's metadata as one pattern for each country code.

The patterns accept fast and only where libphonenumber would accept the digits as they stand; whatever they do not
accept is put to libphonenumber itself. It is imported, and a pattern made, when the first number asks for it: it costs
about 8 MB and a tenth of a second.
"""

import re
from functools import lru_cache
from typing import Any

from msgspec import Struct

_ONE_DIGIT_CODES = frozenset("17")
_TWO_DIGIT_CODES = frozenset(
    first + second
    for first, seconds in {
        "2": "07",
        "3": "0123469",
        "4": "013456789",
        "5": "12345678",
        "6": "0123456",
        "8": "1246",
        "9": "0123458",
    }.items()
    for second in seconds
)
_NO_COUNTRY = "001"
_KINDS = (
    "mobile",
    "fixed_line",
    "toll_free",
    "premium_rate",
    "shared_cost",
    "voip",
    "personal_number",
    "pager",
    "uan",
    "voicemail",
)
_UNSURE = "unsure"


class Plan(Struct, frozen=True):
    """The numbers of one country code."""

    country_code: str
    main_region: str
    pattern: re.Pattern[str]
    lengths: frozenset[int]

    def region_of(self, national: str) -> str | None:
        """Return the region of a valid national number ("" for no country), None when the pattern is not sure."""
        if len(national) not in self.lengths:
            return None
        found = self.pattern.fullmatch(national)
        if found is None or found.lastgroup is None or found.lastgroup.startswith(_UNSURE):
            return None
        return found.lastgroup if len(found.lastgroup) == 2 else ""  # noqa: PLR2004 - letters of an ISO code


def split_country(digits: str) -> tuple[str, str]:
    """Return (country code, national digits) of E.164 digits; the code may belong to no country."""
    length = 1 if digits[:1] in _ONE_DIGIT_CODES else 2 if digits[:2] in _TWO_DIGIT_CODES else 3
    return digits[:length], digits[length:]


@lru_cache(maxsize=512)
def plan_of(country_code: str) -> Plan | None:
    """Return the plan of a country code, or None when no country has it."""
    if not (country_code.isascii() and country_code.isdigit()) or country_code.startswith("0"):
        return None
    library = _library()
    regions = library.COUNTRY_CODE_TO_REGION_CODE.get(int(country_code))
    if not regions:
        return None
    metadata = [_metadata(country_code, region) for region in regions]
    lengths = {length for one in metadata for length in one.general_desc.possible_length}
    return Plan(country_code, regions[0], re.compile(_pattern(regions, metadata)), frozenset(lengths))


def judged(text: str, home: Plan | None) -> tuple[str, str, str] | None:
    """Return (E.164 digits, country code, region) as libphonenumber reads a number, or None when it finds it invalid.

    `home`: whose national way of writing the number may be in; None: the text begins with +.
    """
    library = _library()
    try:
        number = library.parse(text, home.main_region if home is not None else None)
    except library.NumberParseException:
        return None
    if not library.is_valid_number(number):
        return None
    region = library.region_code_for_number(number)
    digits = library.format_number(number, library.PhoneNumberFormat.E164)[1:]
    return digits, str(number.country_code), "" if region in {None, _NO_COUNTRY} else str(region)


def _library() -> Any:
    import phonenumbers  # noqa: PLC0415 - most installations never see a number from abroad

    return phonenumbers


def _metadata(country_code: str, region: str) -> Any:
    of = _library().PhoneMetadata
    return of.metadata_for_nongeo_region(int(country_code)) if region == _NO_COUNTRY else of.metadata_for_region(region)


def _pattern(regions: tuple[str, ...], metadata: list[Any]) -> str:
    """Return a pattern whose last group names the region.

    libphonenumber asks the regions of a code in order; one that has leading digits decides alone about the numbers
    that begin with them. A number that begins with a national prefix might be read without it: the library decides.
    """
    ways = []
    for region, one in zip(regions, metadata, strict=True):
        kinds = [getattr(one, kind) for kind in _KINDS]
        valid = "|".join(
            desc.national_number_pattern for desc in kinds if desc is not None and desc.national_number_pattern
        )
        name = region if region != _NO_COUNTRY else "none"
        way = f"(?P<{name}>{valid})"
        ways.append(f"(?={one.leading_digits})(?:{way}|(?P<{_UNSURE}{name}>[0-9]+))" if one.leading_digits else way)
    prefix = metadata[0].national_prefix_for_parsing
    strippable = rf"(?!(?:{prefix})(?!\A))" if prefix else ""
    return f"{strippable}(?:{'|'.join(ways)})"
