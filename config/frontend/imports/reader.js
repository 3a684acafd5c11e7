// The worker that reads files and checks rows, asked from the page. One that takes too long is ended: a file may be made
// to take for ever.
import { SheetError } from "../sheets/errors.js";

const PATIENCE_MS = 60_000;

export class Reader {
  /** @param {string} address of workers/sheets.js */
  constructor(address) {
    this.address = address;
    this.worker = null;
    this.last = 0;
    this.waiting = new Map();
  }

  /** @param {"read" | "check"} name @param {object} question @returns {Promise<any>} rejects with a SheetError */
  ask(name, question, transfer = []) {
    this.worker ??= this.start();
    const id = ++this.last;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.end("timeout"), PATIENCE_MS);
      this.waiting.set(id, { resolve, reject, timer });
      this.worker.postMessage({ id, name, question }, transfer);
    });
  }

  start() {
    const worker = new Worker(this.address, { type: "module", name: "sheets" });
    worker.addEventListener("error", () => this.end("internal"));
    worker.addEventListener("message", ({ data: { id, result, error } }) => {
      const asked = this.waiting.get(id);
      this.waiting.delete(id);
      clearTimeout(asked?.timer);
      if (error) {
        asked?.reject(new SheetError(error.code, error.detail));
      } else {
        asked?.resolve(result);
      }
    });
    return worker;
  }

  end(code) {
    this.worker?.terminate();
    this.worker = null;
    for (const { reject, timer } of this.waiting.values()) {
      clearTimeout(timer);
      reject(new SheetError(code));
    }
    this.waiting.clear();
  }
}
