// What can go wrong on the way to a token, by code. A code crosses from worker to page; its text is text/tokens.js.

/**
 * A typed failure. `detail` carries what its sentence names (a custodian, a number), never an identifier or a token.
 */
export class TokenError extends Error {
  /**
   * @param {string} code one of the keys of text/tokens.js that begin with "error-", without that beginning
   * @param {Record<string, string | number>} [detail]
   */
  constructor(code, detail = {}) {
    super(code);
    this.name = "TokenError";
    this.code = code;
    this.detail = detail;
  }

  /** The same as plain data, for postMessage. */
  toData() {
    return { code: this.code, detail: this.detail };
  }

  /** @param {{ code: string, detail?: Record<string, string | number> }} data */
  static from({ code, detail }) {
    return new TokenError(code, detail);
  }
}

/** Whatever was thrown, as a TokenError: a fault of ours says no more than its kind. */
export function asTokenError(error) {
  if (error instanceof TokenError) {
    return error;
  }
  if (error?.name === "AbortError") {
    return new TokenError("aborted");
  }
  if (error?.name === "QuotaExceededError") {
    return new TokenError("storage-full");
  }
  return new TokenError("internal", { kind: String(error?.name ?? "unknown") });
}
