// The search page. The two dates are asked for only when "between two dates" is chosen. A search puts what was found into the page
// without a new page around it; one at a time, for each is a look. Whatever else the office answers (a refusal, a word on the form) is
// put in the page's place, and another page it leads to is opened.
"use strict";
(() => {
  const form = document.querySelector("[data-search]");
  if (!form) return;
  const put = () => {
    const dates = document.querySelector("[data-dates]");
    if (dates) dates.hidden = document.querySelector("[name=span]").value !== "dates";
  };
  document.addEventListener("change", (event) => { if (event.target.name === "span") put(); });
  put();

  const parsed = (text) => new DOMParser().parseFromString(text, "text/html");
  let busy = false;
  const look = async (asked) => {
    const answer = await fetch(asked.action, { method: "POST", body: new URLSearchParams(new FormData(asked)), headers: { "X-Part": "found" } }).catch(() => null);
    if (!answer) return "The office is out of reach. Try again in a moment.";
    if (answer.redirected) { window.location.assign(answer.url); return ""; }
    const fresh = parsed(await answer.text());
    if (answer.headers.get("X-Part") !== "found") {
      document.getElementById("main").replaceWith(document.adoptNode(fresh.getElementById("main")));
      document.getElementById("main").focus();
      put();
      return "";
    }
    const found = document.querySelector("[data-found]");
    found.replaceChildren(...fresh.body.childNodes);
    const plate = document.querySelector("[data-search] [name=plate]");
    plate.value = asked.elements.plate.value;
    for (const said of document.querySelectorAll("[data-search] .pw-field__error, [data-search] .pw-note--error")) said.remove();
    for (const wrong of document.querySelectorAll("[data-search] .has-error, [data-search] .usa-input--error")) wrong.classList.remove("has-error", "usa-input--error");
    found.querySelector("h2").focus();
    return "";
  };
  document.addEventListener("submit", async (event) => {
    const asked = event.target;
    if (asked.getAttribute("action") !== form.getAttribute("action")) return;
    event.preventDefault();
    if (busy) return;
    busy = true;
    const button = event.submitter || asked.querySelector("button");
    button.setAttribute("aria-busy", "true");
    const words = await look(asked).catch(() => "The answer cannot be shown. Load the page again.");
    button.removeAttribute("aria-busy");
    busy = false;
    if (words) {
      const note = document.createElement("p");
      note.className = "pw-note pw-note--warning";
      note.setAttribute("role", "alert");
      note.textContent = words;
      document.querySelector("[data-found]").replaceChildren(note);
    }
  });
})();
