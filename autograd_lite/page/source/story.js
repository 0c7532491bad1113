// The story of a step: what happened, as an equation with its numbers, and what waits and why.

import { byId, fill, make } from "./elements.js";
import { format } from "./numbers.js";
import { t } from "./strings.js";

const LISTED = 4;

export function tell(graph) {
  const { phase, equation, waiting } = told(graph);
  byId("phase").textContent = phase;
  fill(byId("equation"), ...equation);
  byId("waiting").textContent = waiting;
}

function told(graph) {
  const n = graph.forward.length;
  const root = graph.nodes[graph.root].name;
  if (graph.step === 0) return { phase: t("phaseStart"), equation: [], waiting: t("tellStart") };
  if (graph.step < n) return evaluated(graph, n);
  if (graph.step === n) {
    return { phase: t("phaseSeed"), equation: made(graph, graph.root), waiting: t("tellSeed", root) };
  }
  if (graph.step === graph.steps) {
    return { phase: t("phaseEnd"), equation: pushed(graph), waiting: t("tellEnd", root) };
  }
  return {
    phase: t("phaseBackward", graph.step - n, graph.order.length),
    equation: pushed(graph),
    waiting: waits(graph),
  };
}

function evaluated(graph, n) {
  const id = graph.forward[graph.step - 1];
  return { phase: t("phaseForward", graph.step, n), equation: made(graph, id), waiting: t("tellForward") };
}

function made(graph, id) {
  const { name, formula } = graph.nodes[id];
  return [formula ? `${name} = ${formula} = ` : `${name} = `, strong(graph.value(id))];
}

// ∂L/∂w += ∂L/∂z · ∂z/∂w = 0.14 × 2 = 0.28 (was 0, now 0.28)
function pushed(graph) {
  const number = graph.current();
  const { user, parent } = graph.edges[number];
  const [root, node, below] = [graph.root, user, parent].map((id) => graph.nodes[id].name);
  const contribution = graph.contribution(graph.edges[number], number);
  const after = graph.grads[parent];
  graph.rewind(graph.step - 1);
  const before = graph.grads[parent];
  graph.rewind(graph.step + 1);
  const product = `${format(graph.grads[user])} × ${format(graph.partials[number])}`;
  return [
    `∂${root}/∂${below} += ∂${root}/∂${node} · ∂${node}/∂${below} = ${product} = `,
    strong(contribution),
    ` ${t("was", format(before), format(after))}`,
  ];
}

function strong(x) {
  return make("span", { class: "number" }, format(x));
}

// Who pushes and why now; and whose gradients have not all their contributions yet.
function waits(graph) {
  const { user } = graph.edges[graph.current()];
  const carrying = graph.index[user].above.filter((number) => graph.carries.has(number));
  const above = new Set(carrying.map((number) => graph.edges[number].user));
  const { name } = graph.nodes[user];
  const key = above.size === 0 ? "tellRoot" : above.size === 1 ? "tellCompleteOne" : "tellComplete";
  const open = incomplete(graph);
  if (!open.length) return t(key, name, above.size);
  const listed = open.slice(0, LISTED).map(([id, got, all]) => t("ofUses", graph.nodes[id].name, got, all));
  if (open.length > LISTED) listed.push(t("more", open.length - LISTED));
  return t(key, name, above.size) + t("tellWaiting", listed.join(", "));
}

function incomplete(graph) {
  const done = new Set(graph.order.slice(0, graph.step - graph.forward.length));
  const counts = new Map();
  for (const number of graph.order) {
    const { parent } = graph.edges[number];
    const [got, all] = counts.get(parent) ?? [0, 0];
    counts.set(parent, [got + (done.has(number) ? 1 : 0), all + 1]);
  }
  const open = [...counts].filter(([, [got, all]]) => got < all).map(([id, [got, all]]) => [id, got, all]);
  return open.sort((a, b) => Number(b[1] > 0) - Number(a[1] > 0) || b[0] - a[0]); // begun ones first, then from the root down
}
