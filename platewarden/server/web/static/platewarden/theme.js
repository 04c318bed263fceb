// Night colours on the patrol pages only, remembered on this machine. Runs in the head, before anything is drawn.
"use strict";
(() => {
  const root = document.documentElement;
  if (!root.hasAttribute("data-patrol")) return;
  const KEY = "platewarden.night";
  const wanted = () => { try { return localStorage.getItem(KEY) === "yes"; } catch { return false; } };
  const put = (night) => {
    if (night) root.setAttribute("data-theme", "night"); else root.removeAttribute("data-theme");
    for (const button of document.querySelectorAll("[data-night-switch]")) {
      button.setAttribute("aria-pressed", String(night));
      button.querySelector("[data-label]").textContent = night ? "Day colors" : "Night colors";
    }
  };
  put(wanted());
  document.addEventListener("DOMContentLoaded", () => {
    put(wanted());
    document.addEventListener("click", (event) => {
      if (!event.target.closest("[data-night-switch]")) return;
      const night = !root.hasAttribute("data-theme");
      try { localStorage.setItem(KEY, night ? "yes" : "no"); } catch { /* private window: good until the page is left */ }
      put(night);
    });
  });
})();
