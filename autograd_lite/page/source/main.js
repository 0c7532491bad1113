// The page of one graph.

import { offer } from "./api.js";
import { begun } from "./explorer.js";
import { change, render } from "./store.js";

export function start({ evaluate }) {
  const { explorer } = begun(evaluate);
  window.autogradLite = offer({
    graph: explorer.graph,
    goto: (step) => explorer.transport.goto(step),
    changed: change,
  });
  render();
}
