"""Tell whether a private key can sign NetSuite's token requests.

Source: Oracle NetSuite help, "OAuth 2.0 Client Credentials Flow" (read 2026-11-21): ES256/384/512 with EC P-256, P-384,
P-521; PS256/384/512 with RSA of 3072 or 4096 bits.
"""

from dataclasses import dataclass

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key

CURVES = frozenset({"secp256r1", "secp384r1", "secp521r1"})
"""Curves of the algorithms that NetSuite accepts, by their names in SEC 2 (P-256, P-384, P-521)."""

SMALLEST_RSA = 3072
"""Bits of the shortest RSA key that NetSuite accepts."""

_MAKE_ONE = "Make one: openssl ecparam -name prime256v1 -genkey -noout -out netsuite.pem"


@dataclass(frozen=True)
class KeyFault:
    """Why a key cannot be used, and what to do."""

    problem: str
    remedy: str


def private_key_fault(pem: str) -> KeyFault | None:
    """Say what is wrong with a key in PEM form, or return nothing if it can be used. Never repeats any of the key."""
    if "-----BEGIN" not in pem:
        return KeyFault(
            "this is not a key in PEM form", "Give the file that begins with -----BEGIN, as file:netsuite.pem"
        )
    if "PRIVATE KEY-----" not in pem:
        return KeyFault(
            "this is a certificate or public key, not the private key", "Give the private key that belongs to it"
        )
    try:
        key = load_pem_private_key(pem.encode(), password=None)
    except TypeError:
        return KeyFault(
            "the private key is encrypted", "Remove its pass phrase: openssl pkey -in key.pem -out netsuite.pem"
        )
    except (ValueError, UnsupportedAlgorithm):
        return KeyFault("the private key cannot be read; it is damaged or of an unknown kind", _MAKE_ONE)
    if isinstance(key, ec.EllipticCurvePrivateKey):
        if key.curve.name in CURVES:
            return None
        return KeyFault(f"the key's curve {key.curve.name} is not one of P-256, P-384, P-521", _MAKE_ONE)
    if isinstance(key, rsa.RSAPrivateKey):
        if key.key_size >= SMALLEST_RSA:
            return None
        return KeyFault(f"the RSA key has {key.key_size} bits; NetSuite wants {SMALLEST_RSA} or 4096", _MAKE_ONE)
    return KeyFault("the key is neither EC nor RSA", _MAKE_ONE)
