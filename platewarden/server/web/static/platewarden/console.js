// The live list: numbers come from the worker, each is fetched as a strip and put on top, once.
"use strict";
(() => {
  const bar = document.querySelector("[data-console]");
  const list = document.querySelector("[data-alerts]");
  if (!bar || !list) return;
  const live = bar.querySelector("[data-live]");
  const lost = document.querySelector("[data-lost]");
  const said = document.querySelector("[data-said]:not(li)");
  const none = document.querySelector("[data-none]");
  const shown = new Set([...list.children].map((strip) => strip.dataset.alert));
  const WORDS = { waiting: "Connecting", live: "Live", lost: "Connection lost, trying again" };

  // ----- counts, in the page and in the tab's title
  const title = document.title;
  const late = () => { // not verified within the department's minutes: red in their strips, counted here
    const over = list.querySelectorAll("[data-deadline].is-over").length; // by the office's clock (session.js)
    bar.querySelector("[data-count-late]").textContent = over;
    bar.querySelector("[data-late]").hidden = !over;
  };
  const count = () => {
    const strips = [...list.children];
    const fresh = strips.filter((strip) => strip.dataset.state === "raised").length;
    bar.querySelector("[data-count-new]").textContent = fresh;
    bar.querySelector("[data-count-open]").textContent = strips.filter((strip) => !["disposed", "withdrawn", "ended"].includes(strip.dataset.state)).length;
    late();
    document.title = fresh ? `(${fresh}) ${title}` : title;
    if (none) none.hidden = strips.length > 0;
  };

  // ----- sound: an urgent alert repeats until somebody acknowledged it
  const button = bar.querySelector("[data-sound]");
  const KEY = "platewarden.sound";
  const sprite = button.querySelector("use").getAttribute("href").split("#")[0];
  let audio = null;
  const beep = (at, pitch, length) => {
    const tone = audio.createOscillator();
    const level = audio.createGain();
    tone.type = "triangle";
    tone.frequency.value = pitch;
    level.gain.setValueAtTime(0.0001, at);
    level.gain.exponentialRampToValueAtTime(0.5, at + 0.02);
    level.gain.exponentialRampToValueAtTime(0.0001, at + length);
    tone.connect(level).connect(audio.destination);
    tone.start(at);
    tone.stop(at + length);
  };
  const sound = (urgent) => {
    if (!audio || audio.state !== "running") return;
    const at = audio.currentTime + 0.02;
    if (urgent) for (const [n, pitch] of [880, 1175, 1568].entries()) beep(at + n * 0.16, pitch, 0.15);
    else for (const [n, pitch] of [660, 880].entries()) beep(at + n * 0.22, pitch, 0.2);
  };
  const putSound = () => {
    const on = Boolean(audio) && audio.state === "running";
    button.setAttribute("aria-pressed", String(on));
    button.querySelector("[data-label]").textContent = on ? "Sound on" : "Enable sound";
    button.querySelector("use").setAttribute("href", `${sprite}#${on ? "campaign" : "volume_off"}`);
  };
  const remember = (value) => { try { localStorage.setItem(KEY, value); } catch { /* private window */ } };
  const switchSound = async () => {
    if (audio && audio.state === "running") { await audio.suspend(); remember("off"); }
    else {
      audio = audio || new AudioContext();
      audio.onstatechange = putSound;
      await audio.resume();
      remember("on");
      sound(false);
    }
    putSound();
  };
  button.addEventListener("click", switchSound);
  setInterval(() => { if (list.querySelector('li[data-urgent][data-state="raised"]')) sound(true); }, 4000);

  // ----- what the worker says
  const fetching = new Set();
  const queue = [];
  const standing = (id) => list.querySelector(`li[data-alert="${id}"]`);
  const show = async (number, anew) => {
    const id = String(number);
    if ((shown.has(id) && !anew) || fetching.has(id)) return;
    fetching.add(id);
    try {
      const answer = await fetch(bar.dataset.strip.replace("/0/", `/${id}/`), { headers: { "X-Requested-With": "strip" }, redirect: "manual" });
      if (answer.type === "opaqueredirect") { window.location.reload(); return; } // signed out, or a purpose is due
      if (answer.status === 404) return; // not this member's to see
      if (!answer.ok) throw new Error(String(answer.status));
      const strip = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("li[data-alert]");
      if (!strip || (shown.has(id) && !anew)) return;
      shown.add(id);
      if (standing(id)) standing(id).remove();
      strip.classList.add("pw-arrived");
      const after = [...list.children].find((other) => Number(other.dataset.alert) < number);
      list.insertBefore(document.adoptNode(strip), after || null);
      while (list.children.length > 100) list.lastElementChild.remove();
      document.dispatchEvent(new Event("platewarden:put"));
      said.textContent = strip.dataset.said;
      if (strip.dataset.state === "raised") sound(strip.hasAttribute("data-urgent"));
      count();
    } catch {
      setTimeout(() => { queue.push([number, anew]); next(); }, 2000);
    } finally {
      fetching.delete(id);
    }
  };
  let busy = false;
  const next = async () => {
    if (busy) return;
    busy = true;
    while (queue.length) await show(...queue.shift());
    busy = false;
  };
  const put = (state) => {
    live.dataset.live = state;
    live.querySelector("[data-live-words]").textContent = WORDS[state];
    lost.hidden = state !== "lost";
  };
  const listen = (message) => {
    if (message.kind === "state") put(message.state);
    else if (message.kind === "alert") { queue.push([message.number, false]); next(); }
    else if (message.kind === "changed") {
      const strip = standing(message.number);
      if (strip && strip.dataset.state !== message.state) { queue.push([message.number, true]); next(); }
    }
    else if (message.kind === "locked") window.location.assign(bar.dataset.login);
  };

  const start = { kind: "join", stream: bar.dataset.stream, after: Number(bar.dataset.after) };
  if (window.SharedWorker) {
    const worker = new SharedWorker(bar.dataset.worker, { name: "alerts" });
    worker.port.onmessage = (event) => listen(event.data);
    worker.onerror = () => put("lost");
    worker.port.postMessage(start);
    window.addEventListener("pagehide", () => worker.port.postMessage({ kind: "leave" }));
    window.addEventListener("pageshow", (event) => { if (event.persisted) window.location.reload(); });
  } else {
    const worker = new Worker(bar.dataset.worker);
    worker.onmessage = (event) => listen(event.data);
    worker.postMessage(start);
  }

  // ----- keys
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.target.matches("input, select, textarea")) return;
    const links = [...list.querySelectorAll("a.pt-strip__link")];
    const here = links.indexOf(document.activeElement);
    if (event.key === "1" && links.length) links[0].click();
    else if (event.key === "ArrowDown" && links.length) { event.preventDefault(); links[Math.min(here + 1, links.length - 1)].focus(); }
    else if (event.key === "ArrowUp" && links.length) { event.preventDefault(); links[Math.max(here - 1, 0)].focus(); }
    else if (event.key === "s") switchSound();
    else if (event.key === "n") document.querySelector("[data-night-switch]").click();
  });

  count();
  setInterval(late, 1000);
  putSound();
  let wished = "";
  try { wished = localStorage.getItem(KEY); } catch { /* private window */ }
  if (wished === "on") { // allowed when this site was used before in this tab; else the button stays amber
    audio = new AudioContext();
    audio.onstatechange = putSound;
    audio.resume().catch(() => {});
  }
})();
