// A notice that one follows is read: told in the background, while the browser goes where the link leads.
document.addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest("a[data-mark-read]") : null;
  const token = document.querySelector('meta[name="csrf-token"]');
  if (link && token) {
    void fetch(link.dataset.markRead, {
      method: "POST",
      headers: { "X-CSRFToken": token.content, "X-Background": "1" },
      keepalive: true,
    }).catch(() => {}); // it stays unread, which is harmless
  }
});
