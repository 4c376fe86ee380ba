"""People and what they prove themselves with: registration, sign-in, sessions, API keys, acceptances."""
