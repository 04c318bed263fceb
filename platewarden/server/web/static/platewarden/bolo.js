// Says at entry which characters a camera may confuse, and to whoever decides on BOLOs how many entries in force look alike. The matcher
// decides; this only warns.
"use strict";
(() => {
  const field = document.querySelector("[name=plate]");
  const note = document.querySelector("[data-alike]");
  if (!field || !note) return;
  const ALIKE = { 0: "O, Q, D", O: "0, Q, D", Q: "0, O", D: "0, O", 1: "I, L", I: "1, L", L: "1, I", 8: "B", B: "8", 5: "S", S: "5", 2: "Z", Z: "2", 6: "G", G: "6" };
  const PAUSE_MS = 600;
  let counted = "", waiting = 0;
  const put = () => {
    const found = [...new Set(field.value.toUpperCase())].filter((sign) => ALIKE[sign]);
    const confused = found.length ? `Cameras confuse ${found.map((sign) => `${sign} with ${ALIKE[sign]}`).join("; ")}. ${note.dataset.then || "Such reads come up as possible hits."}` : "";
    note.hidden = !confused && !counted;
    note.querySelector("span").textContent = [counted, confused].filter(Boolean).join(" ");
  };
  const count = async () => {
    const typed = field.value;
    let answer;
    const body = new URLSearchParams({ plate: typed, csrfmiddlewaretoken: document.querySelector("[name=csrfmiddlewaretoken]").value });
    try { answer = await fetch(note.dataset.count, { method: "POST", body, redirect: "manual" }); } catch { return; }
    if (!answer.ok || field.value !== typed) return; // a part of a plate, signed out, or typed on since
    const { alike } = await answer.json();
    counted = alike ? `Entries in force that look like this: ${alike}.` : "";
    put();
  };
  field.addEventListener("input", () => {
    counted = "";
    put();
    clearTimeout(waiting);
    if (note.dataset.count && field.value.trim().length > 3 && !/[?*]/.test(field.value)) waiting = setTimeout(count, PAUSE_MS);
  });
  put();
})();
