// For test_map_file.py: read a map file with the browser's code and write it anew, `node rewrite_map.js IN OUT`.
// A refusal is its code on stdout and exit 1.
import { readFileSync, writeFileSync } from "node:fs";
import initSqlJs from "sql.js";
import { readMap, writeMap } from "../../config/frontend/map/file.js";

const [, , from, to] = process.argv;
try {
  const SQL = await initSqlJs();
  writeFileSync(to, writeMap(SQL, readMap(SQL, new Uint8Array(readFileSync(from)))));
} catch (error) {
  process.stdout.write(String(error.code));
  process.exit(1);
}
