import random
import subprocess
import sys

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hongyan.text import number_plans
from hongyan.text.numbers import Number, masked, parse

MOBILE = Number("8613800138000", "86", "CN", "mobile", True)


@pytest.mark.parametrize(
    "text",
    [
        "13800138000",
        "8613800138000",
        "+8613800138000",
        "008613800138000",
        " 8613800138000",
        "+86 138-0013-8000",
        "86 138 0013 8000",
        "(+86) 138 0013 8000",
        "0086-138-0013-8000",
        " 13800138000 ",
        "+13800138000",
    ],
)
def test_reads_a_mainland_number_however_it_is_written(text: str) -> None:
    """proves: nxcloud#items.phone, comms#send.mobile, comms#send.mobile.loose, yundashi#tel.mobile

    proves: alibaba#send.PhoneNumbers
    """
    assert parse(text) == MOBILE


@pytest.mark.parametrize(
    "text", ["13900000001", "13900000002", "13700000000", "13788888888", "15088888888", "19999999999"]
)
def test_numbers_of_vendors_examples_pass(text: str) -> None:
    number = parse(text)
    assert number is not None
    assert number.digits == "86" + text
    assert number.mainland


@pytest.mark.parametrize(
    "text",
    [
        "",
        "+",
        "86",
        "abc",
        "1380013800",
        "138001380000",
        "12800138000",
        "861380013800",
        "+861012345678",
        "1３800138000",
        "１３８００１３８０００",
        "+86138001380O0",
        "13800138000\x00",
        "138001380\ud80000",
        "٠١٢٣٤٥٦٧٨٩",
        "+86+13800138000",
        "9" * 100,
        "1" * 100_000,
        "+" * 30,
        "+999123456789",
        "+1202555",
        "+08613800138000",
        "08613800138000",
        "060123456789",
        "+060123456789",
        "+0012025550",
    ],
)
def test_refuses_what_is_no_number(text: str) -> None:
    assert parse(text) is None


@pytest.mark.parametrize(
    ("text", "digits", "country_code", "region"),
    [
        ("+12025550123", "12025550123", "1", "US"),
        ("0012025550123", "12025550123", "1", "US"),
        ("+16135550123", "16135550123", "1", "CA"),
        ("85291234567", "85291234567", "852", "HK"),
        ("+852 9123 4567", "85291234567", "852", "HK"),
        ("60123456789", "60123456789", "60", "MY"),
        ("+4407400123456", "447400123456", "44", "GB"),
        ("+447400123456", "447400123456", "44", "GB"),
        ("+886912345678", "886912345678", "886", "TW"),
        ("+881612345678", "881612345678", "881", ""),
    ],
)
def test_reads_numbers_from_abroad(text: str, digits: str, country_code: str, region: str) -> None:
    assert parse(text) == Number(digits, country_code, region, "", False)


def test_a_bare_number_is_the_mainlands_only_by_default() -> None:
    assert parse("13125550123") == Number("8613125550123", "86", "CN", "unicom", True)
    assert parse("13125550123", "1") == Number("13125550123", "1", "US", "", False)
    assert parse("+13125550123") == Number("13125550123", "1", "US", "", False)
    assert parse("13800138000", "60") is None
    assert parse("13800138000", "") is None


def test_another_default_country_is_written_as_at_home() -> None:
    assert parse("012-345 6789", "60") == Number("60123456789", "60", "MY", "", False)
    assert parse("2025550123", "1") == Number("12025550123", "1", "US", "", False)
    assert parse("2025550123", "nowhere") is None
    assert parse("2025550123", "999") is None


@pytest.mark.parametrize(
    ("prefix", "operator"),
    [
        ("139", "mobile"),
        ("1349", "telecom"),
        ("1340", "mobile"),
        ("186", "unicom"),
        ("189", "telecom"),
        ("192", "broadnet"),
        ("1700", "telecom"),
        ("1703", "mobile"),
        ("1704", "unicom"),
        ("171", "unicom"),
        ("162", "telecom"),
        ("165", "mobile"),
        ("167", "unicom"),
        ("154", ""),
    ],
)
def test_the_prefix_hints_at_the_operator(prefix: str, operator: str) -> None:
    number = parse(prefix.ljust(11, "0"))
    assert number is not None
    assert number.operator == operator


@pytest.mark.parametrize(
    ("digits", "shown"),
    [
        ("8613800138000", "86138******00"),
        ("12025550123", "1202*****23"),
        ("298211234", "298****34"),
        ("861", "***"),
        ("", ""),
        ("hello you", "*********"),
        ("x" * 5000, "*" * 16),
    ],
)
def test_masks_a_number_for_logs(digits: str, shown: str) -> None:
    assert masked(digits) == shown


@given(st.text(alphabet="0123456789", max_size=20))
def test_a_masked_number_hides_at_least_four_digits_and_keeps_its_length(digits: str) -> None:
    shown = masked(digits)
    assert len(shown) == len(digits)
    assert shown.count("*") >= min(4, len(digits))


def expected(digits: str) -> tuple[str, str] | None:
    try:
        number = phonenumbers.parse("+" + digits)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    region = phonenumbers.region_code_for_number(number)
    return phonenumbers.format_number(number, 0)[1:], "" if region == "001" else region or ""


def examples() -> list[str]:
    found: set[str] = set()
    for code, regions in phonenumbers.COUNTRY_CODE_TO_REGION_CODE.items():
        for region in regions:
            metadata = number_plans._metadata(str(code), region)
            kinds = (getattr(metadata, kind) for kind in number_plans._KINDS)
            found.update(f"{code}{kind.example_number}" for kind in kinds if kind is not None and kind.example_number)
    return sorted(digits for digits in found if not digits.startswith("86"))


def changed(digits: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(digits))
    digit = str(chance.randrange(10))
    return chance.choice(
        [
            digits[:at] + digit + digits[at + 1 :],
            digits[:at] + digits[at + 1 :],
            digits[:at] + digit + digits[at:],
            digits[: at // 2] + digit + digits[at // 2 + 1 : at] + digit + digits[at + 1 :],
        ]
    )


def test_agrees_with_libphonenumber_on_every_region_and_on_slips_of_the_pen() -> None:
    chance = random.Random(7)
    samples = set(examples())
    assert len(samples) > 900
    for digits in sorted(samples):
        samples.update(changed(digits, chance) for _ in range(5))
    for digits in samples:
        number = parse(f"+{digits}")
        if number is not None and number.mainland:
            assert expected(digits) is None or digits.startswith("86")
        else:
            assert (None if number is None else (number.digits, number.region)) == expected(
                digits
            ) or digits.startswith("86")


def test_most_valid_numbers_need_no_second_opinion() -> None:
    unsure = [digits for digits in examples() if _plan_says(digits) is None]
    assert len(unsure) < 20


def _plan_says(digits: str) -> str | None:
    code, national = number_plans.split_country(digits)
    plan = number_plans.plan_of(code)
    return None if plan is None else plan.region_of(national)


@given(
    st.text(max_size=45) | st.text(alphabet="+0123456789 -()", max_size=45), st.sampled_from(["86", "1", "60", "", "x"])
)
def test_any_text_gets_an_answer_and_the_answer_is_stable(text: str, default: str) -> None:
    number = parse(text, default)
    if number is not None:
        assert number.digits.startswith(number.country_code)
        assert not number.digits.startswith("0")
        assert number.mainland == (number.country_code == "86")
        assert parse("+" + number.digits) == number


def test_mainland_numbers_do_not_load_the_library() -> None:
    code = (
        "import sys; from hongyan.text.numbers import parse; parse('13800138000'); parse('+8613800138000');"
        "assert 'phonenumbers' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
