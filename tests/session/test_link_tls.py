"""TLS at both ends: own authority, server's name, client's certificate; wrong files stop with a sentence."""

import datetime as dt
import ssl
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from hongyan.model.errors import Misconfigured
from hongyan.session.tls import client_tls, server_tls
from session.two_ends import Keeper, asks, dialler, doorway, until


class Authority:
    """Signs certificates and writes them to files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test authority")])
        self.file = self._written("ca", self._signed(self._name, self._key, is_authority=True))

    def issue(self, name: str) -> tuple[str, str]:
        """Return the files of a certificate and its key."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        certificate = self._written(name, self._signed(subject, key, is_authority=False, host=name))
        path = self._folder / f"{name}.key"
        path.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        return certificate, str(path)

    def _signed(
        self, subject: x509.Name, key: ec.EllipticCurvePrivateKey, *, is_authority: bool, host: str = ""
    ) -> x509.Certificate:
        now = dt.datetime.now(dt.UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(days=1))
            .not_valid_after(now + dt.timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        )
        if host:
            builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        return builder.sign(self._key, hashes.SHA256())

    def _written(self, name: str, certificate: x509.Certificate) -> str:
        path = self._folder / f"{name}.pem"
        path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        return str(path)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


async def test_a_link_over_tls_knows_the_peer_by_our_own_authority_and_name(authority: Authority) -> None:
    certificate, key = authority.issue("smsc.example")
    ours, theirs = Keeper(), Keeper()
    inner = server_tls("here", certificate=certificate, key=key)
    outer = client_tls("here", ca=authority.file)
    async with (
        doorway(theirs, tls=inner) as (_, port),
        dialler(ours, port, tls=outer, server_name="smsc.example"),
    ):
        await until(lambda: ours.open)
        asks(ours.open[0], *range(10))
        await until(lambda: len(ours.answers) == 10)


async def test_a_peer_of_another_name_or_authority_is_not_spoken_to(authority: Authority, tmp_path: Path) -> None:
    certificate, key = authority.issue("smsc.example")
    inner = server_tls("here", certificate=certificate, key=key)
    (tmp_path / "other").mkdir()
    for tls, name in (
        (client_tls("here", ca=authority.file), "another.example"),
        (client_tls("here", ca=Authority(tmp_path / "other").file), "smsc.example"),
    ):
        ours, theirs = Keeper(), Keeper()
        async with doorway(theirs, tls=inner) as (_, port), dialler(ours, port, tls=tls, server_name=name):
            await until(lambda ours=ours: ours.over)  # type: ignore[misc]  # bound to this round's keeper
            assert ours.over[0][2].code == "NO-CONNECTION"
            assert "certificate" in ours.over[0][2].text.lower()
            assert not theirs.log_ins


async def test_a_client_s_certificate_is_asked_for_and_shown(authority: Authority) -> None:
    certificate, key = authority.issue("smsc.example")
    mine, my_key = authority.issue("esme.example")
    inner = server_tls("here", certificate=certificate, key=key, client_ca=authority.file)
    ours, theirs = Keeper(), Keeper()
    with_one = client_tls("here", ca=authority.file, certificate=mine, key=my_key)
    async with doorway(theirs, tls=inner) as (_, port):
        async with dialler(ours, port, tls=with_one, server_name="smsc.example"):
            await until(lambda: ours.open)
        stranger = Keeper()
        without = client_tls("here", ca=authority.file)
        async with dialler(stranger, port, tls=without, server_name="smsc.example"):
            await until(lambda: stranger.over)
            assert len(theirs.log_ins) == 1


async def test_any_certificate_is_taken_only_when_asked_for(authority: Authority) -> None:
    certificate, key = authority.issue("smsc.example")
    inner = server_tls("here", certificate=certificate, key=key)
    ours, theirs = Keeper(), Keeper()
    async with doorway(theirs, tls=inner) as (_, port), dialler(ours, port, tls=client_tls("here", trust_all=True)):
        await until(lambda: ours.open)


def test_files_that_are_no_certificates_stop_with_a_sentence(tmp_path: Path, authority: Authority) -> None:
    nonsense = tmp_path / "nonsense.pem"
    nonsense.write_text("nothing", "utf-8")
    certificate, _ = authority.issue("a.example")
    said = "the TLS files cannot be used"
    with pytest.raises(Misconfigured, match=said):
        client_tls("carrier c", ca=str(nonsense))
    with pytest.raises(Misconfigured, match=said):
        client_tls("carrier c", certificate=certificate)
    with pytest.raises(Misconfigured, match=said):
        server_tls("door", certificate=str(tmp_path / "missing.pem"))
    assert isinstance(client_tls("carrier c", ca=authority.file), ssl.SSLContext)
