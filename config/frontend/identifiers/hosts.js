// Host names by the WHATWG URL standard (§3, hosts), which is what the browser's own URL does.
import { whole } from "./base.js";
import { refuse } from "./errors.js";
import { refang } from "./text.js";

const LABEL = /^[a-z0-9_-]{1,63}$/;
const IPV4 = whole("[0-9]+(?:\\.[0-9]+){3}");
// Capitals that older browsers do not fold, or, for the sharp s, fold otherwise.
const CAPITALS = /[\u04c0\u10a0-\u10c5\u10c7\u10cd\u1e9e\u2132\u2183]/gu;
const AUTHORITY = /^[a-z]+:[/\\]*[^/?#\\]*/i;
const ASCII = /^[\x00-\x7f]*$/;

/** The exact WHATWG host of a prepared text: ASCII, lower case, no trailing dot, `www.` kept. */
export function canonicalHost(text) {
  text = refang(text);
  if (/:\/\/|[/?#\\]/.test(text)) {
    refuse("host-address", "url");
  }
  if (text.includes("@")) {
    refuse("host-mailbox", "email");
  }
  if (text.split(":").length > 2 || text.includes("[")) {
    refuse("host-ip", "ip");
  }
  if (text.includes(":")) {
    refuse("host-port");
  }
  const host = whatwgHost(text);
  if (host === null) {
    refuse("host-malformed");
  }
  return checkedName(host);
}

/** A WHATWG host that is a name DNS can hold, of two labels or more, without its trailing dot. */
export function checkedName(host) {
  if (isAddress(host)) {
    refuse("host-ip", "ip");
  }
  host = host.replace(/\.$/, "");
  const labels = host.split(".");
  if (labels.length < 2) {
    refuse("host-one-label");
  }
  if (host.length > 253 || !labels.every((label) => LABEL.test(label))) {
    refuse("host-dns");
  }
  return host;
}

/** Whether a WHATWG host is an IP address. */
export function isAddress(host) {
  return host.startsWith("[") || IPV4.test(host);
}

/** The host that a browser makes of this text, null if it makes none. */
export function whatwgHost(text) {
  return parsed(`http://${text}/`)?.host || null;
}

// What an international name must become; browsers before 2023 spelt the sharp s otherwise, and would give tokens that
// nobody else gets.
let faithful = null;
// Stands for xn-- while the browser parses: the standard passes a name of ASCII alone as it is, older browsers decode
// its labels and refuse what they do not like.
const PUNYCODE = "0xn0of0aif0share0";

/** @typedef {{ url: URL, host: string }} Address the parsed URL, and its host name, which is not to be read from it */

/**
 * The parts of an address, null if it is none, or if this browser cannot be trusted to write its host as others do.
 *
 * @param {string} text @returns {Address | null}
 */
export function parsed(text) {
  const authority = AUTHORITY.exec(text)?.[0] ?? "";
  let asked = authority;
  if (ASCII.test(authority)) {
    asked = authority.replace(/xn--/gi, PUNYCODE);
  } else {
    faithful ??= new URL("http://faß.example/").hostname === "xn--fa-hia.example";
    if (!faithful) {
      return null;
    }
    asked = authority.replace(CAPITALS, (letter) => letter.toLowerCase());
  }
  try {
    const url = new URL(asked + text.slice(authority.length));
    return { url, host: url.hostname.replaceAll(PUNYCODE, "xn--") };
  } catch {
    return null;
  }
}
