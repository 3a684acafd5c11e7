// Bundle the browser's files from config/frontend into var/static/aif: `node config/frontend/build.mjs`.
// Entries: pages/*.js (one a page, shared code split into chunks), workers/*.js (each whole), styles/style.css.
import { build } from "esbuild";
import { copyFile, mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { numberPlans } from "./number_plans.mjs";

const HERE = path.dirname(fileURLToPath(import.meta.url));
const OUT = path.resolve(process.argv[2] ?? path.join(HERE, "..", "..", "var", "static", "aif"));
// Built beside and moved in at once: a server that runs meanwhile never sees half of it.
const BUILT = `${OUT}.${process.pid}.new`;

// What is fetched at run time and not bundled, by the name it gets below aif/.
const FETCHED = { "sql-wasm.wasm": "node_modules/sql.js/dist/sql-wasm.wasm" };

const common = {
  bundle: true,
  plugins: [numberPlans],
  minify: true,
  target: ["chrome100", "firefox100", "safari15.4"],
  legalComments: "linked", // licenses go with what they cover
  logLevel: "warning",
  metafile: true,
};

async function entries(folder) {
  const names = await readdir(path.join(HERE, folder)).catch(() => []);
  return names.filter((name) => name.endsWith(".js")).map((name) => path.join(HERE, folder, name));
}

// One file with the symbols that icons.json names; templates show one with {% icon "home" %}.
async function sprite() {
  const names = JSON.parse(await readFile(path.join(HERE, "icons.json"), "utf-8"));
  const symbols = names.map(async (name) => {
    const source = await readFile(path.join(HERE, "..", "..", "node_modules/@tabler/icons/icons/outline", `${name}.svg`), "utf-8");
    const shapes = source.slice(source.indexOf(">") + 1, source.lastIndexOf("</svg>")).trim();
    return `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-linecap="round" stroke-linejoin="round">${shapes}</symbol>`;
  });
  const body = (await Promise.all(symbols)).join("\n");
  await writeFile(path.join(BUILT, "icons.svg"), `<svg xmlns="http://www.w3.org/2000/svg">\n${body}\n</svg>\n`);
}

async function main() {
  await rm(BUILT, { recursive: true, force: true });
  await mkdir(BUILT, { recursive: true });
  const pages = await build({
    ...common,
    entryPoints: [...(await entries("pages")), path.join(HERE, "shell.js"), path.join(HERE, "theme.js")],
    outbase: HERE,
    outdir: BUILT,
    format: "esm",
    splitting: true,
    chunkNames: "chunks/[name]-[hash]",
  });
  const workers = await build({
    ...common,
    entryPoints: await entries("workers"),
    outbase: HERE,
    outdir: BUILT,
    format: "esm",
    external: ["fs", "path", "crypto"], // sql.js names them for Node and never asks for them in a browser
  });
  await build({
    ...common,
    entryPoints: [path.join(HERE, "styles", "style.css")],
    outdir: BUILT,
    external: ["*.woff2", "*.woff"], // fonts are the reader's own
  });
  for (const [name, source] of Object.entries(FETCHED)) {
    await copyFile(path.join(HERE, "..", "..", source), path.join(BUILT, name));
  }
  const outputs = { ...pages.metafile.outputs, ...workers.metafile.outputs };
  await sprite();
  // What each page's script loads at once: a test adds it up.
  const table = {};
  for (const [file, output] of Object.entries(outputs)) {
    table[path.relative(BUILT, path.resolve(file))] = {
      bytes: output.bytes,
      imports: output.imports
        .filter((one) => !one.external && one.kind === "import-statement")
        .map((one) => path.relative(BUILT, path.resolve(one.path))),
    };
  }
  await writeFile(path.join(BUILT, "bundles.json"), JSON.stringify(table, null, 1));
  if (await stat(OUT).catch(() => null)) {
    await rename(OUT, `${OUT}.${process.pid}.old`);
  }
  await rename(BUILT, OUT);
  await rm(`${OUT}.${process.pid}.old`, { recursive: true, force: true });
}

await main();
