// The member's half of RFC 9497's VOPRF (mode 1), suite ristretto255-SHA512: blind, verify a hop, unblind.
// The group and hashing are @noble/curves'; what stands here is the proof of one hop of a chain, apart from
// unblinding, which comes once after the last. Fresh blinds come from crypto.getRandomValues, inside noble.
import { mulAddUnsafe } from "@noble/curves/abstract/curve.js";
import { ristretto255, ristretto255_hasher as hasher, ristretto255_oprf as suite } from "@noble/curves/ed25519.js";
import { sha512 } from "@noble/hashes/sha2.js";
import { concatBytes } from "@noble/hashes/utils.js";

export const SUITE = "ristretto255-SHA512";
/** Bytes of a token: the first of the 64 of an output. */
export const TOKEN_BYTES = 32;

const MAX_BATCH = 65_535;
const { Point } = ristretto255;
const { Fn } = Point;
const utf8 = new TextEncoder();
const CONTEXT = concatBytes(utf8.encode("OPRFV1-"), Uint8Array.of(1), utf8.encode(`-${SUITE}`));
const SEED_TAG = concatBytes(utf8.encode("Seed-"), CONTEXT);
const TO_SCALAR = { DST: concatBytes(utf8.encode("HashToScalar-"), CONTEXT) };
const COMPOSITE = utf8.encode("Composite");
const CHALLENGE = utf8.encode("Challenge");

/** An element or a scalar that may not be used; the message never repeats it. */
export class InvalidElement extends Error {}

/** What a custodian sent was not made by the key it was checked against. */
export class ProofError extends Error {}

/** The private input of the function for one normalized identifier. */
export function tokenInput(type, canonical) {
  return utf8.encode(`aif1|${type}|${canonical}`);
}

/**
 * Blind each input, a fresh blind for each (Blind of RFC 9497 §3.3.1). `rng` is for test vectors alone.
 *
 * @param {Uint8Array[]} inputs
 * @returns {{ blind: Uint8Array, element: Uint8Array }[]}
 */
export function blind(inputs, rng) {
  return inputs.map((input) => {
    if (input.length === 0 || input.length > 65_535) {
      throw new InvalidElement("an input has 1 to 65,535 bytes");
    }
    const { blind, blinded } = suite.voprf.blind(input, rng);
    return { blind, element: blinded };
  });
}

/** A usable element: 32 bytes, canonical, bit 255 clear, not the identity; else InvalidElement. */
export function usable(bytes) {
  let point;
  try {
    point = Point.fromBytes(bytes);
  } catch {
    throw new InvalidElement("not a usable group element");
  }
  if (point.equals(Point.ZERO)) {
    throw new InvalidElement("not a usable group element");
  }
  return point;
}

/**
 * Check that the key behind `publicKey` turned each of `blinded` into the one of `evaluated` at its place
 * (VerifyProof of RFC 9497 §2.2.2). `publicKey` comes from the pinned directory. Throws ProofError.
 *
 * @param {Uint8Array} publicKey
 * @param {Uint8Array[]} blinded
 * @param {Uint8Array[]} evaluated
 * @param {Uint8Array} proof
 */
export function verify(publicKey, blinded, evaluated, proof) {
  if (blinded.length !== evaluated.length || blinded.length === 0 || blinded.length > MAX_BATCH) {
    throw new ProofError("the lists are of different lengths");
  }
  let holds;
  try {
    holds = check(publicKey, blinded, evaluated, proof);
  } catch {
    throw new ProofError("the proof or an evaluated element is malformed");
  }
  if (!holds) {
    throw new ProofError("the proof does not hold");
  }
}

/**
 * Unblind to the 64-byte outputs (Finalize of RFC 9497 §3.3.1, the same in modes 0 and 1); the first 32 bytes are
 * the token. Verify the proofs of all hops before.
 */
export function finalize(inputs, blinds, evaluated) {
  if (new Set([inputs.length, blinds.length, evaluated.length]).size !== 1) {
    throw new InvalidElement("the lists are of different lengths");
  }
  return inputs.map((input, index) => {
    usable(evaluated[index]);
    return suite.oprf.finalize(input, blinds[index], evaluated[index]);
  });
}

function check(publicKey, blinded, evaluated, proof) {
  if (proof.length !== 64) {
    return false;
  }
  const challenge = scalar(proof.subarray(0, 32));
  const response = scalar(proof.subarray(32));
  const key = usable(publicKey);
  const before = blinded.map(usable);
  const after = evaluated.map(usable);
  const weights = coefficients(publicKey, blinded, evaluated);
  const left = mulAddUnsafe(Point, before, weights);
  const right = mulAddUnsafe(Point, after, weights);
  const transcript = [
    key,
    left,
    right,
    mulAddUnsafe(Point, [Point.BASE, key], [response, challenge]),
    mulAddUnsafe(Point, [left, right], [response, challenge]),
  ].map((point) => sized(point.toBytes()));
  return Fn.eql(hasher.hashToScalar(concatBytes(...transcript, CHALLENGE), TO_SCALAR), challenge);
}

function coefficients(publicKey, blinded, evaluated) {
  const seed = sized(sha512(concatBytes(sized(publicKey), sized(SEED_TAG))));
  return blinded.map((element, index) =>
    hasher.hashToScalar(concatBytes(seed, twoBytes(index), sized(element), sized(evaluated[index]), COMPOSITE), TO_SCALAR),
  );
}

// Canonical, which Fn.fromBytes checks, and not zero.
function scalar(bytes) {
  const value = Fn.fromBytes(bytes);
  if (Fn.is0(value)) {
    throw new InvalidElement("zero is no scalar");
  }
  return value;
}

function sized(bytes) {
  return concatBytes(twoBytes(bytes.length), bytes);
}

function twoBytes(number) {
  return Uint8Array.of(number >> 8, number & 0xff);
}
