// Says at entry which characters a camera may confuse. The matcher decides; this only warns.
"use strict";
(() => {
  const field = document.querySelector("[name=plate]");
  const note = document.querySelector("[data-alike]");
  if (!field || !note) return;
  const ALIKE = { 0: "O, Q, D", O: "0, Q, D", Q: "0, O", D: "0, O", 1: "I, L", I: "1, L", L: "1, I", 8: "B", B: "8", 5: "S", S: "5", 2: "Z", Z: "2", 6: "G", G: "6" };
  const put = () => {
    const found = [...new Set(field.value.toUpperCase())].filter((sign) => ALIKE[sign]);
    note.hidden = found.length === 0;
    note.querySelector("span").textContent = `Cameras confuse ${found.map((sign) => `${sign} with ${ALIKE[sign]}`).join("; ")}. ${note.dataset.then || "Such reads come up as possible hits."}`;
  };
  field.addEventListener("input", put);
  put();
})();
