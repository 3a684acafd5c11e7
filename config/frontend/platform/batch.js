// A batch as the API tells of it.

/**
 * Its state; `refused` where the API says `rejected` though the alliance had no part in it: no row was taken at the door.
 *
 * @param {{ state?: string, clues?: number }} batch @returns {string}
 */
export function stateOf({ state = "received", clues }) {
  return state === "rejected" && clues === 0 ? "refused" : state;
}
