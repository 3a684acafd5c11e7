// What is too much for a page, prepared for the command line.
const PLAIN = /^[A-Za-z0-9._:/+-]+$/;
const OPTIONS = ["type", "category", "grade", "role", "channel", "region", "tlp", "basis"];
const NEEDED = { category: "CATEGORY", grade: "GRADE" };

/**
 * @param {string} file @param {Record<string, string>} defaults
 * @param {import("../sheets/mapping.js").Use[]} uses what columns say need not be said again
 */
export function submitCommand(file, defaults, uses) {
  const given = new Set(uses.filter(Boolean).map((use) => use.field));
  const options = OPTIONS.flatMap((name) => {
    const value = defaults[name] || (given.has(name) ? "" : NEEDED[name]);
    return value && !(name === "type" && uses.every((use) => use?.field !== "value" || use.type)) ? [`--${name.replace("_", "-")}`, value] : [];
  });
  const zone = given.has("observed_at") ? ["--timezone", defaults.offset === "0" ? "UTC" : "Asia/Shanghai"] : [];
  return ["aif-share", "submit", file, ...options, ...zone, "--wait"].map(word).join(" ");
}

function word(text) {
  return PLAIN.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Give the person a file. */
export function download(name, text, kind = "text/csv") {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: kind }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
