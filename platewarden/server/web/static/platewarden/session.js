// The session's countdown, and clocks on the page. Time left is counted from the server's own clock, sent with the page;
// this machine's clock is only used for how much has passed. Live updates never extend a session: only key and touch do.
"use strict";
(() => {
  const bar = document.querySelector("[data-session]");
  const started = performance.now();
  const office = bar && bar.dataset.officeAt ? Date.parse(bar.dataset.officeAt) : Date.now();
  const now = () => office + (performance.now() - started);
  window.platewardenNow = now;

  const spell = (seconds) => {
    const left = Math.max(0, Math.floor(seconds));
    if (left >= 172800) return `${Math.floor(left / 86400)} d`;
    if (left >= 7200) return `${Math.floor(left / 3600)} h`;
    if (left >= 60) return `${Math.floor(left / 60)} min`;
    return `${left} s`;
  };
  const clock = (seconds) => {
    const left = Math.max(0, Math.ceil(seconds));
    const minutes = Math.floor(left / 60);
    return `${minutes}:${String(left % 60).padStart(2, "0")}`;
  };

  let until = bar && bar.dataset.idleUntil ? Date.parse(bar.dataset.idleUntil) : NaN;
  const lasts = until - office;
  const left = bar && bar.querySelector("[data-session-left]");

  const tick = () => {
    for (const age of document.querySelectorAll("time[data-age]")) {
      age.textContent = `${spell((now() - Date.parse(age.dateTime)) / 1000)} ago`;
    }
    for (const timer of document.querySelectorAll("[data-deadline]")) {
      const rest = (Date.parse(timer.dataset.deadline) - now()) / 1000;
      const shown = timer.querySelector("[data-left]");
      timer.classList.toggle("is-over", rest <= 0);
      timer.classList.toggle("is-short", rest > 0 && rest <= 120);
      if (shown) shown.textContent = rest > 0 ? clock(rest) : `+${clock(-rest)}`;
      const fill = timer.querySelector("[data-fill]");
      if (fill) fill.setAttribute("width", String(Math.max(0, Math.min(100, (100 * rest) / Number(timer.dataset.total)))));
    }
    if (left && !Number.isNaN(until)) {
      const rest = (until - now()) / 1000;
      left.textContent = clock(rest);
      bar.classList.toggle("is-short", rest < 120);
      if (rest <= -2) window.location.assign(bar.dataset.login);
    }
  };
  if (bar || document.querySelector("[data-age], [data-deadline]")) { tick(); setInterval(tick, 1000); }
  document.addEventListener("platewarden:put", tick); // something with a clock came into the page

  // A page that stays open (the console) tells the server, at most once a minute, that somebody is at it.
  if (bar && bar.dataset.touch) {
    let told = 0;
    const touch = async () => {
      if (performance.now() - told < 60000) return;
      told = performance.now();
      const token = document.querySelector("input[name=csrfmiddlewaretoken]");
      const answer = await fetch(bar.dataset.touch, { method: "POST", headers: { "X-CSRFToken": token ? token.value : "" }, redirect: "manual" }).catch(() => null);
      if (answer && answer.ok) until = now() + lasts;
    };
    for (const kind of ["keydown", "pointerdown"]) document.addEventListener(kind, touch, { passive: true });
  }

  document.addEventListener("click", (event) => { if (event.target.closest("button[data-back]")) window.history.back(); });

  // Ask once before something that cannot be taken back.
  document.addEventListener("submit", (event) => {
    const question = event.target.dataset ? event.target.dataset.ask : "";
    if (question && !window.confirm(question)) event.preventDefault();
  });
})();
