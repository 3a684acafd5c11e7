/** Bytes of a map file that a browser is asked to hold. */
export const MAX_BYTES = 256 * 1024 * 1024;
