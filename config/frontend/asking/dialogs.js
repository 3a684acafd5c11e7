// A dialog that does one thing: it stays open until that is done, and says what went wrong.
import { element, say } from "./elements.js";
import { describe } from "./words.js";

/**
 * @param {HTMLDialogElement} dialog with a form, [data-dialog-value], [data-dialog-failure] and [data-dialog-send]
 * @param {string} value what it is about, as shown
 * @param {() => Promise<(string | Node)[]>} act returns what to say when it is done
 * @param {(said: HTMLElement) => void} done takes the notice
 */
export function ask(dialog, value, act, done) {
  const [form, send] = [dialog.querySelector("form"), dialog.querySelector("[data-dialog-send]")];
  dialog.querySelector("[data-dialog-value]").textContent = value;
  say(dialog.querySelector("[data-dialog-failure]"), "");
  const submit = async (event) => {
    if (event.submitter !== send) {
      return; // "back" closes it
    }
    event.preventDefault();
    if (send.disabled) {
      return;
    }
    send.disabled = true;
    try {
      const said = await act();
      dialog.close();
      done(element("div", { class: "notice notice--success", role: "status" }, element("p", {}, ...said)));
    } catch (error) {
      say(dialog.querySelector("[data-dialog-failure]"), describe(error));
    } finally {
      send.disabled = false;
    }
  };
  form.addEventListener("submit", submit);
  dialog.addEventListener("close", () => form.removeEventListener("submit", submit), { once: true });
  dialog.showModal();
}
