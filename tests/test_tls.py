"""A server with a certificate of its own speaks TLS and nothing else."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.whole import listening, settings_in


@pytest.mark.rule("P001", "M114", "M139", "H014")
async def test_it_answers_over_tls_only_and_tells_browsers_to_stay(tmp_path: Path) -> None:
    certificate, key = make_certificate(tmp_path)
    trusting = ssl.create_default_context(cafile=certificate)
    settings = settings_in(tmp_path, tls_certificate_file=certificate, tls_key_file=key)
    async with listening(settings) as origin:
        assert origin.startswith("https://")
        async with httpx.AsyncClient(verify=trusting, trust_env=False, base_url=origin) as client:
            answer = await client.post("/graphql", json={"query": "{ __typename }"})
            assert answer.json()["data"] == {"__typename": "Query"}
            assert answer.headers["strict-transport-security"] == "max-age=31536000"
            with pytest.raises(httpx.RemoteProtocolError):
                await client.get(f"{origin.replace('https', 'http')}/")


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate that signs itself for 127.0.0.1, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    files = folder / "chain.pem", folder / "key.pem"
    files[0].write_bytes(certificate.public_bytes(pem))
    files[1].write_bytes(key.private_bytes(pem, *private))
    return files
