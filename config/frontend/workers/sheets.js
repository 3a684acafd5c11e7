// Reads files of clues and checks their rows, away from the page: a large or hostile file keeps nobody from typing.
// Nothing here asks for anything over the network.
import { check } from "../sheets/checks.js";
import { readTable } from "../sheets/table.js";
import { SheetError } from "../sheets/errors.js";
import { Wrong } from "../sheets/values.js";

const acts = {
  read: ({ bytes, types }) => readTable(bytes, new Set(types)),
  check: ({ sheet, mapping, defaults, rules }) => check(sheet, mapping, defaults, rules),
};

self.addEventListener("message", async ({ data: { id, name, question } }) => {
  try {
    self.postMessage({ id, result: await acts[name](question) });
  } catch (error) {
    const isKnown = error instanceof SheetError || error instanceof Wrong;
    self.postMessage({ id, error: { code: isKnown ? error.code : "internal", detail: error.detail ?? {} } });
  }
});
