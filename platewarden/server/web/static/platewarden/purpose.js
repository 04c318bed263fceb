// The number that the chosen purpose asks for: its name and an example stand at the field.
"use strict";
(() => {
  const form = document.querySelector("[data-purpose]");
  if (!form) return;
  const field = form.querySelector("[data-reference]");
  const put = () => {
    const chosen = form.querySelector("input[data-number]:checked");
    field.hidden = !chosen;
    if (!chosen) return;
    const { number, example } = chosen.dataset;
    form.querySelector("[data-reference-label]").textContent = `${number.charAt(0).toUpperCase()}${number.slice(1)} number`;
    form.querySelector("[data-reference-hint]").textContent = `For example ${example}`;
  };
  form.addEventListener("change", (event) => {
    put();
    if (event.target.matches("input[data-number]")) field.querySelector("input").focus();
  });
  put();
})();
