"""Files of the policy: profiles and wordings."""
