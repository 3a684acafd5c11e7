// Mailboxes: a dot-atom (RFC 5322 §3.2.3) before the @, a WHATWG host behind it.
import { orNull, whole } from "./base.js";
import { refuse } from "./errors.js";
import { canonicalHost } from "./hosts.js";
import { foldCase } from "./text.js";

const ATOM = "[a-z0-9!#$%&'*+\\/=?^_`\\{\\|\\}~\\u0080-\\u{10ffff}\\-]+";
const LOCAL = whole(`${ATOM}(?:\\.${ATOM})*`);

/** Both sides in lower case. Providers' own rules (dots, +tags) are left alone: they differ and change. */
export function canonicalEmail(text) {
  if (text.slice(0, 7).toLowerCase() === "mailto:") {
    text = text.slice(7);
  }
  text = text.replaceAll("[@]", "@");
  const at = text.lastIndexOf("@");
  const local = at < 0 ? "" : foldCase(text.slice(0, at));
  if (!LOCAL.test(local) || new TextEncoder().encode(local).length > 64) {
    refuse("email-shape");
  }
  const host = orNull(() => canonicalHost(text.slice(at + 1)));
  if (host === null) {
    refuse("email-domain");
  }
  return `${local}@${host}`;
}
