// htmx under our policy: no eval, no scripts in answers, no injected styles, no other host.
import htmx from "htmx.org";

htmx.config.allowEval = false;
htmx.config.allowScriptTags = false;
htmx.config.includeIndicatorStyles = false;
htmx.config.selfRequestsOnly = true;
htmx.config.historyCacheSize = 0; // pages with an institution's data are not kept in the browser's storage

document.addEventListener("htmx:configRequest", (event) => {
  const token = document.querySelector('meta[name="csrf-token"]');
  if (token) {
    event.detail.headers["X-CSRFToken"] = token.content;
  }
});

// A session that ended answers a fragment with the login page: go there instead of showing it inside of the page.
document.addEventListener("htmx:beforeSwap", (event) => {
  const answer = event.detail.xhr;
  if (answer.responseURL && new URL(answer.responseURL).pathname === "/portal/login") {
    event.detail.shouldSwap = false;
    window.location.reload();
  }
});
