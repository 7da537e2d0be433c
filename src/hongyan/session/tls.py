"""TLS for both ends: contexts from the paths that an operator gives. Wrong files stop the start with a sentence."""

import ssl

from hongyan.model.errors import Misconfigured


def client_tls(
    where: str, *, ca: str = "", certificate: str = "", key: str = "", trust_all: bool = False
) -> ssl.SSLContext:
    """Return what a dialling end needs: `ca` in place of the system's authorities, our own certificate if one is asked.

    `trust_all` encrypts without knowing to whom. Raises Misconfigured.
    """
    try:
        context = ssl.create_default_context(cafile=ca or None)
        if certificate:
            context.load_cert_chain(certificate, key or None, password=_no_password)
    except (OSError, ValueError) as wrong:
        raise Misconfigured(where, f"the TLS files cannot be used: {_said(wrong)}") from None
    if trust_all:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def server_tls(where: str, *, certificate: str, key: str = "", client_ca: str = "") -> ssl.SSLContext:
    """Return what a listening end needs; with `client_ca` peers must show a certificate of it. Raises Misconfigured."""
    try:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate, key or None, password=_no_password)
        if client_ca:
            context.load_verify_locations(client_ca)
            context.verify_mode = ssl.CERT_REQUIRED
    except (OSError, ValueError) as wrong:
        raise Misconfigured(where, f"the TLS files cannot be used: {_said(wrong)}") from None
    return context


def _no_password() -> str:
    raise ValueError("the key is protected by a password; give one that is not")


def _said(wrong: Exception) -> str:
    return str(wrong) or type(wrong).__name__
