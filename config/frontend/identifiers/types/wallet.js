import { anyCase, isRepeated } from "../base.js";
import { isBase58Check, isSegwit } from "../coins.js";
import { refuse } from "../errors.js";
import { lower, upper } from "../text.js";

const EVM = anyCase("0x[0-9a-f]{40}");
const TRON = /^T[1-9A-HJ-NP-Za-km-z]{33}$/;
const BITCOIN = /^[13][1-9A-HJ-NP-Za-km-z]+$/;
const PREFIXES = new Map([
  ["tron", "tron"],
  ["trc20", "tron"],
  ["evm", "evm"],
  ["eth", "evm"],
  ["ethereum", "evm"],
  ["erc20", "evm"],
  ["bsc", "evm"],
  ["bep20", "evm"],
  ["polygon", "evm"],
  ["btc", "btc"],
  ["bitcoin", "btc"],
]);

function rule(text) {
  const colon = text.indexOf(":");
  const prefix = colon < 0 ? null : lower(text.slice(0, colon).trim()).replaceAll("-", "");
  if (prefix !== null && !PREFIXES.has(prefix)) {
    refuse("wallet-chain");
  }
  const [chain, address] = recognized(text.slice(colon + 1).replaceAll(" ", ""));
  if (prefix !== null && PREFIXES.get(prefix) !== chain) {
    refuse("wallet-other-chain");
  }
  return `${chain}:${address}`;
}

function recognized(address) {
  if (EVM.test(address)) {
    // All chains of the EVM share addresses; the mixed-case check (EIP-55) is optional and dropped.
    if (isRepeated(address.slice(2))) {
      refuse("dummy");
    }
    return ["evm", lower(address)];
  }
  if (TRON.test(address)) {
    return isBase58Check(address, 0x41) ? ["tron", address] : refuse("wallet-check");
  }
  if (/^bc1/i.test(address)) {
    if (address !== lower(address) && address !== upper(address)) {
      refuse("wallet-mixed-case");
    }
    address = lower(address);
  }
  if (BITCOIN.test(address) ? !isBase58Check(address) : !isSegwit(address)) {
    refuse("wallet");
  }
  return ["btc", address];
}

export const IDENTIFIER = { code: "wallet", personal: true, rule };
