// Web addresses by the WHATWG URL standard, which is what the browser's own URL does.
import { refuse } from "./errors.js";
import { checkedName, isAddress, parsed } from "./hosts.js";
import { lower, refang } from "./text.js";

// Parameters that say where a click came from, never what is shown. Names are compared in lower case.
const TRACKING = new Set(
  `fbclid gclid gclsrc dclid gbraid wbraid msclkid twclid ttclid yclid igshid mc_cid mc_eid _ga _gl
   spm scm spm_id_from from_spmid share_source share_medium share_plat share_session_id share_tag share_times
   share_from share_token share_id share_sign share_app_id sharer_shareid sharer_sharetime sharer_shareinfo
   vd_source bd_vid hmsr hmpl hmcu hmkw hmci xsec_source xsec_token xhsshare app_platform apptime`.split(/\s+/),
);
const TRACKING_PREFIXES = ["utm_", "pk_", "mtm_"];
// Stands for a bar while the browser parses: Chromium escapes bars in a path, the standard does not.
const BAR = "0bar0of0aif0share0";

/** The parsed http or https address of a prepared text, with a public host name or an IP address as host.
 * @returns {import("./hosts.js").Address} */
export function parseWeb(text) {
  text = refang(text);
  if (!/^https?:/i.test(text)) {
    refuse("url-scheme");
  }
  if (text.includes(" ")) {
    refuse("url-spaces");
  }
  const address = parsed(text.replaceAll("|", BAR));
  if (address === null || address.host.includes(BAR)) {
    refuse("url-malformed");
  }
  const { url, host } = address;
  return { url, host: isAddress(host) ? host : checkedName(host) };
}

/** The address without fragment, user name, password, tracking parameters and an empty query. */
export function canonicalUrl({ url, host }) {
  const kept = restored(url.search.slice(1))
    .split("&")
    .filter((part) => part && !tracks(part))
    .join("&")
    .replace(/^\?+/, "");
  // Carets in a path are escaped by the standard of today, not by browsers of yesterday.
  const path = restored(url.pathname).replaceAll("^", "%5E");
  return `${url.protocol}//${host}${url.port && `:${url.port}`}${path}${kept ? `?${kept}` : ""}`;
}

function restored(text) {
  return text.replaceAll(BAR, "|");
}

function tracks(part) {
  const name = lower(unquoted(part.replace(/^\?+/, "").split("=")[0]));
  return TRACKING.has(name) || TRACKING_PREFIXES.some((prefix) => name.startsWith(prefix));
}

function unquoted(text) {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  return text.replaceAll("+", " ").replace(/(?:%[0-9a-f]{2})+/gi, (escaped) => {
    const bytes = escaped.slice(1).split("%");
    return decoder.decode(Uint8Array.from(bytes, (byte) => parseInt(byte, 16)));
  });
}
