// Shows what waits for an answer as it changes. Without this the page shows what waited when it was opened.
"use strict";
const inbox = document.getElementById("inbox");
if (inbox) {
  const same = document.createElement("div");
  const events = new EventSource("/inbox");
  events.addEventListener("inbox", event => {
    // Written as the browser writes it: what stays as it was is not touched, for it may be in use.
    same.innerHTML = event.data;
    if (same.innerHTML.trim() !== inbox.innerHTML.trim()) inbox.innerHTML = event.data;
  });
}
