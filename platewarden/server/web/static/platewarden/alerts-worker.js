// One stream of alerts for all pages of this browser: HTTP/1.1 allows six connections, and every console would take one.
// Keeps the last numbers, so that a page that opens later gets what came between its making and its opening.
"use strict";

const KEPT = 300;
const SILENCE_MS = 35000;
let address = "";
let source = null;
let last = 0;
let state = "waiting";
let pause = 1000;
let heard = 0; // when the stream last said anything; watched only once it has said "still"
const numbers = [];
const ports = new Set();

const tell = (message) => { for (const port of ports) port.postMessage(message); };
const become = (next) => { state = next; tell({ kind: "state", state }); };

function open() {
  if (source) source.close();
  source = new EventSource(`${address}?after=${last}`);
  source.onopen = () => { pause = 1000; become("live"); };
  source.onerror = () => {
    become("lost");
    if (source.readyState === EventSource.CLOSED) { // refused or redirected: the browser gives up, we do not
      source = null;
      setTimeout(open, pause);
      pause = Math.min(pause * 2, 15000);
    }
  };
  source.addEventListener("alert", (event) => {
    const number = Number(event.data);
    if (heard) heard = Date.now();
    if (!Number.isSafeInteger(number) || number <= 0) return;
    last = Math.max(last, number);
    numbers.push(number);
    if (numbers.length > KEPT) numbers.shift();
    tell({ kind: "alert", number });
  });
  source.addEventListener("changed", (event) => { // its number and its state now: a page that shows it otherwise fetches it anew
    const [number, state] = event.data.split(" ");
    if (heard) heard = Date.now();
    tell({ kind: "changed", number: Number(number), state });
  });
  source.addEventListener("still", () => { heard = Date.now(); });
  source.addEventListener("locked", () => { source.close(); tell({ kind: "locked" }); });
}

function join(port) {
  ports.add(port);
  port.onmessage = (event) => {
    const message = event.data;
    if (message.kind === "leave") { ports.delete(port); return; }
    if (!address) {
      address = message.stream;
      last = message.after;
      open();
    }
    port.postMessage({ kind: "state", state });
    for (const number of numbers) if (number > message.after) port.postMessage({ kind: "alert", number });
  };
}

setInterval(() => {
  if (heard && Date.now() - heard > SILENCE_MS) { heard = 0; become("lost"); open(); }
}, 5000);

if (typeof SharedWorkerGlobalScope !== "undefined" && self instanceof SharedWorkerGlobalScope) {
  self.onconnect = (event) => join(event.ports[0]);
} else { // a browser without shared workers: the page starts this file as its own worker
  join(self);
}
