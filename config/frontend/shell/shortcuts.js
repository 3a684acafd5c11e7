// Keys for what the page offers: any link, button or field says `data-shortcut="g m"` (typed one after the other) or
// "n". In lists, j and k walk the rows (`data-list` > `[data-list-row]`), Enter opens the row's first link, x selects.
// `?` shows what the page has; nothing happens while somebody types.
const PAUSE = 1000; // milliseconds between the keys of one shortcut

let typed = "";
let last = 0;

function isTyping(target) {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
    && !(target instanceof HTMLInputElement && ["checkbox", "radio", "button", "submit"].includes(target.type));
}

function visible(element) {
  return element.offsetParent !== null && !element.disabled;
}

function run(element) {
  if (element.matches("input, select, textarea")) {
    element.focus();
  } else {
    element.click();
  }
}

function walk(step) {
  const rows = [...document.querySelectorAll("[data-list] [data-list-row]")].filter(visible);
  if (!rows.length) {
    return;
  }
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  const row = rows[Math.min(rows.length - 1, Math.max(0, at < 0 ? 0 : at + step))];
  (row.querySelector("a[href], button") ?? row).focus();
  row.scrollIntoView({ block: "nearest" });
}

function select() {
  const row = document.activeElement?.closest?.("[data-list-row]");
  row?.querySelector('input[type="checkbox"]')?.click();
}

const LIST_KEYS = { j: () => walk(1), k: () => walk(-1), x: select };

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || document.querySelector("dialog[open]")) {
    return;
  }
  if (event.key === "?") {
    const help = document.getElementById("shortcuts");
    if (help instanceof HTMLDialogElement) {
      list(help);
      help.showModal();
      event.preventDefault();
    }
    return;
  }
  if (event.key.length !== 1) {
    return;
  }
  const now = Date.now();
  typed = now - last < PAUSE && typed ? `${typed} ${event.key}` : event.key;
  last = now;
  const all = [...document.querySelectorAll("[data-shortcut]")].filter(visible);
  const found = all.find((element) => element.dataset.shortcut === typed)
    ?? all.find((element) => element.dataset.shortcut === event.key);
  if (found) {
    typed = "";
    event.preventDefault();
    run(found);
  } else if (LIST_KEYS[event.key] && document.querySelector("[data-list]")) {
    event.preventDefault();
    LIST_KEYS[event.key]();
  }
});

function list(help) {
  const body = help.querySelector("[data-shortcut-list]");
  body.replaceChildren(
    ...[...document.querySelectorAll("[data-shortcut]")].filter(visible).map((element) => {
      const row = document.createElement("tr");
      const keys = document.createElement("td");
      for (const key of element.dataset.shortcut.split(" ")) {
        const cap = document.createElement("kbd");
        cap.textContent = key;
        keys.append(cap, " ");
      }
      const what = document.createElement("td");
      what.textContent = element.dataset.shortcutName || element.getAttribute("aria-label") || element.textContent.trim();
      row.append(keys, what);
      return row;
    }),
  );
  help.querySelector("[data-shortcut-rows]").hidden = !document.querySelector("[data-list]");
}
