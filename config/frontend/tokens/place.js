// Where a page says whose map it may use and where the worker scripts lie: the element of clues/_tokens.html.
import { TokenError } from "./errors.js";

/**
 * @typedef {object} Place
 * @property {string} owner `<institution ref>/<user ref>`: keys, pins and maps of others are never opened
 * @property {string} tokensWorker address of workers/tokens.js
 * @property {string} mapFileWorker address of workers/map_file.js
 * @property {string} sqlite address of SQLite's wasm file
 */

/** @returns {Place} */
export function place() {
  const { dataset } = document.querySelector("[data-map-owner]") ?? {};
  if (!dataset) {
    throw new TokenError("internal", { kind: "no-owner" });
  }
  return {
    owner: dataset.mapOwner,
    tokensWorker: dataset.tokensWorker,
    mapFileWorker: dataset.mapFileWorker,
    sqlite: dataset.sqlite,
  };
}
