"""Where a member's address and key come from: the environment, else `~/.config/aif-share/config.toml`.

    url = "https://share.example.cn"
    key_file = "/etc/aif-share/key"     # or key = "aif_live_…"
    pin = "…"                            # optional: the alliance's signing key, known beforehand

AIF_SHARE_URL, AIF_SHARE_KEY (or AIF_SHARE_KEY_FILE) and AIF_SHARE_PIN win over the file, each by itself.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aif_share.client.addresses import normalize_url
from aif_share.errors import AifShareError
from aif_share.wire.keys import MemberKey

NAMES = frozenset({"url", "key", "key_file", "pin"})


class ProfileError(AifShareError):
    """Address or key are missing or cannot be read. The message says which, never the key."""

    code = "profile-invalid"


@dataclass(frozen=True, slots=True)
class Profile:
    """What a client is opened with."""

    url: str
    key: MemberKey = field(repr=False)
    pin: str | None = None


def config_path(environ: Mapping[str, str] = os.environ) -> Path:
    """`$AIF_SHARE_CONFIG`, else `aif-share/config.toml` below `$XDG_CONFIG_HOME` or `~/.config`."""
    if environ.get("AIF_SHARE_CONFIG"):
        return Path(environ["AIF_SHARE_CONFIG"])
    base = environ.get("XDG_CONFIG_HOME", "")
    return (Path(base) if Path(base).is_absolute() else Path.home() / ".config") / "aif-share" / "config.toml"


def load_profile(environ: Mapping[str, str] = os.environ) -> Profile:
    """Read the profile. Raise ProfileError that says what is missing and where it belongs, MalformedKey for the key."""
    path = config_path(environ)
    settings = _read(path)
    url = environ.get("AIF_SHARE_URL") or settings.get("url")
    if not url:
        raise ProfileError(f"no platform address: set AIF_SHARE_URL, or url in {path}")
    try:
        address = normalize_url(str(url))
    except ValueError:
        raise ProfileError("the platform's address has to look like https://host; check AIF_SHARE_URL") from None
    return Profile(address, load_key(environ), environ.get("AIF_SHARE_PIN") or settings.get("pin") or None)


def load_key(environ: Mapping[str, str] = os.environ) -> MemberKey:
    """The member's key alone. Raise ProfileError without one, MalformedKey for one that cannot be right."""
    path = config_path(environ)
    settings = _read(path)
    text = environ.get("AIF_SHARE_KEY") or ""
    if not text and environ.get("AIF_SHARE_KEY_FILE"):
        text = _secret(Path(environ["AIF_SHARE_KEY_FILE"]))
    if not text:
        text = settings.get("key") or ""
    if not text and settings.get("key_file"):
        text = _secret(path.parent / Path(str(settings["key_file"])).expanduser())
    if not text:
        raise ProfileError(
            f"no key: set AIF_SHARE_KEY or AIF_SHARE_KEY_FILE, or key_file in {path}; `aif-share keys new` makes one"
        )
    return MemberKey.parse(text)


def read_key(path: Path) -> MemberKey:
    """The key in a file. Raise ProfileError if it cannot be read, MalformedKey if it is none."""
    return MemberKey.parse(_secret(path))


def _read(path: Path) -> dict[str, Any]:
    try:
        settings = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise ProfileError(f"{path} cannot be read: {error.strerror}") from None
    except ValueError:
        # The parser's own message may quote the line, and the line may be the key.
        raise ProfileError(f"{path} is not TOML") from None
    unknown = sorted(settings.keys() - NAMES)
    if unknown:
        raise ProfileError(f"{path} may hold {', '.join(sorted(NAMES))} and nothing else")
    if not all(isinstance(value, str) for value in settings.values()):
        raise ProfileError(f"every value in {path} is a text in quotes")
    return settings


def _secret(path: Path) -> str:
    try:
        return path.read_text("utf-8").strip()
    except (OSError, ValueError):
        raise ProfileError(f"the key file {path} cannot be read") from None
