// Normalize what test_identifiers.py asks for on stdin: a JSON list of [type, raw], back a list of [canonical, code, type].
import { readFileSync } from "node:fs";
import { normalize } from "../../config/frontend/identifiers/index.js";

const answers = JSON.parse(readFileSync(0, "utf-8")).map(([type, raw]) => {
  try {
    return [normalize(type, raw), null, null];
  } catch (error) {
    return [null, error.code, error.suggestedType];
  }
});
process.stdout.write(JSON.stringify(answers));
