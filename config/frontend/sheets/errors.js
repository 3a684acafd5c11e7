// A file that cannot be read as a table; `code` is a key of text/imports.js with `file-` in front.
export class SheetError extends Error {
  /** @param {string} code @param {Record<string, string | number>} [detail] numbers and names of charsets, no values */
  constructor(code, detail = {}) {
    super(code);
    this.name = "SheetError";
    this.code = code;
    this.detail = detail;
  }
}
