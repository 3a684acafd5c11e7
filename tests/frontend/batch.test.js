// A batch whose every row was refused is told from one that the alliance did not let go.
import assert from "node:assert/strict";
import { test } from "node:test";

import { stateOf } from "../../config/frontend/platform/batch.js";

test("rejected is the alliance's word only where it was left rows to judge", () => {
  assert.equal(stateOf({ state: "rejected", clues: 0 }), "refused");
  assert.equal(stateOf({ state: "rejected", clues: 3 }), "rejected");
  assert.equal(stateOf({ state: "done", clues: 0 }), "done");
  assert.equal(stateOf({}), "received");
});
