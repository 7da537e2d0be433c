"""NXCloud's words for every reason: a code and a text, for a whole request or for one row.

Codes are the vendor's; a text never says more than the code does. Total over `Reason`: a test asserts it.
"""

from hongyan.model.reason import Reason

TEXTS: dict[int, str] = {
    0: "Success",
    -1: "Failure",
    1001: "Authentication failed (missing public parameters)",
    1002: "Authentication failed (parameter error)",
    1003: "Authentication failed (invalid signature)",
    1004: "Authentication failed (timestamp expired)",
    1005: "Authentication failed (insufficient authority)",
    1100: "Customer does not exist / Status is unavailable",
    1102: "Insufficient balance",
    9000: "Request parameter error",
    13001: "Exceeded content length limit (1000 characters)",
    13002: "Unavailable app or incorrect key",
    13003: "IP not in whitelist",
    13005: "Incorrect phone number format",
    13006: "Incorrect source address"
    " (Source address must consist of 1 to 20 alphanumeric characters (letters or digits))",
    13007: "Rate limit exceeded (5 messages per hour)",
    13008: "TPS limit exceeded",
    13009: "Empty content or illegal Keywords",
    13010: "Exceeding maximum numbers for verification channel",
}
"""What the vendor says with each code.

spec: nxcloud#code.0, nxcloud#auth.codes
"""

CODES: dict[Reason, int] = {
    # spec: nxcloud#code.9000
    Reason.BAD_REQUEST: 9000,
    Reason.MISSING_FIELD: 9000,
    Reason.BAD_FIELD: 9000,
    Reason.TOO_LARGE: 9000,
    Reason.UNKNOWN_PATH: 9000,
    Reason.UNKNOWN_METHOD: 9000,
    Reason.UNKNOWN_ACTION: 9000,
    Reason.BAD_VERSION: 9000,
    Reason.TOO_MANY_ITEMS: 9000,
    Reason.NO_ITEMS: 9000,
    Reason.TOO_MANY_NUMBERS: 13010,  # spec: nxcloud#code.13010
    # spec: nxcloud#auth.codes
    Reason.MISSING_SEAL: 1001,
    Reason.BAD_SEAL_FIELD: 1002,
    Reason.BAD_SEAL_METHOD: 1002,
    Reason.UNKNOWN_KEY: 1005,
    Reason.DISABLED_KEY: 1005,
    Reason.BAD_SEAL: 1003,
    Reason.CLOCK_SKEW: 1004,
    Reason.BAD_CLOCK: 1004,
    Reason.NONCE_USED: 1003,
    Reason.ADDRESS_REFUSED: 13003,  # spec: nxcloud#code.13003
    Reason.PROJECT_CLOSED: 1100,  # spec: nxcloud#code.1100
    Reason.UNKNOWN_APP: 13002,  # spec: nxcloud#code.13002
    Reason.NOT_PERMITTED: 1005,
    # spec: nxcloud#code.13008
    Reason.TOO_FAST: 13008,
    Reason.APP_TOO_FAST: 13008,
    Reason.OVERLOADED: -1,
    # spec: nxcloud#code.13005; the vendor has no code for a region that is closed
    Reason.BAD_NUMBER: 13005,
    Reason.REGION_REFUSED: -1,
    Reason.DUPLICATE_NUMBER: 9000,
    Reason.MIXED_REGIONS: 9000,
    # the vendor's bulk call has no templates or signatures
    Reason.UNKNOWN_TEMPLATE: 9000,
    Reason.TEMPLATE_NOT_APPROVED: 9000,
    Reason.NO_TEMPLATE_MATCH: 9000,
    Reason.MISSING_VALUE: 9000,
    Reason.BAD_VALUE: 9000,
    Reason.VALUE_TOO_LONG: 9000,
    Reason.VALUE_HAS_URL: 9000,
    Reason.UNKNOWN_SIGNATURE: 9000,
    Reason.SIGNATURE_NOT_APPROVED: 9000,
    Reason.SIGNATURE_SCENE: 9000,
    Reason.BAD_SIGNATURE: 9000,
    # spec: nxcloud#code.13009, nxcloud#code.13001, nxcloud#code.13006
    Reason.EMPTY_CONTENT: 13009,
    Reason.CONTENT_TOO_LONG: 13001,
    Reason.KEYWORD: 13009,
    Reason.BAD_SENDER: 13006,
    Reason.BAD_EXTEND: 9000,
    Reason.UNKNOWN_LINK: 9000,
    Reason.BAD_CARD: 9000,
    Reason.CARD_UNSUPPORTED: 9000,
    # consent has no code of its own: spec: nxcloud#code.failure
    Reason.OPTED_OUT: -1,
    Reason.QUIET_HOURS: -1,
    # spec: nxcloud#code.13007
    Reason.NUMBER_LIMIT: 13007,
    Reason.REPEATED_CONTENT: 13007,
    # spec: nxcloud#items.sysMessageId
    Reason.BAD_CLIENT_ID: 9000,
    Reason.CLIENT_ID_TAKEN: 9000,
    # spec: nxcloud#code.1102
    Reason.NO_PRICE: -1,
    Reason.NO_BALANCE: 1102,
    Reason.UNKNOWN_MESSAGE: 9000,
    Reason.BAD_DATE: 9000,
    # spec: nxcloud#code.failure
    Reason.UNAVAILABLE: -1,
    Reason.INTERNAL: -1,
    Reason.REHEARSED: -1,
}

ROW_TEXTS: dict[Reason, str] = {reason: TEXTS[code] for reason, code in CODES.items()}
"""What a refused row says; the vendor's rows carry no code.

spec: nxcloud#row.message
"""
