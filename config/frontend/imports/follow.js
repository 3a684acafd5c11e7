// What becomes of the batches, asked until all are out; then the rows the platform refused.
import { Problem, get } from "../platform/post.js";

const PAUSE_MS = 1000;
const MOST_REFUSED = 200;

/**
 * @param {import("./job.js").Job} job
 * @param {{ rules: any, signal: AbortSignal, show: () => void }} parts
 * @returns {Promise<void>} once every batch is released, held or rejected
 */
export async function follow(job, { rules, signal, show }) {
  let failures = 0;
  for (;;) {
    signal.throwIfAborted();
    try {
      for (const one of job.batches.filter((each) => !each.isOver)) {
        one.state = await get(`${rules.batches}/${one.batch}`, { signal });
        one.isOver = one.state.released || ["held", "rejected"].includes(one.state.state);
      }
      failures = 0;
    } catch (error) {
      failures += 1;
      if (!(error instanceof Problem) || !["network", "too-many-requests", "unreadable"].includes(error.code) || failures > 10) {
        throw error;
      }
    }
    show();
    if (job.batches.every((one) => one.isOver)) {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

/** The refused rows: line of the file and code. @returns {Promise<{ line: number, code: string }[]>} */
export async function refusals(job, { rules, signal }) {
  const lines = new Map(job.refs.map((ref, index) => [ref, job.drafts[index].line]));
  const found = [];
  for (const one of job.batches.filter((each) => each.state?.refused > 0)) {
    let address = `${rules.batches}/${one.batch}/results`;
    while (address && found.length < MOST_REFUSED) {
      const page = await get(address, { signal });
      const refused = page.results.filter((row) => row.outcome === "refused");
      found.push(...refused.map((row) => ({ line: lines.get(row.client_ref) ?? job.drafts[one.from + row.row]?.line, code: row.code })));
      address = nextOf(address, page.next);
    }
  }
  return found;
}

// The next page lies on our own origin, whatever host the platform knows itself by.
function nextOf(address, next) {
  return next ? address.split("?")[0] + new URL(next, location.href).search : null;
}
