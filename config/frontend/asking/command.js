// The same question for the command line, where it is too much for a page.

const PLAIN = /^[A-Za-z0-9._:/-]+$/;
const FILE = "values.txt";

/** A word as a shell takes it. */
function word(text) {
  return PLAIN.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

const START = {
  screening: () => ["screen", FILE],
  watch: () => ["watch", "add", FILE],
  noise: ({ list }) => ["noise", "add", list, FILE],
};

/**
 * @param {"screening" | "watch" | "noise"} kind
 * @param {{ type: string, purpose?: string, caseRef?: string, basis?: string, days?: number, list?: string }} said
 */
export function command(kind, said) {
  const options = [
    ["--type", said.type || "TYPE"],
    ["--purpose", kind === "noise" ? "" : said.purpose || "PURPOSE"],
    ["--case-ref", said.caseRef],
    ["--basis", said.basis],
    ["--expires-at", said.days ? `${said.days}d` : ""],
  ];
  const given = options.filter(([, value]) => value).flat();
  return ["aif-share", ...START[kind](said), ...given].map(word).join(" ");
}
