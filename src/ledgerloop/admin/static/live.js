// Keeps a page up to date: when the server says that something changed, the page is read again and what differs is
// exchanged. Without it every page works the same, by reloading.
"use strict";

(() => {
  const told = document.getElementById("told");
  let wanted = false;
  let busy = false;

  const inUse = (part) => part.contains(document.activeElement) && document.activeElement.matches("input, textarea, select");

  const exchange = (fresh) => {
    let changed = 0;
    for (const part of document.querySelectorAll("[data-live]")) {
      const other = fresh.getElementById(part.id);
      if (!other || inUse(part) || part.innerHTML === other.innerHTML) continue;
      const open = new Set([...part.querySelectorAll("details[open][id]")].map((one) => one.id));
      for (const one of other.querySelectorAll("details[id]")) if (open.has(one.id)) one.open = true;
      part.innerHTML = other.innerHTML;
      part.classList.remove("fresh");
      void part.offsetWidth;
      part.classList.add("fresh");
      changed += 1;
    }
    if (changed && told) told.textContent = "This page was brought up to date.";
  };

  const reread = async () => {
    if (busy || document.hidden) { wanted = true; return; }
    busy = true;
    wanted = false;
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" }, credentials: "same-origin" });
      if (answer.ok && !answer.redirected) exchange(new DOMParser().parseFromString(await answer.text(), "text/html"));
    } finally {
      busy = false;
    }
  };

  if (document.querySelector("[data-live]") && "EventSource" in window) {
    const events = new EventSource("/events");
    events.addEventListener("changed", reread);
    document.addEventListener("visibilitychange", () => { if (!document.hidden && wanted) reread(); });
    addEventListener("pagehide", () => events.close());
  }

  // Filters take effect when they are changed; without this, the button does it.
  for (const form of document.querySelectorAll("form[data-quick]")) {
    form.addEventListener("change", (event) => { if (event.target.matches("select")) form.requestSubmit(); });
  }

  // Moments in the reader's own time zone; the server writes them in UTC.
  for (const one of document.querySelectorAll("time[datetime]")) {
    const moment = new Date(one.dateTime);
    if (!Number.isNaN(moment.valueOf())) one.title = moment.toLocaleString();
  }

  addEventListener("keydown", (event) => {
    if (event.key === "/" && !event.target.closest("input, textarea, select")) {
      const find = document.getElementById("find");
      if (find) { event.preventDefault(); find.focus(); }
    }
  });
})();
