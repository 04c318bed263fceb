// The alert card: keys 1 to 4 and C, and the grounds only where enforcement is recorded.
"use strict";
(() => {
  const dispose = document.querySelector("[data-dispose]");
  if (dispose) {
    const grounds = dispose.querySelector("[data-grounds]");
    const put = () => {
      const chosen = dispose.querySelector("input[type=radio]:checked");
      const enforces = Boolean(chosen && chosen.closest("[data-enforcement]"));
      grounds.hidden = !enforces && !grounds.querySelector(".has-error");
      const ground = grounds.querySelector("select");
      if (enforces && "unlocked" in dispose.dataset && !ground.value) ground.value = "verified";
    };
    dispose.addEventListener("change", put);
    put();
  }
  const goto = (key) => {
    const place = document.querySelector(`[data-goto="${key}"]`);
    if (!place) return;
    const folded = place.closest("details");
    if (folded) folded.open = true;
    place.scrollIntoView({ block: "start", behavior: "smooth" });
    const form = place.closest("form");
    const after = [...form.querySelectorAll("input:not([type=hidden]), select, textarea, button")]
      .find((each) => place.compareDocumentPosition(each) & Node.DOCUMENT_POSITION_FOLLOWING);
    if (after) after.focus({ preventScroll: true });
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const typing = event.target.matches("input:not([type=radio]), select, textarea");
    if (typing) return;
    if (event.key === "1") { const button = document.querySelector('[data-key="1"]'); if (button) button.click(); }
    else if (["2", "3", "4"].includes(event.key)) { event.preventDefault(); goto(event.key); }
    else if (event.key === "c") { const link = document.querySelector('[data-key="c"]'); if (link) link.click(); }
    else if (event.key === "n") document.querySelector("[data-night-switch]").click();
    else if (event.key === "Escape") { const list = document.querySelector("[data-back]"); if (list) list.click(); }
  });
  // ----- withdrawn or raised again meanwhile: said, and nothing can be recorded on what stands here
  const card = document.querySelector("[data-live-card]");
  const changed = document.querySelector("[data-changed]");
  if (card && changed && window.SharedWorker) {
    const worker = new SharedWorker(card.dataset.worker, { name: "alerts" });
    worker.port.onmessage = ({ data }) => {
      if (data.kind !== "changed" || String(data.number) !== card.dataset.liveCard) return;
      const withdrawn = "withdrawn";
      if ((data.state === withdrawn) === (card.dataset.state === withdrawn)) return;
      changed.hidden = false;
      for (const button of document.querySelectorAll(".pt-card__act button")) button.disabled = true;
    };
    worker.port.postMessage({ kind: "join", stream: card.dataset.stream, after: Number(card.dataset.liveCard) });
    window.addEventListener("pagehide", () => worker.port.postMessage({ kind: "leave" }));
    window.addEventListener("pageshow", (event) => { if (event.persisted) window.location.reload(); });
  }
  // ----- what the state system answers: asked for each second while it is waited for; the page is fetched anew unless somebody compares on it
  const waits = async (asked) => {
    let answer;
    try { answer = await fetch(asked.dataset.asked, { redirect: "manual" }); } catch { return; }
    if (answer.type === "opaqueredirect") { window.location.reload(); return; } // signed out, or a purpose is due
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-asked]");
    if (!fresh || "waiting" in fresh.dataset) return;
    if (!document.querySelector("[data-verify] input[type=radio]:checked")) { window.location.reload(); return; }
    asked.replaceWith(document.adoptNode(fresh));
    clearInterval(waiting);
  };
  const asked = document.querySelector("[data-asked][data-waiting]");
  const waiting = asked ? setInterval(waits, 1000, asked) : 0;
  // ----- recorded with the state system's return: nothing to type then
  const typed = () => {
    const use = document.querySelector("#by_return");
    for (const part of document.querySelectorAll("[data-typed]")) part.hidden = Boolean(use && use.checked);
  };
  document.addEventListener("change", (event) => { if (event.target.id === "by_return") typed(); });
  typed();
  const refused = document.querySelector("[data-refused]");
  if (refused) refused.focus();
})();
