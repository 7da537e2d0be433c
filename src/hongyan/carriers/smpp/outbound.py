"""A message as submit_sm: which alphabet, which addresses, how a long one is cut (SMPP 3.4 §4.4)."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from hongyan.carriers.preview import Reading
from hongyan.carriers.shaping import References, Shaping, Unfit
from hongyan.model.cause import CauseKind
from hongyan.model.clock import Clock
from hongyan.model.errors import Misconfigured
from hongyan.model.message import Message
from hongyan.session import Key
from hongyan.text import air, udh
from hongyan.text.parts import GSM7, UCS2
from hongyan.wire import Malformed, smpp
from hongyan.wire.anatomy import submit_sm
from hongyan.wire.smpp import quick, times, tlvs
from hongyan.wire.smpp.tlvs import MESSAGE_PAYLOAD, Sar

FORMS_MOST = 1_000
LONGEST_VALIDITY_MS = 60 * 86_400_000
"""longer than any SMSC keeps a message"""
_UDHI = 0x40
_LATIN1_CODING = 3
_LONGEST_NAME = 11
_INTERNATIONAL, _SHORT_CODE, _ALPHANUMERIC = (1, 1), (3, 0), (5, 0)
_HEADERS = {"udh8": udh.SHORT, "udh16": udh.WIDE, "sar": udh.SHORT, "payload": 0}
"""octets that a cut leaves room for; of sar parameters the SMSC makes a header"""


class Part(NamedTuple):
    """One submit_sm but for its sequence."""

    form: quick.Form
    number: str
    octets: bytes
    coding: int
    esm_class: int
    validity: str
    tlvs: bytes


class Outbound:
    """One carrier's way of being told."""

    def __init__(self, carrier: str, chosen: Mapping[str, Any], shaping: Shaping, clock: Clock) -> None:
        self._chosen = chosen
        self._shaping = shaping
        self._clock = clock
        self._references = References()
        self._long: str = chosen["long"]
        self._header = _HEADERS[chosen["long"]]
        self._packed: bool = chosen["packed"] and chosen["default_alphabet"] == GSM7
        self._validity: str = chosen["validity"]
        self._tlvs = _static_tlvs(f"carrier {carrier}", chosen["tlvs"])
        self._forms: dict[str, quick.Form] = {}
        self._alphabets = _alphabets(chosen)
        self._periods: dict[int, str] = {}

    def parts(self, message: Message) -> Sequence[Part]:
        """Return what to submit. Raises Unfit."""
        shaping = self._shaping
        source = shaping.source(message)
        form = self._forms.get(source) or self._form(source)
        number = shaping.number(message.to)
        text, added = shaping.wording(message)
        alphabet, coding, content = self._encoded(text, added)
        validity = self._valid(message)
        filler = len(added) * 2 if alphabet == UCS2 else len(added)
        pieces = air.cut(content, alphabet, self._header or udh.SHORT)
        if filler:
            pieces[0] = pieces[0][filler:]
        if len(pieces) == 1:
            octets = self._on_air(pieces[0], alphabet, 0)
            return (Part(form, number, octets, coding, 0, validity, self._tlvs),)
        if self._long == "payload":
            octets = self._on_air(content[filler:], alphabet, 0)
            payload = quick.written_tlvs(((MESSAGE_PAYLOAD, octets),))
            return (Part(form, number, b"", coding, 0, validity, payload + self._tlvs),)
        if len(pieces) > udh.MOST_PARTS:
            raise Unfit(CauseKind.CONTENT, "TOO-LONG", f"{len(pieces)} parts; {udh.MOST_PARTS} are possible")
        reference = self._references.next(source, number, message.id)
        total = len(pieces)
        if self._long == "sar":
            return [
                Part(form, number, self._on_air(piece, alphabet, 0), coding, 0, validity, sar + self._tlvs)
                for index, piece in enumerate(pieces, 1)
                for sar in (quick.written_tlvs(tlvs.sar_tlvs(Sar(reference, total, index))),)
            ]
        wide = self._long == "udh16"
        out = []
        for index, piece in enumerate(pieces, 1):
            header = udh.concatenation(udh.Part(reference, total, index, wide))
            octets = header + self._on_air(piece, alphabet, len(header))
            out.append(Part(form, number, octets, coding, _UDHI, validity, self._tlvs))
        return out

    def frame(self, key: Key, part: Part) -> bytes:
        """Return the octets of one part's submit_sm. Raises Malformed."""
        form, number, octets, coding, esm_class, validity, parameters = part
        return form.frame(
            key,  # type: ignore[arg-type]  # SMPP counts its keys
            number,
            octets,
            data_coding=coding,
            esm_class=esm_class,
            validity_period=validity,
            tlvs=parameters,
        )

    def reading(self) -> Reading:
        """Return how what `frame` writes is read back."""
        alphabets = {coding: alphabet for alphabet, coding in reversed(self._alphabets)}
        return Reading(
            submit_sm,
            lambda coding, _: alphabets.get(coding, UCS2),
            coding="data_coding",
            udhi=("esm_class", _UDHI),
            is_packed=self._packed,
        )

    def _encoded(self, text: str, added: str) -> tuple[str, int, bytes]:
        """Return alphabet, data_coding and octets; in front of them room for what the carrier adds."""
        for alphabet, coding in self._alphabets:
            try:
                if added:
                    air.octets(added, alphabet)
                content = air.octets(text, alphabet)
            except UnicodeEncodeError:
                continue
            return alphabet, coding, b"\0" * (len(added) * (2 if alphabet == UCS2 else 1)) + content
        raise Unfit(CauseKind.CONTENT, "NO-ALPHABET", "no alphabet of this carrier has all its characters")

    def _on_air(self, octets: bytes, alphabet: str, header: int) -> bytes:
        return air.packed(octets, air.fill_bits(header)) if self._packed and alphabet == GSM7 else octets

    def _valid(self, message: Message) -> str:
        if self._validity == "none":
            return ""
        if self._validity == "absolute":
            return times.absolute(min(message.expires_at, self._clock.now_ms() + LONGEST_VALIDITY_MS))
        period_s = max(1, -(-(message.expires_at - self._clock.now_ms()) // 1000))
        known = self._periods.get(period_s)
        if known is None:
            if len(self._periods) >= FORMS_MOST:
                self._periods.clear()
            known = self._periods[period_s] = times.relative(period_s * 1000)
        return known

    def _form(self, source: str) -> quick.Form:
        chosen = self._chosen
        address = source.removeprefix("+")
        ton, npi = _numbering(source, chosen["short_code_digits"])
        if not address.isdigit() and len(address) > _LONGEST_NAME:
            said = f"a sender's name has {_LONGEST_NAME} characters at most, {source!r} has {len(address)}"
            raise Unfit(CauseKind.SENDER, "SENDER-LONG", said)
        pdu = smpp.SubmitSm(
            1,
            service_type=chosen["service_type"],
            source_addr_ton=ton if chosen["source_ton"] < 0 else chosen["source_ton"],
            source_addr_npi=npi if chosen["source_npi"] < 0 else chosen["source_npi"],
            source_addr=address,
            dest_addr_ton=chosen["dest_ton"],
            dest_addr_npi=chosen["dest_npi"],
            protocol_id=chosen["protocol_id"],
            priority_flag=chosen["priority"],
            registered_delivery=chosen["registered_delivery"],
        )
        try:
            form = quick.Form(pdu)
        except Malformed as wrong:
            raise Unfit(CauseKind.SENDER, "SENDER", str(wrong)) from None
        if len(self._forms) >= FORMS_MOST:
            self._forms.clear()
        self._forms[source] = form
        return form


def _numbering(source: str, short_digits: int) -> tuple[int, int]:
    """Return type of number and numbering plan of a sender."""
    if not source:
        return 0, 0
    if source.startswith("+"):
        return _INTERNATIONAL
    if not source.isdigit():
        return _ALPHANUMERIC
    return _SHORT_CODE if len(source) <= short_digits else _INTERNATIONAL


def _alphabets(chosen: Mapping[str, Any]) -> list[tuple[str, int]]:
    """Return (alphabet, data_coding) in the order they are tried."""
    if chosen["ucs2_always"]:
        return [(UCS2, chosen["ucs2_coding"])]
    out = [(chosen["default_alphabet"], chosen["text_coding"])]
    if chosen["latin1_coding"]:
        out.append((air.LATIN1, _LATIN1_CODING))
    return [*out, (UCS2, chosen["ucs2_coding"])]


def _static_tlvs(where: str, given: Mapping[str, Any]) -> bytes:
    out = []
    for tag, octets in given.items():
        try:
            out.append((int(tag, 0).to_bytes(2, "big"), bytes.fromhex(octets)))
        except (ValueError, TypeError, OverflowError):
            said = f'tlvs: {tag!r} = {octets!r} is no tag and octets, as "0x1400" = "0a0b".'
            raise Misconfigured(where, said) from None
    return quick.written_tlvs(tuple((int.from_bytes(tag, "big"), value) for tag, value in out))
