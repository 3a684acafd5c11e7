// Texts of scripts in the language of the page: `translator({ key: { zh: "…", en: "…" } })` gives t("key", { n: 3 }),
// which fills {n}. A key that does not exist is an error: a test would show it, not a reader.
export function translator(texts, language = document.documentElement.lang) {
  const column = language.toLowerCase().startsWith("zh") ? "zh" : "en";
  return (key, values = {}) => {
    const row = texts[key];
    if (!row) {
      throw new Error(`no text ${key}`);
    }
    return row[column].replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
  };
}
