"""Addresses of cryptocurrency wallets."""

import re
from hashlib import sha256

from stdnum import bitcoin

from aif_share.errors import InvalidIdentifier

from ..base import IdentifierType

_EVM = re.compile(r"0x[0-9a-f]{40}", re.IGNORECASE)
_TRON = re.compile(r"T[1-9A-HJ-NP-Za-km-z]{33}")
_PREFIXES = {
    "tron": "tron",
    "trc20": "tron",
    "evm": "evm",
    "eth": "evm",
    "ethereum": "evm",
    "erc20": "evm",
    "bsc": "evm",
    "bep20": "evm",
    "polygon": "evm",
    "btc": "btc",
    "bitcoin": "btc",
}


def rule(text: str) -> str:
    prefix, colon, address = text.partition(":")
    chain = _PREFIXES.get(prefix.strip().lower().replace("-", "")) if colon else None
    if colon and chain is None:
        raise InvalidIdentifier("the chain in front of the colon is tron, evm or btc")
    address = (address if colon else text).replace(" ", "")
    found, canonical = _recognize(address)
    if chain is not None and found != chain:
        raise InvalidIdentifier("the address is not of the chain in front of the colon")
    return f"{found}:{canonical}"


def _recognize(address: str) -> tuple[str, str]:
    if _EVM.fullmatch(address):
        # All chains of the EVM share addresses; the mixed-case check (EIP-55) is optional and dropped.
        if len(set(address[2:])) == 1:
            raise InvalidIdentifier("one digit over and over is a dummy value; leave the identifier away")
        return "evm", address.lower()
    if _TRON.fullmatch(address):
        if not _is_tron(address):
            raise InvalidIdentifier("the check sum is wrong; copy the address once more")
        return "tron", address
    if address[:3].lower() == "bc1":
        if address not in (address.lower(), address.upper()):
            raise InvalidIdentifier("a Bitcoin address is in small or in capital letters, never in both; copy it anew")
        address = address.lower()
    if not bitcoin.is_valid(address):
        raise InvalidIdentifier("no address of TRON, of an EVM chain or of Bitcoin, or its check sum is wrong")
    return "btc", address


def _is_tron(address: str) -> bool:
    raw: bytes = bitcoin.b58decode(address)
    return len(raw) == 25 and raw[0] == 0x41 and sha256(sha256(raw[:-4]).digest()).digest()[:4] == raw[-4:]


IDENTIFIER = IdentifierType(
    code="wallet",
    zh="虚拟货币钱包地址",
    en="Wallet address",
    form="CHAIN:ADDRESS; the chain is tron, evm (address in lower case) or btc, recognized by the address",
    link=2,
    rule=rule,
    examples={
        "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t": "tron:TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t",
        "TRC20:TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t": "tron:TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t",
        "0xdAC17F958D2ee523a2206206994597C13D831ec7": "evm:0xdac17f958d2ee523a2206206994597c13d831ec7",
        "eth:0xdac17f958d2ee523a2206206994597c13d831ec7": "evm:0xdac17f958d2ee523a2206206994597c13d831ec7",
        "ＥＴＨ：0xdac17f958d2ee523a2206206994597c13d831ec7": "evm:0xdac17f958d2ee523a2206206994597c13d831ec7",
        "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa": "btc:1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
        "1A1z P1eP 5QGe fi2D MPTf TL5S Lmv7 Div fNa": "btc:1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
        "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4": "btc:bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
    },
    rejects=(
        "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6u",
        "0xdac17f958d2ee523a2206206994597c13d831ec",
        "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb",
        "btc:TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t",
        "bc1Qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
        "doge:D7Y55r6Yoc1G8EECxkQ6SuSjTgGJJ7M6yD",
        "0x0000000000000000000000000000000000000000",
    ),
)
