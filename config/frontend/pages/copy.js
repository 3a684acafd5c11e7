// A button with data-copy="id" copies what the field of that id holds, and says so.

for (const button of document.querySelectorAll("[data-copy]")) {
  button.addEventListener("click", async () => {
    const field = document.getElementById(button.dataset.copy);
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      document.execCommand("copy"); // no clipboard outside of a secure context
    }
    const said = button.closest(".field").querySelector("[data-copied]");
    if (said) said.hidden = false;
  });
}
