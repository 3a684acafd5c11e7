// Send a file to an upload, piece by piece from where it stands. A piece that breaks off is sent again from what is stored.
export const PIECE = 4 * 1024 * 1024;
const TRIES = 8; // in a row, without a byte more: about two minutes
const LONGEST = 30_000;
const PASSING = new Set(["network", "upload-busy", "unavailable", "too-many-requests", "unreadable"]);

/**
 * @param {Blob} file
 * @param {{ upload: string, offset: number }} upload
 * @param {object} how
 * @param {{ piece: Function, where: Function }} how.door `piece(upload, offset, bytes, signal)` and `where(upload, signal)`
 *   answer with the upload, `offset` being what is stored; they reject with a Problem
 * @param {AbortSignal} how.signal
 * @param {(stored: number) => void} how.onProgress
 * @param {(seconds: number) => void} how.onWait
 * @param {(ms: number, signal: AbortSignal) => Promise<void>} [how.wait]
 * @returns {Promise<void>} once all of it is stored; rejects with AbortError, or with what does not pass by itself
 */
export async function sendAll(file, upload, { door, signal, onProgress, onWait, wait = pause }) {
  let stored = upload.offset;
  let failures = 0;
  let lost = false; // whether a piece broke off, so that we do not know how much of it arrived
  while (stored < file.size) {
    signal.throwIfAborted();
    try {
      const before = stored;
      const answer = lost
        ? await door.where(upload.upload, signal)
        : await door.piece(upload.upload, stored, file.slice(stored, stored + PIECE), signal);
      stored = answer.offset;
      failures = stored > before ? 0 : failures + (lost ? 0 : 1);
      lost = false;
      onProgress(stored);
      if (failures > TRIES) {
        throw new Error("the upload does not move");
      }
    } catch (error) {
      if (error.code === "upload-offset" && Number.isInteger(error.extra?.offset)) {
        stored = error.extra.offset;
        failures += 1;
      } else if (passes(error)) {
        failures += 1;
        lost = true;
      } else {
        throw error;
      }
      if (failures > TRIES) {
        throw error;
      }
      const ms = Math.min(LONGEST, 500 * 2 ** failures);
      onWait(Math.ceil(ms / 1000));
      await wait(ms, signal);
    }
  }
}

/** Whether a problem may pass by itself, and the same is worth another try. */
export function passes(error) {
  return PASSING.has(error.code) || [502, 503, 504].includes(error.status);
}

function pause(ms, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => { clearTimeout(timer); reject(signal.reason); }, { once: true });
  });
}
