// Raw values on pages of matches and clues, from this browser's map:
//
//     <span data-client-ref="…" data-position="0">client_ref</span>
//
// becomes the value where the map knows it, and keeps what the server wrote where it does not. Elements
// [data-raw-missing] are shown if any value is unknown, [data-raw-known] if any is known. The page carries the owner
// (clues/_tokens.html or clues/_map_owner.html). Nothing here asks the network.
import { MemberMap } from "./index.js";
import { place } from "../tokens/place.js";

/** Fill in all spans below `root`. @param {ParentNode} root @returns {Promise<void>} */
export async function fillRawValues(root = document) {
  const spans = [...root.querySelectorAll("[data-client-ref]")];
  if (spans.length === 0 || !globalThis.indexedDB || !globalThis.crypto?.subtle) {
    return;
  }
  const map = await MemberMap.open(place().owner);
  let known = 0;
  for (const span of spans) {
    const { clientRef, position } = span.dataset;
    const raw = await map.raw([[clientRef, Number(position ?? 0)]]);
    if (raw !== null) {
      span.textContent = raw;
      span.title = clientRef;
      span.classList.add("raw-value");
      span.setAttribute("translate", "no");
      known += 1;
    }
  }
  for (const hint of root.querySelectorAll("[data-raw-missing]")) {
    hint.hidden = known === spans.length;
  }
  for (const hint of root.querySelectorAll("[data-raw-known]")) {
    hint.hidden = known === 0;
  }
}

// A browser that keeps no data (a private window, a full disk) shows references, as without a map.
const fill = (root) => fillRawValues(root).catch(() => {});

if (typeof document !== "undefined") {
  document.addEventListener("DOMContentLoaded", () => fill(document));
  document.addEventListener("htmx:load", ({ detail }) => fill(detail.elt));
  document.addEventListener("tokens:changed", () => fill(document));
  if (document.readyState !== "loading") {
    fill(document);
  }
}
