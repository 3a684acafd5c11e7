"""Tokens through two real custodians, and what stops them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aif_share import oprf
from aif_share.client import Client, Map
from aif_share.errors import AuthenticationError, InvalidIdentifier, ProofError, QuotaError, UnknownType
from aif_share.oprf import encoding
from aif_share.wire.keys import MemberKey

from . import alliance

Chain = list[alliance.CustodianProcess]


def used(chain: Chain, key: MemberKey) -> list[int]:
    return [custodian.used(key) for custodian in chain]


def test_tokens_equal_those_made_with_the_custodians_own_keys(client: Client, chain: Chain) -> None:
    raws = ["Example.COM", "bücher.example.", "xn--bcher-kva.example"]
    tokens = client.tokenize("domain", raws)
    assert [(token.type, token.epoch) for token in tokens] == [("domain", 1)] * 3
    canonicals = ["example.com", "xn--bcher-kva.example", "xn--bcher-kva.example"]
    assert [token.token for token in tokens] == [alliance.token_by_hand("domain", each, chain) for each in canonicals]
    assert tokens[0].token not in repr(tokens)


def test_spellings_of_one_phone_are_one_evaluation(client: Client, chain: Chain, key: MemberKey) -> None:
    raws = ["138 0013 8000", "+86-138-0013-8000", "008613800138000", "００８６１３８００１３８０００"]
    tokens = client.tokenize("cn-mobile", raws)
    assert len({token.token for token in tokens}) == 1
    assert used(chain, key) == [2, 2]  # the value and the canary


def test_the_canary_costs_one_element_a_process_and_type(client: Client, chain: Chain, key: MemberKey) -> None:
    for number in range(3):
        client.tokenize("domain", [f"h{number}.example"])
    assert used(chain, key) == [4, 4]


def test_order_is_kept_over_many_requests(client: Client, chain: Chain) -> None:
    raws = [f"h{number}.example" for number in range(2_300)]
    tokens = client.tokenize("domain", raws)
    for index in (0, 999, 1000, 1999, 2299):
        assert tokens[index].token == alliance.token_by_hand("domain", raws[index], chain)


def test_a_bad_value_is_told_by_index_before_anything_is_sent(client: Client, chain: Chain, key: MemberKey) -> None:
    with pytest.raises(InvalidIdentifier) as caught:
        client.tokenize("cn-mobile", ["13800138000", "95588"])
    assert caught.value.extra["index"] == 1 and "95588" not in str(caught.value)
    assert used(chain, key) == [0, 0]


def test_a_type_without_a_key_is_unknown(client: Client) -> None:
    with pytest.raises(UnknownType):
        client.tokenize("qq", ["12345678"])
    with pytest.raises(UnknownType):
        client.tokenize("no-such-type", [])


def _flip(answer: dict[str, Any]) -> dict[str, Any]:
    proof = bytearray(encoding.decode_proof(answer["proof"]))
    proof[40] ^= 1
    return answer | {"proof": encoding.encode(bytes(proof))}


def _own_key(answer: dict[str, Any]) -> dict[str, Any]:
    """A custodian that evaluates with another key and proves that one honestly."""
    elements = [encoding.decode_element(each) for each in answer["elements"]]
    other = oprf.evaluate(oprf.derive_key(bytes(32), b"another"), elements)
    return answer | {
        "elements": [encoding.encode(each) for each in other.elements],
        "proof": encoding.encode(other.proof),
    }


CHANGES: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "proof": _flip,
    "key": _own_key,
    "order": lambda answer: answer | {"elements": answer["elements"][::-1]},
    "missing": lambda answer: answer | {"elements": answer["elements"][:-1]},
    "not an element": lambda answer: answer | {"elements": ["A" * 43 for _ in answer["elements"]]},
    "no proof": lambda answer: {name: value for name, value in answer.items() if name != "proof"},
    "epoch": lambda answer: answer | {"epoch": 2},
    "type": lambda answer: answer | {"type": "url"},
    "custodian": lambda answer: answer | {"custodian": "other"},
    "a list": lambda answer: [answer],  # type: ignore[dict-item,return-value]
}


@pytest.mark.parametrize("hop", [0, 1])
@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_answer_of_any_hop_stops(
    client: Client, platform: alliance.Platform, chain: Chain, hop: int, change: str
) -> None:
    def tampered(answer: dict[str, Any]) -> dict[str, Any]:
        return CHANGES[change](answer) if len(answer["elements"]) > 1 else answer  # let the canary pass

    with alliance.proxy(chain[hop].url, tampered) as url:
        platform.urls = {chain[hop].name: url}
        with pytest.raises(ProofError, match=f"custodian {chain[hop].name}"):
            client.tokenize("domain", ["a.example", "b.example"])


def test_a_foreign_public_key_stops(client: Client, platform: alliance.Platform, chain: Chain) -> None:
    foreign = oprf.derive_key(bytes(32), b"another").public
    platform.public_keys = {"partner": encoding.encode(foreign)}
    with pytest.raises(ProofError, match="custodian partner"):
        client.tokenize("domain", ["a.example"])


def test_a_wrong_canary_stops_before_any_value_is_sent(
    client: Client, platform: alliance.Platform, chain: Chain, key: MemberKey
) -> None:
    platform.canary = encoding.encode(bytes(32))
    with pytest.raises(ProofError, match="canary"):
        client.tokenize("domain", ["a.example"])
    assert used(chain, key) == [1, 1]


def test_a_member_unknown_to_one_custodian_is_told_which(
    platform: alliance.Platform, chain: Chain, tmp_path: Path
) -> None:
    key = MemberKey.new()
    chain[0].admit(key)
    with Client(platform.url, key, data_home=tmp_path) as client, pytest.raises(AuthenticationError) as caught:
        client.tokenize("domain", ["a.example"])
    assert caught.value.extra["server"] == "custodian:partner"


def test_a_quota_that_ends_at_the_second_hop_does_not_ask_the_first_again(
    platform: alliance.Platform, chain: Chain, tmp_path: Path
) -> None:
    key = MemberKey.new()
    chain[0].admit(key, 1_000)
    chain[1].admit(key, 50)
    raws = [f"q{number}.example" for number in range(100)]
    with Client(platform.url, key, data_home=tmp_path) as client, Map(tmp_path / "map.sqlite") as map:
        tokenizer = client.tokenizer(map)
        with pytest.raises(QuotaError):
            tokenizer.tokenize("domain", raws)
        tokenizer.close()
        assert used(chain, key) == [101, 1]
        chain[0].forget_repeats()  # ten minutes later
        chain[1].admit(key, 1_000)
        again = client.tokenizer(map)
        again.repeat_unfinished()
        tokens = again.tokenize("domain", raws)
        again.close()
        assert used(chain, key) == [101, 101]
        assert map.unfinished() == []
    assert tokens[7].token == alliance.token_by_hand("domain", raws[7], chain)


def test_what_the_map_knows_is_not_evaluated_and_not_across_other_keys(
    client: Client, chain: Chain, key: MemberKey, tmp_path: Path
) -> None:
    with Map(tmp_path / "map.sqlite") as map:
        for _ in range(2):
            tokenizer = client.tokenizer(map)
            tokenizer.tokenize("domain", ["a.example", "b.example"])
            tokenizer.close()
        assert used(chain, key) == [3, 3]
        assert map.tokens(b"another chain", "domain", ["a.example"]) == {}
