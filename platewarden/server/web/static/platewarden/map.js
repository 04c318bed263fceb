// The map of an incident: its scenes, the department's roads, where vehicles were read, what cars drove for it and what not; a plain grid
// where there are no roads. On the form
// a click sets the place, or a corner of a drawn area. Map, timeline and table stay in step by the number of a row.
import { Map, setWorkerUrl, NavigationControl, ScaleControl } from "../vendor/maplibre-gl/maplibre-gl.mjs";

setWorkerUrl(new URL("../vendor/maplibre-gl/maplibre-gl-worker.mjs", import.meta.url).href);
const box = document.querySelector("[data-map]");
const told = () => JSON.parse(document.getElementById("map-data")?.textContent || '{ "scenes": [], "sightings": [] }');
const data = told();
const shade = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const field = (name) => document.querySelector(`form [name=${name}]`);
const collection = (features) => ({ type: "FeatureCollection", features });

function circle({ lat, lon, radius_m: radius }) {
  const ring = Array.from({ length: 65 }, (_, i) => {
    const turn = (i / 64) * 2 * Math.PI;
    return [lon + (radius * Math.sin(turn)) / (111320 * Math.cos((lat * Math.PI) / 180)), lat + (radius * Math.cos(turn)) / 110574];
  });
  return ring;
}
const area = (scene) => ({ type: "Feature", properties: {}, geometry: { type: "Polygon", coordinates: [scene.corners ? [...scene.corners, scene.corners[0]] : circle(scene)] } });

function grid(west, south, east, north) {
  const step = Math.max((east - west) / 12, 0.0005), drawn = [];
  for (let x = west; x <= east; x += step) drawn.push([[x, south], [x, north]]);
  for (let y = south; y <= north; y += step) drawn.push([[west, y], [east, y]]);
  return lines(drawn);
}

function bounds(features) {
  const points = features.flatMap((each) => (each.geometry.type === "Point" ? [each.geometry.coordinates] : each.geometry.coordinates[0]));
  const of = (at) => points.map((point) => point[at]);
  return [[Math.min(...of(0)), Math.min(...of(1))], [Math.max(...of(0)), Math.max(...of(1))]];
}

const lines = (found) => collection((found || []).map((coordinates) => ({ type: "Feature", properties: {}, geometry: { type: "LineString", coordinates } })));

async function start() {
  const roads = await fetch(box.dataset.roads, { credentials: "same-origin" }).then((answer) => (answer.ok ? answer.json() : collection([]))).catch(() => collection([]));
  const scenes = data.scenes.map(area);
  const seen = data.sightings.map((each) => ({ type: "Feature", properties: { row: each.row }, geometry: { type: "Point", coordinates: [each.lon, each.lat] } }));
  const roadLines = roads.features.filter((each) => each.geometry && each.geometry.type === "LineString");
  const whole = scenes.length ? bounds([...scenes, ...seen]) : roadLines.length ? bounds(roadLines.map((each) => ({ geometry: { type: "Polygon", coordinates: [each.geometry.coordinates] } }))) : [[-87.85, 42.15], [-87.75, 42.22]];
  const [[west, south], [east, north]] = whole;
  const map = new Map({
    container: box, bounds: whole, fitBoundsOptions: { padding: 32 }, attributionControl: false, dragRotate: false, fadeDuration: 0,
    style: {
      version: 8,
      sources: {
        roads: { type: "geojson", data: roadLines.length ? roads : grid(west - (east - west), south - (north - south), east + (east - west), north + (north - south)) },
        scenes: { type: "geojson", data: collection(scenes) }, seen: { type: "geojson", data: collection(seen) },
        open: { type: "geojson", data: lines(data.open) }, driven: { type: "geojson", data: lines(data.driven) }, tracks: { type: "geojson", data: lines(data.tracks) },
      },
      layers: [
        { id: "ground", type: "background", paint: { "background-color": shade("--paper-2") } },
        { id: "roads", type: "line", source: "roads", paint: { "line-color": shade("--line-2"), "line-width": roadLines.length ? 1.6 : 0.5 } },
        { id: "scenes", type: "fill", source: "scenes", paint: { "fill-color": shade("--blue"), "fill-opacity": 0.12 } },
        { id: "edges", type: "line", source: "scenes", paint: { "line-color": shade("--blue"), "line-width": 2 } },
        { id: "open", type: "line", source: "open", paint: { "line-color": shade("--red"), "line-width": 3, "line-dasharray": [2, 1.5] } },
        { id: "driven", type: "line", source: "driven", paint: { "line-color": shade("--green"), "line-width": 6, "line-opacity": 0.75 } },
        { id: "tracks", type: "line", source: "tracks", paint: { "line-color": shade("--ink"), "line-width": 1.5 } },
        { id: "seen", type: "circle", source: "seen", paint: { "circle-radius": 5, "circle-color": shade("--navy"), "circle-stroke-color": shade("--paper"), "circle-stroke-width": 1.5 } },
        { id: "chosen", type: "circle", source: "seen", filter: ["==", ["get", "row"], 0], paint: { "circle-radius": 9, "circle-color": shade("--gold"), "circle-stroke-color": shade("--navy"), "circle-stroke-width": 2 } },
      ],
    },
  });
  map.touchZoomRotate.disableRotation();
  map.addControl(new NavigationControl({ showCompass: false }), "top-right");
  map.addControl(new ScaleControl({ unit: "metric" }), "bottom-left");
  if ("pick" in box.dataset) pick(map);
  keepInStep(map);
  document.addEventListener("platewarden:put", () => { // what was driven was asked for anew
    const now = told();
    ["open", "driven", "tracks"].forEach((name) => map.getSource(name)?.setData(lines(now[name])));
  });
  box.dataset.ready = "yes";
}

function keepInStep(map) {
  const rows = document.querySelectorAll("tr[data-row]");
  const choose = (row) => {
    map.setFilter("chosen", ["==", ["get", "row"], Number(row)]);
    document.querySelectorAll("[data-row]").forEach((each) => each.classList.toggle("is-chosen", each.dataset.row === String(row)));
  };
  rows.forEach((each) => ["mouseenter", "focusin"].forEach((event) => each.addEventListener(event, () => choose(each.dataset.row))));
  map.on("click", "seen", (event) => {
    const row = event.features[0].properties.row;
    choose(row);
    document.querySelector(`tr[data-row="${row}"]`)?.scrollIntoView({ block: "center" });
  });
}

function pick(map) {
  const draw = document.querySelector("[data-draw]"), undraw = document.querySelector("[data-undraw]");
  let corners = field("corners").value ? JSON.parse(field("corners").value) : [];
  const show = () => {
    const lat = Number(field("lat").value), lon = Number(field("lon").value), radius = Number(field("radius_m").value) || 1000;
    const shown = corners.length > 2 ? [area({ corners })] : field("lat").value && field("lon").value ? [area({ lat, lon, radius_m: radius })] : [];
    map.getSource("scenes")?.setData(collection(shown));
    map.getSource("seen")?.setData(collection(corners.map((at) => ({ type: "Feature", properties: { row: 0 }, geometry: { type: "Point", coordinates: at } }))));
    field("corners").value = corners.length > 2 ? JSON.stringify(corners) : "";
    undraw.hidden = !corners.length;
  };
  map.on("load", show);
  map.on("click", (event) => {
    const { lng, lat } = event.lngLat.wrap();
    const at = [Number(lng.toFixed(6)), Number(lat.toFixed(6))];
    if (draw.getAttribute("aria-pressed") === "true") corners = [...corners, at];
    if (corners.length < 2) [field("lon").value, field("lat").value] = at;
    else {
      field("lon").value = (corners.reduce((sum, each) => sum + each[0], 0) / corners.length).toFixed(6);
      field("lat").value = (corners.reduce((sum, each) => sum + each[1], 0) / corners.length).toFixed(6);
    }
    show();
  });
  draw.addEventListener("click", () => draw.setAttribute("aria-pressed", draw.getAttribute("aria-pressed") === "true" ? "false" : "true"));
  undraw.addEventListener("click", () => { corners = []; draw.setAttribute("aria-pressed", "false"); show(); });
  ["lat", "lon", "radius_m"].forEach((name) => field(name).addEventListener("change", show));
}

if (box) start().catch(() => { box.textContent = "The map cannot be drawn in this browser. The table and the figures say the same."; });
