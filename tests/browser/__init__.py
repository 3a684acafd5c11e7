"""The portal in a real Chromium, against a running stack."""
