// Small components under Alpine's CSP build: what they do is registered here, templates only name it.
import Alpine from "@alpinejs/csp";

// A button that opens and shuts what stands beside it: <div x-data="disclosure"> … x-on:click="toggle" … x-show="open".
Alpine.data("disclosure", () => ({
  open: false,
  toggle() {
    this.open = !this.open;
  },
  shut() {
    this.open = false;
  },
}));

// Text to the clipboard: <button x-data="copying" x-on:click="copy" data-text="…">; `copied` is true for two seconds.
Alpine.data("copying", () => ({
  copied: false,
  async copy() {
    const source = this.$el.dataset.source ? document.querySelector(this.$el.dataset.source) : null;
    await navigator.clipboard.writeText(source ? (source.value ?? source.textContent).trim() : this.$el.dataset.text);
    this.copied = true;
    setTimeout(() => {
      this.copied = false;
    }, 2000);
  },
}));

// Rows that are selected together: <form x-data="selection"> with a box x-on:change="all" and boxes data-row.
Alpine.data("selection", () => ({
  count: 0,
  init() {
    this.tally();
  },
  rows() {
    return [...this.$root.querySelectorAll("input[data-row]")];
  },
  tally() {
    this.count = this.rows().filter((row) => row.checked).length;
  },
  all() {
    const wanted = this.$event.target.checked;
    for (const row of this.rows()) {
      row.checked = wanted;
    }
    this.tally();
  },
}));

// A form is sent once: the second click on its button does nothing. A page that comes back can be sent again.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || form.method !== "post" || event.defaultPrevented) {
    return;
  }
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
  }
});
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target.closest?.("form");
  if (form) {
    delete form.dataset.sent;
  }
});

window.Alpine = Alpine; // pages register their own components in an `alpine:init` listener
document.addEventListener("DOMContentLoaded", () => Alpine.start());
