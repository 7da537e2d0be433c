"""Everything we can refuse. Each dialect has a total table from `Reason` to its vendor's code and text."""

from enum import StrEnum


class Reason(StrEnum):
    """Why a request or one of its items was refused. The value is the word in logs, pages and `/v1`."""

    # the request itself
    BAD_REQUEST = "bad-request"  # not readable: broken JSON, wrong type, bad encoding
    MISSING_FIELD = "missing-field"  # facts: field
    BAD_FIELD = "bad-field"  # facts: field, why
    TOO_LARGE = "too-large"  # body or request line over the limit
    UNKNOWN_PATH = "unknown-path"
    UNKNOWN_METHOD = "unknown-method"  # HTTP method
    UNKNOWN_ACTION = "unknown-action"
    BAD_VERSION = "bad-version"
    TOO_MANY_ITEMS = "too-many-items"  # facts: most
    NO_ITEMS = "no-items"
    TOO_MANY_NUMBERS = "too-many-numbers"  # more numbers than a verification channel takes at once; facts: most
    # who
    MISSING_SEAL = "missing-seal"  # no credentials where some are needed; facts: field
    BAD_SEAL_FIELD = "bad-seal-field"  # a credential field has an impossible value; facts: field
    BAD_SEAL_METHOD = "bad-seal-method"
    UNKNOWN_KEY = "unknown-key"
    DISABLED_KEY = "disabled-key"
    BAD_SEAL = "bad-seal"  # facts: theirs, ours, string_to_sign
    CLOCK_SKEW = "clock-skew"
    BAD_CLOCK = "bad-clock"  # the time is not written as the vendor wants it
    NONCE_USED = "nonce-used"
    ADDRESS_REFUSED = "address-refused"
    PROJECT_CLOSED = "project-closed"
    UNKNOWN_APP = "unknown-app"
    NOT_PERMITTED = "not-permitted"
    # pace
    TOO_FAST = "too-fast"  # requests a second per key
    APP_TOO_FAST = "app-too-fast"
    OVERLOADED = "overloaded"  # our own backlog cap
    # number
    BAD_NUMBER = "bad-number"
    REGION_REFUSED = "region-refused"
    DUPLICATE_NUMBER = "duplicate-number"
    MIXED_REGIONS = "mixed-regions"
    # wording
    UNKNOWN_TEMPLATE = "unknown-template"
    TEMPLATE_NOT_APPROVED = "template-not-approved"
    NO_TEMPLATE_MATCH = "no-template-match"
    MISSING_VALUE = "missing-value"  # facts: name
    BAD_VALUE = "bad-value"  # facts: name, why
    VALUE_TOO_LONG = "value-too-long"  # facts: name
    VALUE_HAS_URL = "value-has-url"  # facts: name
    UNKNOWN_SIGNATURE = "unknown-signature"
    SIGNATURE_NOT_APPROVED = "signature-not-approved"
    SIGNATURE_SCENE = "signature-scene"  # a captcha-only signature with another template type
    BAD_SIGNATURE = "bad-signature"  # malformed
    EMPTY_CONTENT = "empty-content"
    CONTENT_TOO_LONG = "content-too-long"  # facts: most
    KEYWORD = "keyword"  # facts: word
    BAD_SENDER = "bad-sender"
    BAD_EXTEND = "bad-extend"
    UNKNOWN_LINK = "unknown-link"
    BAD_CARD = "bad-card"  # facts: where, why
    CARD_UNSUPPORTED = "card-unsupported"  # the number cannot show cards and no fallback was asked for
    # consent
    OPTED_OUT = "opted-out"
    QUIET_HOURS = "quiet-hours"
    # per-number limits; facts: span (second, minute, hour, day), permits, scope
    NUMBER_LIMIT = "number-limit"
    REPEATED_CONTENT = "repeated-content"
    # identity of an item
    BAD_CLIENT_ID = "bad-client-id"
    CLIENT_ID_TAKEN = "client-id-taken"
    # money
    NO_PRICE = "no-price"
    NO_BALANCE = "no-balance"
    # asking about messages
    UNKNOWN_MESSAGE = "unknown-message"
    BAD_DATE = "bad-date"
    # ours
    UNAVAILABLE = "unavailable"  # the store or a carrier cannot be reached
    INTERNAL = "internal"  # a bug
    REHEARSED = "rehearsed"  # a rule of a rehearsal answered in our place; facts: rule, effect, status


def docs_of(reason: Reason) -> str:
    """Return where the documentation explains a reason: a path on each of our HTTP listeners."""
    return f"/docs/reasons#{reason}"
