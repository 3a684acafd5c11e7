// DOM without markup in strings: what people typed can only ever become text.

/**
 * An element with attributes and children. `hidden: false`, `null` and `undefined` leave an attribute out.
 *
 * @param {string} name
 * @param {Record<string, string | number | boolean | null | undefined>} [attributes]
 * @param {...(Node | string | number | null | undefined)} children
 */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== false && value !== null && value !== undefined) {
      made.setAttribute(key, value === true ? "" : String(value));
    }
  }
  made.append(...children.filter((child) => child !== null && child !== undefined).map((child) => child instanceof Node ? child : String(child)));
  return made;
}

/** Show a sentence in an element, or hide the element when there is none. */
export function say(target, text) {
  if (target) {
    target.textContent = text ?? "";
    target.hidden = !text;
  }
}

/** The data of a `json_script`. */
export function data(id) {
  return JSON.parse(document.getElementById(id)?.textContent ?? "null");
}
