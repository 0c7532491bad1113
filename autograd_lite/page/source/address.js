// The state of the page in the fragment of its address, so that a link shows what you see.

import { state } from "./store.js";

const PAUSE = 150; // milliseconds

// step, view, selection, tab, language, theme, and the inputs that were changed
function written(graph) {
  const parts = new URLSearchParams();
  if (graph.step !== graph.steps) parts.set("step", graph.step);
  if (state.view) parts.set("view", state.view);
  if (state.selected !== null) parts.set("node", state.selected);
  if (state.tab !== "card") parts.set("tab", state.tab);
  if (state.isChosen?.language) parts.set("language", state.language);
  if (state.isChosen?.theme) parts.set("theme", state.theme);
  const changed = [...graph.x].flatMap((x, k) => (Object.is(x, graph.start[k]) ? [] : [`${k}:${x}`]));
  if (changed.length) parts.set("x", changed.join(","));
  for (const [name, value] of Object.entries(state.extra ?? {})) {
    if (value !== null) parts.set(name, value);
  }
  return parts.toString();
}

let timer = 0;

// Soon: while a slider is dragged, writing the address takes longer than drawing a frame.
export function save(graph) {
  clearTimeout(timer);
  timer = setTimeout(() => write(graph), PAUSE);
}

function write(graph) {
  const text = written(graph);
  if (location.hash.slice(1) === text) return;
  try {
    history.replaceState(null, "", `#${text}`);
  } catch {
    // a frame without an address of its own keeps none
  }
}

// What a fragment asks for; what is no sense is left out.
export function restored(graph, nViews) {
  const parts = new URLSearchParams(location.hash.slice(1));
  const integer = (name, limit) => {
    const text = parts.get(name);
    return text !== null && /^\d+$/.test(text) && Number(text) <= limit ? Number(text) : null;
  };
  const choice = (name, allowed) => (allowed.includes(parts.get(name)) ? parts.get(name) : null);
  const inputs = (parts.get("x") ?? "").split(",").flatMap((pair) => {
    const [k, x] = pair.split(":");
    return /^\d+$/.test(k) && Number(k) < graph.x.length && x !== undefined && x !== "" ? [[Number(k), Number(x)]] : [];
  });
  return {
    step: integer("step", graph.steps),
    view: integer("view", nViews - 1),
    selected: integer("node", graph.nodes.length - 1),
    tab: choice("tab", ["card", "nudge", "quiz", "trace"]),
    language: choice("language", ["en", "zh"]),
    theme: choice("theme", ["light", "dark"]),
    inputs,
  };
}
