// Check sums of cryptocurrency addresses.
import { sha256 } from "@noble/hashes/sha2.js";

const BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const GENERATOR = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];

function base58(text) {
  const bytes = [];
  for (const letter of text) {
    let carry = BASE58.indexOf(letter);
    for (let index = bytes.length - 1; index >= 0; index--) {
      carry += bytes[index] * 58;
      bytes[index] = carry & 255;
      carry >>= 8;
    }
    if (carry) {
      bytes.unshift(carry);
    }
  }
  const zeros = /^1*/.exec(text)[0].length;
  return Uint8Array.from([...Array(zeros).fill(0), ...bytes]);
}

/** Whether 25 bytes in base 58 end with their check sum, and begin with the version where one is given. */
export function isBase58Check(address, version = null) {
  if (address.length > 40) {
    return false;
  }
  const bytes = base58(address);
  const sum = sha256(sha256(bytes.slice(0, -4))).slice(0, 4);
  const isRight = bytes.length === 25 && sum.every((byte, index) => byte === bytes[21 + index]);
  return isRight && (version === null || bytes[0] === version);
}

function bech32Sum(values) {
  let sum = 1;
  for (const value of values) {
    const top = sum >>> 25;
    sum = ((sum & 0x1ffffff) << 5) ^ value;
    GENERATOR.forEach((word, bit) => {
      sum ^= (top >> bit) & 1 ? word : 0;
    });
  }
  return sum >>> 0;
}

/** Whether a text is a Bitcoin address in Bech32 (BIP 173), in lower case. */
export function isSegwit(address) {
  if (address.length < 11 || address.length > 90 || !/^bc1[02-9ac-hj-np-z]+$/.test(address)) {
    return false;
  }
  const data = [...address.slice(3)].map((letter) => BECH32.indexOf(letter));
  if (bech32Sum([3, 3, 0, 2, 3, ...data]) !== 1) {
    return false;
  }
  const program = data.slice(1, -6);
  const bits = program.length * 5;
  const size = Math.floor(bits / 8);
  // What is left over of the last five bits must be fewer than five, and zero.
  const isWhole = bits % 8 < 5 && ((program.at(-1) ?? 0) & ((1 << (bits % 8)) - 1)) === 0;
  return isWhole && data[0] <= 16 && size >= 2 && size <= 40 && (data[0] > 0 || size === 20 || size === 32);
}
