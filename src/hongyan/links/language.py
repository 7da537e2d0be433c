"""Which of our two languages a reader's browser asks for. Only our own few words are translated, never a card's."""

LANGUAGES = ("zh", "en")
_LONGEST_HEADER = 200


def language(accept: str, default: str = "zh") -> str:
    """Return `zh` or `en` by an Accept-Language header; the default when it names neither."""
    best, best_weight = default, 0.0
    for part in accept[:_LONGEST_HEADER].split(","):
        tag, _, weight_text = part.strip().lower().partition(";q=")
        name = tag.partition("-")[0]
        if name in LANGUAGES and (weight := _weight(weight_text)) > best_weight:
            best, best_weight = name, weight
    return best


def _weight(text: str) -> float:
    try:
        return float(text) if text else 1.0
    except ValueError:
        return 0.0
