// The two dates are asked for only when "between two dates" is chosen.
"use strict";
(() => {
  const form = document.querySelector("[data-search]");
  if (!form) return;
  const span = form.querySelector("[name=span]");
  const dates = form.querySelector("[data-dates]");
  const put = () => { dates.hidden = span.value !== "dates"; };
  span.addEventListener("change", put);
  put();
})();
