// A part of a page that asks for itself anew while something is under way: seen, and not while somebody types in it. What is a look is
// posted, like the first one. When the office says no (the purpose or the session is over) it stops, and says so.
"use strict";
(() => {
  const stop = (part, words) => {
    delete part.dataset.renew;
    const note = document.createElement("p");
    note.className = "pw-quiet";
    note.setAttribute("role", "status");
    note.textContent = words;
    part.prepend(note);
  };
  const renew = async (part) => {
    const token = document.querySelector("input[name=csrfmiddlewaretoken]");
    const how = "look" in part.dataset ? { method: "POST", headers: { "X-CSRFToken": token ? token.value : "" } } : {};
    const answer = await fetch(part.dataset.renew, { ...how, redirect: "manual", cache: "no-store" }).catch(() => null);
    if (!answer) return; // out of reach: tried again
    if (!answer.ok) { stop(part, "This is not renewed any more. Load the page again."); return; }
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(part.id);
    if (!fresh || part.contains(document.activeElement) || part.querySelector("details[open]")) return;
    part.replaceWith(document.adoptNode(fresh));
    document.dispatchEvent(new CustomEvent("platewarden:put"));
  };
  const due = new Map();
  setInterval(() => {
    for (const part of document.querySelectorAll("[data-renew]")) {
      const at = due.get(part.id) ?? performance.now() + Number(part.dataset.every) * 1000;
      due.set(part.id, at);
      if (document.visibilityState !== "visible" || performance.now() < at) continue;
      due.set(part.id, performance.now() + Number(part.dataset.every) * 1000);
      renew(part);
    }
  }, 1000);
})();
