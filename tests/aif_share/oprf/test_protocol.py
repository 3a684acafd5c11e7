"""The function as a whole: against an independent implementation, as a chain, and against every forgery tried."""

import copy
import pickle
import secrets

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from voprf import ristretto as voprf

from aif_share import oprf
from aif_share.errors import InvalidElement, InvalidInput, ProofError
from aif_share.oprf import sodium, threads
from aif_share.oprf.suite import ORDER

SEED = bytes(range(32))
KEY = oprf.derive_key(SEED, oprf.key_info("domain", 1))
OTHER = oprf.derive_key(SEED, oprf.key_info("domain", 2))


def a_batch(count, key=KEY):
    inputs = [oprf.token_input("domain", f"host{index}.example") for index in range(count)]
    blinded = oprf.blind(inputs)
    elements = [each.element for each in blinded]
    return inputs, [each.blind for each in blinded], elements, oprf.evaluate(key, elements)


def test_byte_strings_of_keys_and_inputs():
    assert oprf.key_info("cn-mobile", 3) == b"aif1|ristretto255-SHA512|cn-mobile|3"
    assert oprf.token_input("wechat", "微信") == b"aif1|wechat|\xe5\xbe\xae\xe4\xbf\xa1"


@settings(max_examples=40, deadline=None)
@given(st.binary(min_size=32, max_size=32), st.binary(min_size=1, max_size=80), st.binary(min_size=1, max_size=2000))
def test_outputs_equal_the_independent_package(seed, info, data):
    key = oprf.derive_key(seed, info)
    theirs = voprf.Evaluator.from_seed(seed, info)
    assert theirs.public_key.serialize() == key.public
    [mine] = oprf.blind([data])
    answer = oprf.evaluate(key, [mine.element])
    oprf.verify(key.public, [mine.element], answer.elements, answer.proof)
    assert oprf.finalize([data], [mine.blind], answer.elements) == [theirs.evaluate_known_input(data)]


def test_the_independent_client_accepts_our_proof():
    client, element = voprf.Client.blind(b"aif1|domain|a.example")
    answer = oprf.evaluate(KEY, [element.serialize()])
    output = voprf.VerifiableOutput.deserialize(answer.proof + answer.elements[0])
    made = client.finalize(output, voprf.PublicKey.deserialize(KEY.public))
    assert made == voprf.Evaluator.from_seed(SEED, oprf.key_info("domain", 1)).evaluate_known_input(
        b"aif1|domain|a.example"
    )


def test_our_client_accepts_the_independent_proof():
    theirs = voprf.Evaluator.from_seed(SEED, oprf.key_info("domain", 1))
    [mine] = oprf.blind([b"x"])
    answer = theirs.evaluate(voprf.BlindedInput.deserialize(mine.element)).serialize()
    oprf.verify(KEY.public, [mine.element], [answer[64:]], answer[:64])


@settings(max_examples=15, deadline=None)
@given(st.lists(st.binary(min_size=1, max_size=40), min_size=1, max_size=70))
def test_the_output_never_depends_on_the_blind(inputs):
    outputs = []
    for _ in range(2):
        blinded = oprf.blind(inputs)
        answer = oprf.evaluate(KEY, [each.element for each in blinded])
        outputs.append(oprf.finalize(inputs, [each.blind for each in blinded], answer.elements))
    assert outputs[0] == outputs[1]
    assert len(set(outputs[0])) == len(set(inputs))


@settings(max_examples=20, deadline=None)
@given(st.binary(min_size=32, max_size=32), st.binary(min_size=32, max_size=32))
def test_a_chain_of_two_equals_one_key(seed_1, seed_2):
    first, second = oprf.derive_key(seed_1, b"one"), oprf.derive_key(seed_2, b"two")
    product = oprf.Key.of(sodium.multiply_scalars(first.secret, second.secret))
    inputs, blinds, elements, hop_1 = a_batch(3, first)
    hop_2 = oprf.evaluate(second, hop_1.elements)
    oprf.verify(first.public, elements, hop_1.elements, hop_1.proof)
    oprf.verify(second.public, hop_1.elements, hop_2.elements, hop_2.proof)
    assert hop_2.elements == oprf.evaluate(product, elements).elements
    _, own_blinds, _, own = a_batch(3, product)
    assert oprf.finalize(inputs, blinds, hop_2.elements) == oprf.finalize(inputs, own_blinds, own.elements)


@pytest.mark.parametrize("count", [1, 2, 33, 200])
def test_every_tampering_is_found(count):
    _, _, elements, answer = a_batch(count)
    oprf.verify(KEY.public, elements, answer.elements, answer.proof)
    step = sodium.multiply_base((2).to_bytes(32, "little"))

    def shifted(items, at):
        return [*items[:at], sodium.add(items[at], step), *items[at + 1 :]]

    def plus_order(part):
        return (int.from_bytes(part, "little") + ORDER).to_bytes(32, "little")

    last = count - 1
    flipped = bytearray(answer.proof)
    flipped[40] ^= 1
    forgeries = {
        "another evaluated element": (KEY.public, elements, shifted(answer.elements, last), answer.proof),
        "another blinded element": (KEY.public, shifted(elements, last), answer.elements, answer.proof),
        "one flipped bit": (KEY.public, elements, answer.elements, bytes(flipped)),
        "proof of another batch": (KEY.public, elements, answer.elements, a_batch(count)[3].proof),
        "c not canonical": (KEY.public, elements, answer.elements, plus_order(answer.proof[:32]) + answer.proof[32:]),
        "s not canonical": (KEY.public, elements, answer.elements, answer.proof[:32] + plus_order(answer.proof[32:])),
        "zero proof": (KEY.public, elements, answer.elements, bytes(64)),
        "short proof": (KEY.public, elements, answer.elements, answer.proof[:63]),
        "long proof": (KEY.public, elements, answer.elements, answer.proof + b"\0"),
        "foreign public key": (OTHER.public, elements, answer.elements, answer.proof),
        "identity as public key": (bytes(32), elements, answer.elements, answer.proof),
        "identity evaluated": (KEY.public, elements, [*answer.elements[:last], bytes(32)], answer.proof),
        "evaluated by another key": (KEY.public, elements, oprf.evaluate(OTHER, elements).elements, answer.proof),
        "whole answer of another key": (
            KEY.public,
            elements,
            (foreign := oprf.evaluate(OTHER, elements)).elements,
            foreign.proof,
        ),
    }
    if count > 1:
        forgeries["swapped order"] = (
            KEY.public,
            elements,
            [answer.elements[1], answer.elements[0], *answer.elements[2:]],
            answer.proof,
        )
        forgeries["both swapped"] = (
            KEY.public,
            [elements[1], elements[0], *elements[2:]],
            [answer.elements[1], answer.elements[0], *answer.elements[2:]],
            answer.proof,
        )
    for name, forgery in forgeries.items():
        with pytest.raises(ProofError):
            oprf.verify(*forgery)
            pytest.fail(name)


def test_lists_that_do_not_fit():
    inputs, blinds, elements, answer = a_batch(3)
    for blinded, evaluated in (([], []), (elements, answer.elements[:2]), (elements[:2], answer.elements)):
        with pytest.raises(InvalidInput):
            oprf.verify(KEY.public, blinded, evaluated, answer.proof)
    for lists in (([], [], []), (inputs[:2], blinds, answer.elements), (inputs, blinds, answer.elements[:2])):
        with pytest.raises(InvalidInput):
            oprf.finalize(*lists)
    with pytest.raises(InvalidInput):
        oprf.evaluate(KEY, [])
    with pytest.raises(InvalidInput):
        oprf.evaluate(KEY, elements[:1] * 65_536)
    for data in (b"", bytes(65_536)):
        with pytest.raises(InvalidInput):
            oprf.blind([data])
        with pytest.raises(InvalidInput):
            oprf.finalize([data], blinds[:1], answer.elements[:1])
    for seed in (b"", bytes(31), bytes(33)):
        with pytest.raises(InvalidInput):
            oprf.derive_key(seed, b"")


def test_an_element_of_ones_own_that_is_wrong_is_not_the_custodians_fault():
    _, _, elements, answer = a_batch(2)
    with pytest.raises(InvalidElement) as failure:
        oprf.verify(KEY.public, [elements[0], bytes(32)], answer.elements, answer.proof)
    assert failure.value.index == 1


def test_blinds_and_nonces_are_fresh():
    inputs = [b"same"] * 100
    assert len({each.blind for each in oprf.blind(inputs)}) == 100
    element = oprf.blind([b"same"])[0].element
    assert len({oprf.evaluate(KEY, [element]).proof for _ in range(50)}) == 50


def test_secrets_stay_out_of_repr_and_pickles():
    [blinded] = oprf.blind([b"x"])
    answer = oprf.evaluate(KEY, [blinded.element])
    for thing, hidden in (
        (KEY, [KEY.secret]),
        (blinded, [blinded.blind, blinded.element]),
        (answer, [*answer.elements, answer.proof]),
    ):
        for secret in hidden:
            for shown in (repr(thing), str(thing), f"{thing!r:>5}"):
                assert secret.hex() not in shown
                assert repr(secret)[2:-1] not in shown
    for thing in (KEY, blinded):
        for attempt in (pickle.dumps, copy.copy, copy.deepcopy):
            with pytest.raises(TypeError):
                attempt(thing)


def test_pieces_over_several_threads_give_the_same(monkeypatch):
    inputs = [secrets.token_bytes(8) for _ in range(150)]
    blinded = oprf.blind(inputs)
    elements = [each.element for each in blinded]
    nonce = sodium.random_scalar()
    answers = []
    for cores in (1, 4):
        monkeypatch.setattr(threads, "cores", lambda cores=cores: cores)
        answers.append(oprf.evaluate(KEY, elements, _nonce=nonce))
        oprf.verify(KEY.public, elements, answers[-1].elements, answers[-1].proof)
    assert answers[0] == answers[1]


def test_a_failing_piece_fails_the_whole(monkeypatch):
    monkeypatch.setattr(threads, "cores", lambda: 3)

    def work(start, stop):
        if start == 2 * threads.PIECE:
            raise InvalidElement("here", index=start)
        return start

    with pytest.raises(InvalidElement):
        threads.spread(1000, work)
    assert threads.spread(1000, lambda start, stop: start) == list(range(0, 1000, threads.PIECE))
