"""A server with a certificate of its own speaks TLS and nothing else."""

from __future__ import annotations

import ssl
from pathlib import Path

import httpx
import pytest

from tests.certificates import make_certificate
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
