import { refuse } from "../errors.js";
import { parseV4, parseV6, writeV6 } from "../addresses.js";
import { refang } from "../text.js";

// Addresses that say nothing outside one network: two institutions that report one have nothing in common.
const MEANINGLESS_V4 = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "224.0.0.0/3",
].map((each) => {
  const [address, bits] = each.split("/");
  return [number(parseV4(address)), 32 - Number(bits)];
});

function number(octets) {
  return octets.reduce((total, octet) => total * 256 + octet, 0);
}

function rule(text) {
  const address = refang(text).replace(/^\[/, "").replace(/\]$/, "");
  const v4 = parseV4(address);
  if (v4) {
    return publicV4(v4);
  }
  const [plain, zone] = address.split("%");
  const v6 = address.split("%").length > 2 || zone === "" ? null : parseV6(plain);
  if (v6 === null) {
    refuse("ip");
  }
  if (zone !== undefined) {
    refuse("ip-zone");
  }
  if (v6.slice(0, 5).every((part) => part === 0) && v6[5] === 0xffff) {
    return publicV4([v6[6] >> 8, v6[6] & 255, v6[7] >> 8, v6[7] & 255]);
  }
  const [first, last] = [v6[0], v6[7]];
  const isLocal = v6.slice(0, 7).every((part) => part === 0) && last < 2;
  if (isLocal || first >> 9 === 0xfc >> 1 || first >> 6 === 0xfe80 >> 6 || first >> 8 === 0xff) {
    refuse("ip-private");
  }
  return writeV6(v6);
}

function publicV4(octets) {
  const value = number(octets);
  if (MEANINGLESS_V4.some(([network, bits]) => Math.floor(value / 2 ** bits) === Math.floor(network / 2 ** bits))) {
    refuse("ip-private");
  }
  return octets.join(".");
}

export const IDENTIFIER = { code: "ip", personal: true, rule };
