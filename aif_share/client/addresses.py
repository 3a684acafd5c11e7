"""Addresses of a platform: how one is written, and which of them are one server."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

API: Final = "/api/v1/"


def normalize_url(url: str) -> str:
    """The address of the platform without the API's path: `https://host[:port][/prefix]`."""
    parts = urlsplit(url.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.query or parts.fragment:
        raise ValueError("the platform's address looks like https://host")
    path = parts.path.rstrip("/").removesuffix(API.rstrip("/")).rstrip("/")
    return f"{parts.scheme}://{parts.netloc.lower()}{path}"


def is_plain_and_remote(url: str) -> bool:
    """Whether bearers would cross a network unencrypted."""
    parts = urlsplit(url)
    return parts.scheme == "http" and parts.hostname not in ("127.0.0.1", "localhost", "::1")


def origin(url: str) -> str:
    """Scheme, host and port."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.lower()}"
