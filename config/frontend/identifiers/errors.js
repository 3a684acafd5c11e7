// A value that is not of its type. Neither the code nor the reason holds anything of the value.

/** @property {string} code always `identifier-invalid`, or `type-unknown` @property {string} reason a key of
 * text/identifiers.js @property {string | null} suggestedType the type the value is of, where that is known */
export class IdentifierError extends Error {
  constructor(reason, { suggestedType = null, code = "identifier-invalid", detail = {} } = {}) {
    super(reason);
    this.name = "IdentifierError";
    this.code = code;
    this.reason = reason;
    this.suggestedType = suggestedType;
    this.detail = detail;
  }
}

/** @returns {never} */
export function refuse(reason, suggestedType = null, detail = {}) {
  throw new IdentifierError(reason, { suggestedType, detail });
}
