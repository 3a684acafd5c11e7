"""A list of tokens in a request body: checked one by one, refused as a whole by index, never repeated in a refusal."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from aif_share.identifiers import types
from clues.blinding import epochs

from .rows import RowRefused, names_of, pepper_of, stored_key

TYPES: Final = types()
TOKEN_FIELDS: Final = frozenset({"type", "epoch", "token"})
ADVICE: Final = {
    "epoch-unknown": "`epoch` is a number of the directory.",
    "epoch-retired": "Fetch the directory and tokenize again.",
}
DEFAULT_ADVICE: Final = "This is no token; tokenize on your own side first."


class StoredTokens(NamedTuple):
    """The tokens in the order sent, as three lists of one length: type, epoch, and the stored key as 32 hex digits."""

    types: list[str]
    epochs: list[int]
    stored: list[str]


def read_tokens(tokens: Any, *, most: int, name: str = "tokens") -> StoredTokens:
    """Return the stored form of a list of `{"type", "epoch", "token"}`, 1 to `most` of them. Raise Refusal.

    `name` is what the list is called in the body.
    """
    if not isinstance(tokens, list) or not tokens:
        raise Refusal("field-missing", gettext_noop("Send a list of at least one token."), field=name)
    if len(tokens) > most:
        raise Refusal("too-large", gettext_noop("Send fewer tokens: `limit` is the most."), limit=most)
    in_force = epochs.get_epochs()
    read = StoredTokens([], [], [])
    for index, item in enumerate(tokens):
        if isinstance(item, dict) and item.keys() - TOKEN_FIELDS:
            names = names_of(item.keys() - TOKEN_FIELDS)
            raise Refusal("unknown-field", "A token has fields that do not exist.", index=index, fields=names)
        if not isinstance(item, dict) or item.keys() != TOKEN_FIELDS:
            raise Refusal("malformed", "A token has type, epoch and token.", index=index)
        kind, epoch, token = item["type"], item["epoch"], item["token"]
        if not isinstance(kind, str) or kind not in TYPES:
            raise Refusal("type-unknown", "No such identifier type.", index=index)
        try:
            read.stored.append(stored_key(token, pepper_of(kind, epoch, in_force)))
        except RowRefused as refused:
            raise Refusal(refused.code, ADVICE.get(refused.code, DEFAULT_ADVICE), index=index) from None
        read.types.append(kind)
        read.epochs.append(epoch)
    return read
