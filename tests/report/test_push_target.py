"""Where a webhook may lead: looks of a URL, addresses in every spelling, names that resolve inside."""

import socket
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_address
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from yarl import URL

from hongyan.model.errors import Refused
from hongyan.report.target import GuardedResolver, Side, check_url, checked, redirected, side_of

INSIDE = [
    "127.0.0.1",
    "127.8.9.10",
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "::1",
    "fc00::1",
    "fd12:3456::1",
]
NEVER = [
    "0.0.0.0",
    "100.64.0.1",
    "100.127.255.255",
    "169.254.169.254",
    "192.0.0.8",
    "192.0.2.1",
    "198.18.0.1",
    "203.0.113.9",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "fe80::1",
    "fec0::1",
    "ff02::1",
    "2001:db8::1",
    "100::1",
    "64:ff9b:1::a00:1",
    "::7f00:1",  # IPv4-compatible, long out of use
]
CARRYING = [
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::10.0.0.1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::1",
    "2002:c0a8:101::1",
    "2001:0:7f00:1::1",  # Teredo: its server is loopback
]
OUTSIDE = [
    "1.1.1.1",
    "8.8.8.8",
    "172.15.0.1",
    "172.32.0.1",
    "100.63.0.1",
    "100.128.0.1",
    "2606:4700::1111",
    "64:ff9b::8.8.8.8",
]


@pytest.mark.parametrize("address", INSIDE)
def test_loopback_and_private_addresses_are_near(address: str) -> None:
    assert side_of(ip_address(address)) is Side.NEAR


@pytest.mark.parametrize("address", NEVER)
def test_special_addresses_are_never_called(address: str) -> None:
    assert side_of(ip_address(address)) is Side.NEVER


@pytest.mark.parametrize("address", CARRYING)
def test_an_address_that_carries_an_inside_one_is_inside(address: str) -> None:
    assert side_of(ip_address(address)) is not Side.OUTSIDE


@pytest.mark.parametrize("address", OUTSIDE)
def test_public_addresses_are_outside(address: str) -> None:
    assert side_of(ip_address(address)) is Side.OUTSIDE


@pytest.mark.parametrize("address", INSIDE + NEVER + CARRYING)
def test_refuses_a_written_inside_address(address: str) -> None:
    host = f"[{address}]" if ":" in address else address
    with pytest.raises(Refused):
        checked(f"http://{host}/dr", inside=False)


@pytest.mark.parametrize("address", NEVER)
def test_opening_the_inside_does_not_open_special_addresses(address: str) -> None:
    host = f"[{address}]" if ":" in address else address
    with pytest.raises(Refused):
        checked(f"http://{host}/dr", inside=True)


@pytest.mark.parametrize("address", INSIDE)
def test_the_inside_can_be_opened(address: str) -> None:
    host = f"[{address}]" if ":" in address else address
    assert checked(f"http://{host}:8080/dr", inside=True).port == 8080


@pytest.mark.parametrize(
    "host",
    ["2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "127.1", "127.0.1", "017700000001", "0x7f.0x0.0x0.0x1", "1.1"],
)
@pytest.mark.parametrize("inside", [False, True])
def test_refuses_odd_spellings_of_addresses(host: str, inside: bool) -> None:
    with pytest.raises(Refused):
        checked(f"http://{host}/dr", inside=inside)


@pytest.mark.parametrize("host", ["１２７.0.0.1", "127。0。0。1"])
def test_reads_wide_digits_and_dots_as_the_address_they_become(host: str) -> None:
    with pytest.raises(Refused):
        checked(f"http://{host}/dr", inside=False)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.com/dr",
        "//example.com/dr",
        "ftp://example.com/dr",
        "file:///etc/passwd",
        "gopher://example.com/",
        "javascript:alert(1)",
        "http://",
        "http:///dr",
        "http:example.com",
        "http://user@example.com/",
        "http://user:pass@example.com/",
        "http://example.com:0/",
        "http://example.com:99999/",
        "http://example.com:abc/",
        "http://example.com:22/",
        "http://example.com:25/",
        "http://exa mple.com/",
        "http://example.com/\r\nHost: x",
        "http://example.com\\@127.0.0.1/",
        "http://127.0.0.1%00.example.com/",
        "http://[fe80::1%25eth0]/",
        "http://[::1/",
        "http://[1.2.3.4]/",
        "http://[a]@",
        "http://\u3002/",
        "http://example.com/" + "x" * 2048,
    ],
)
def test_refuses_addresses_that_no_webhook_has(url: str) -> None:
    with pytest.raises(Refused):
        check_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com",
        "https://example.com/dr?a=b%2Fc&d=1",
        "HTTPS://Example.COM:8443/回执",
        "http://example.com./dr",
        "http://回执.example/dr",
        "http://a_b.example/dr?mail=a@b.example",
    ],
)
def test_takes_ordinary_addresses(url: str) -> None:
    check_url(url)


def test_keeps_the_query_as_it_was_written() -> None:
    assert str(checked("https://example.com/dr?a=b%2Fc%2B", inside=False)) == "https://example.com/dr?a=b%2Fc%2B"


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60) | st.text(alphabet="htps:/.@[]%0127x\\ é", max_size=40).map("http://".__add__))
def test_any_text_is_taken_or_refused(url: str) -> None:
    try:
        check_url(url)
    except Refused:
        return
    assert url[:4].lower() == "http"


def _lookup(*addresses: str) -> Any:
    def answer(_host: str, port: int, *_: Any) -> list[tuple[Any, ...]]:
        return [
            (socket.AF_INET6 if ":" in one else socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port))
            for one in addresses
        ]

    return answer


async def _resolve(lookup: Any, *, inside: bool = False) -> list[str]:
    with ThreadPoolExecutor(1) as threads:
        found = await GuardedResolver(threads, inside=inside, lookup=lookup).resolve("name.example", 80)
    return [one["host"] for one in found]


@pytest.mark.parametrize("address", INSIDE + NEVER + CARRYING)
async def test_refuses_a_name_that_leads_inside(address: str) -> None:
    with pytest.raises(Refused):
        await _resolve(_lookup(address))


async def test_gives_out_only_the_outside_addresses_of_a_name() -> None:
    assert await _resolve(_lookup("10.0.0.1", "1.1.1.1", "fe80::1")) == ["1.1.1.1"]


async def test_gives_out_inside_addresses_where_they_are_allowed() -> None:
    assert await _resolve(_lookup("127.0.0.1", "169.254.169.254"), inside=True) == ["127.0.0.1"]


async def test_reads_an_address_with_a_zone() -> None:
    with pytest.raises(Refused):
        await _resolve(_lookup("fe80::1%eth0"))


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("/other?a=%2F", "https://example.com/other?a=%2F"),
        ("https://b.example:8443/x", "https://b.example:8443/x"),
        ("//c.example", "https://c.example/"),
    ],
)
def test_a_redirect_leads_on(location: str, expected: str) -> None:
    assert str(redirected(URL("https://example.com/dr"), location, inside=False)) in {expected, expected.rstrip("/")}


@pytest.mark.parametrize(
    "location", ["http://example.com/", "http://[a]@", "https://10.0.0.1/", "data:,x", "https://[::1]/"]
)
def test_a_redirect_leads_nowhere_it_may_not(location: str) -> None:
    with pytest.raises(Refused):
        redirected(URL("https://example.com/dr"), location, inside=False)
