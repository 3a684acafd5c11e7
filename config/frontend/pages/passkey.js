// Pages with passkeys: say it on the page when the browser's dialog was canceled or found nothing.
// What speaks with the authenticator are allauth's own files, beside this one.

document.addEventListener("allauth.error", (event) => {
  event.preventDefault(); // nothing goes to the console
  for (const notice of document.querySelectorAll("[data-passkey-wrong]")) notice.hidden = false;
});

if (!window.PublicKeyCredential) {
  for (const notice of document.querySelectorAll("[data-passkey-wrong]")) notice.hidden = false;
}
