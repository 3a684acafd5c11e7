// The page's side of opening and saving the map file; SQLite is loaded in a worker of its own, and only then.
import { TokenError } from "../tokens/errors.js";
import { place } from "../tokens/place.js";
import { MAX_BYTES } from "./limits.js";

/**
 * Take a map file of aif-share into this browser's map.
 *
 * @param {File} file
 * @returns {Promise<{ added: number, adopted: boolean }>} throws TokenError
 */
export async function openMapFile(file) {
  if (file.size > MAX_BYTES) {
    throw new TokenError("map-too-large", { megabytes: MAX_BYTES >> 20 });
  }
  const bytes = await file.arrayBuffer();
  return ask("open", { bytes }, [bytes]);
}

/** Save this browser's map as a file that `aif-share matches --map FILE` reads. */
export async function saveMapFile() {
  const bytes = await ask("save", {}, []);
  const address = URL.createObjectURL(new Blob([bytes], { type: "application/vnd.sqlite3" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = `aif-share-map-${new Date().toISOString().slice(0, 10)}.sqlite`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

function ask(name, question, transfer) {
  const { owner, mapFileWorker, sqlite } = place();
  const worker = new Worker(mapFileWorker, { type: "module", name: "map-file" });
  return new Promise((resolve, reject) => {
    worker.addEventListener("message", ({ data }) => (data.error ? reject(TokenError.from(data.error)) : resolve(data.result)));
    worker.addEventListener("error", () => reject(new TokenError("worker-failed")));
    worker.postMessage({ id: 1, name, question: { ...question, owner, sqlite } }, transfer);
  }).finally(() => worker.terminate());
}
