// Four steps of one page, with the browser's back button between them.
export const STEPS = ["file", "columns", "check", "submit"];

export class Steps {
  /** @param {HTMLElement} root @param {(step: string) => boolean} mayGo whether the back button may lead there now */
  constructor(root, mayGo) {
    Object.assign(this, { root, mayGo, step: STEPS[0] });
    history.replaceState({ step: this.step }, "");
    this.show(this.step, { isQuiet: true });
    addEventListener("popstate", ({ state }) => this.back(state?.step ?? STEPS[0]));
  }

  /** Show a step and put it into the history. */
  go(step, { isQuiet = false } = {}) {
    if (step !== this.step) {
      history[isQuiet ? "replaceState" : "pushState"]({ step }, "");
    }
    this.show(step, { isQuiet });
  }

  back(step) {
    if (this.mayGo(step)) {
      this.show(step);
    } else {
      history.pushState({ step: this.step }, ""); // what is under way, or over, is not left by a slip
    }
  }

  show(step, { isQuiet = false } = {}) {
    this.step = step;
    for (const section of this.root.querySelectorAll("[data-step]")) {
      section.hidden = section.dataset.step !== step;
    }
    const at = STEPS.indexOf(step);
    for (const mark of this.root.querySelectorAll("[data-mark]")) {
      const index = Number(mark.dataset.mark);
      mark.classList.toggle("is-past", index < at);
      mark.toggleAttribute("aria-current", index === at);
      if (index === at) {
        mark.setAttribute("aria-current", "step");
      }
    }
    if (!isQuiet) {
      const section = this.root.querySelector(`[data-step="${step}"]`);
      section.scrollIntoView?.({ block: "nearest" });
      section.focus({ preventScroll: true });
    }
  }
}
