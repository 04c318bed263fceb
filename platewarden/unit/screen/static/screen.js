/* The car's screen: what is new comes up by itself and sounds; keys; night; copying. Our own, whole, and small. */
"use strict";

const page = () => document.getElementById("page");
const held = (name) => page().dataset[name] || "";
const setting = (name, value) => {
  try {
    if (value === undefined) return localStorage.getItem("platewarden." + name);
    localStorage.setItem("platewarden." + name, value);
  } catch { /* a browser without storage forgets */ }
  return value;
};

// Sound

let sound = null;
let ringing = 0;
const isMuted = () => setting("muted") === "yes";

function voice() {
  try {
    sound = sound || new AudioContext();
    if (sound.state === "suspended") sound.resume();
  } catch { sound = null; }
  return sound;
}

function tone(at, hertz, length) {
  const swing = sound.createOscillator(), level = sound.createGain();
  swing.frequency.value = hertz;
  level.gain.setValueAtTime(0, at);
  level.gain.linearRampToValueAtTime(0.35, at + 0.01);
  level.gain.setValueAtTime(0.35, at + length - 0.03);
  level.gain.linearRampToValueAtTime(0, at + length);
  swing.connect(level).connect(sound.destination);
  swing.start(at);
  swing.stop(at + length);
}

/* Two tones for every alert; four falling ones, which no mute keeps back and which come again, for the pressing. */
function ring(isPressing) {
  document.documentElement.dataset.rang = (Number(document.documentElement.dataset.rang) || 0) + 1;
  if (isMuted() && !isPressing) return;
  if (!voice()) return;
  const now = sound.currentTime + 0.02;
  if (isPressing) [1320, 990, 1320, 990].forEach((hertz, n) => tone(now + n * 0.19, hertz, 0.17));
  else [660, 880].forEach((hertz, n) => tone(now + n * 0.16, hertz, 0.14));
}

function ringAgain() {
  clearInterval(ringing);
  let left = 8;
  ringing = setInterval(() => { if (left-- > 0) ring(true); else clearInterval(ringing); }, 6000);
}

// What is new

let asking = false;

async function ask(address) {
  const answer = await fetch(address, { cache: "no-store", headers: { Accept: "text/html" } });
  if (!answer.ok && answer.status !== 403) throw new Error("status " + answer.status);
  return answer.text();
}

/* The same page again, without loading: what sounds goes on sounding. */
async function show(address) {
  if (asking) return;
  asking = true;
  try {
    const whole = new DOMParser().parseFromString(await ask(address), "text/html");
    const fresh = whole.getElementById("page");
    if (fresh) {
      page().replaceWith(document.adoptNode(fresh));
      history.replaceState(null, "", address);
      dress();
    }
  } finally { asking = false; }
}

async function renew(id, address) {
  const whole = new DOMParser().parseFromString(await ask(address), "text/html");
  const fresh = whole.getElementById(id), old = document.getElementById(id);
  if (fresh && old) old.replaceWith(document.adoptNode(fresh));
}

const isTyping = () => [...document.querySelectorAll("main input:not([type=hidden]):not([type=radio]), main select")].some((each) => each.value && each.value !== each.defaultValue);
const cardNumber = () => (document.querySelector("main").className.match(/--\w+ (\d+)/) || [])[1] || "";
let rung = Number(held("rung"));

async function news(told) {
  if (told.rung > rung) {
    ring(told.pressing);
    if (told.pressing) ringAgain();
  }
  rung = Math.max(told.rung, rung);
  if (String(told.state) !== held("state") && !isTyping()) return show("/");
  if (told.board && String(told.board) !== held("board")) {
    const calm = ["home", "locked", "task"].includes(held("view"));
    if (calm && !isTyping()) return show("/");
    page().dataset.board = told.board;
    await renew("queue", "/queue?beside=" + cardNumber());
  }
}

let heardAt = Date.now();
function listen() {
  const stream = new EventSource("/events");
  stream.addEventListener("news", (event) => {
    heardAt = Date.now();
    news(JSON.parse(event.data)).catch(() => { heardAt = 0; });
  });
}

setInterval(() => {
  document.getElementById("lost").hidden = Date.now() - heardAt < 12000;
  renew("strip", "/strip").then(() => { if (heardAt) return; heardAt = Date.now(); }).catch(() => { heardAt = 0; document.getElementById("lost").hidden = false; });
}, 3000);

/* The car moves: the map of a canvass and where it lies. */
setInterval(() => {
  const map = document.getElementById("task-map");
  if (map) renew("task-map", "/task-map/" + map.dataset.task).catch(() => {});
}, 3000);

// Keys, night, copying

function dress() {
  const label = document.querySelector("[data-sound]");
  if (label) label.textContent = isMuted() ? " Muted" : " Sound";
}

function night() {
  const root = document.documentElement;
  const next = root.dataset.theme === "night" ? "day" : "night";
  root.dataset.theme = next;
  document.cookie = "night=" + next + "; path=/; samesite=strict; max-age=43200";
}

function mute() {
  setting("muted", isMuted() ? "no" : "yes");
  dress();
}

async function copy(button) {
  const told = new URLSearchParams({ token: held("token") });
  const answer = await fetch(button.dataset.copy, { method: "POST", body: told });
  const words = await answer.text();
  if (!answer.ok) { button.textContent = words; return; }
  await navigator.clipboard.writeText(words);
  button.dataset.copied = "yes";
  button.textContent = "Copied";
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-act]");
  if (!button) return;
  ({ night, mute, copy: () => copy(button).catch(() => { button.textContent = "Not copied"; }) })[button.dataset.act]();
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.target.matches("input:not([type=radio]), select, textarea")) return;
  const key = event.key.toLowerCase();
  const own = { n: night, m: mute, c: () => document.querySelector("[data-act=copy]")?.click() }[key];
  const target = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (!own && !target) return;
  event.preventDefault();
  if (own) own(); else target.click();
});

let touchedAt = 0;
for (const kind of ["pointerdown", "keydown"]) {
  document.addEventListener(kind, () => {
    clearInterval(ringing);
    voice();
    if (Date.now() - touchedAt < 20000 || held("view") === "locked" || held("view") === "sign-on") return;
    touchedAt = Date.now();
    fetch("/touch", { method: "POST", body: new URLSearchParams({ token: held("token") }) }).catch(() => {});
  }, { capture: true });
}

dress();
listen();
