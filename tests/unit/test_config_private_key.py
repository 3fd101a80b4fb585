"""Which private keys can sign NetSuite's token requests."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from ledgerloop.config.private_key import private_key_fault
from tests.support.keys import ec_key, ed25519_key, encrypted_key, public_key, rsa_key


@pytest.mark.parametrize("curve", [ec.SECP256R1(), ec.SECP384R1(), ec.SECP521R1()])
def test_the_three_curves_are_accepted(curve: ec.EllipticCurve) -> None:
    assert private_key_fault(ec_key(curve)) is None


def test_rsa_of_3072_bits_is_accepted() -> None:
    assert private_key_fault(rsa_key(3072)) is None


@pytest.mark.parametrize(
    ("pem", "words"),
    [
        ("not a key", "not a key in PEM form"),
        (public_key(), "not the private key"),
        (encrypted_key(), "is encrypted"),
        (ed25519_key(), "neither EC nor RSA"),
        (ec_key(ec.SECP256K1()), "curve secp256k1"),
        (rsa_key(2048), "2048 bits"),
        ("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", "damaged"),
    ],
)
def test_other_keys_are_refused_with_the_reason(pem: str, words: str) -> None:
    fault = private_key_fault(pem)
    assert fault is not None
    assert words in fault.problem
    assert fault.remedy
