// The card of a node: what it is, its numbers, its local derivatives, its paths to the root, and why they are so.

import { fill, make } from "./elements.js";
import { format } from "./numbers.js";
import { paths } from "./paths.js";
import { change, state } from "./store.js";
import { t } from "./strings.js";
import { sentence } from "./why.js";

const LISTED = 12;

export function card(panel, { graph, data, look, select, open, box }) {
  const id = state.selected;
  if (id === null) {
    fill(panel, make("p", { class: "note" }, t("choose")));
    return;
  }
  const node = graph.nodes[id];
  fill(
    panel,
    heading(node),
    facts(graph, id, look),
    node.equation ? make("p", { class: "tag" }, t(node.equation)) : null,
    why(graph, data, id),
    actions(graph, id, box, open),
    derivatives(graph, id, look, select),
    users(graph, id, select),
    ...ways(graph, id, look),
  );
}

function heading({ name, kind, symbol, formula }) {
  const tag = make("span", { class: "tag" }, kind === "interior" ? symbol : t(kind));
  const line = make("p", { class: "name" }, make("span", {}, name), tag);
  return make("div", {}, line, formula ? make("p", { class: "formula" }, `${name} = ${formula}`) : null);
}

function facts(graph, id, { hidesGradients }) {
  const { name, scope, place } = graph.nodes[id];
  const root = graph.nodes[graph.root].name;
  return make(
    "dl",
    { class: "facts" },
    make("dt", {}, t("value")),
    make("dd", { title: String(graph.value(id)) }, format(graph.value(id), 6)),
    make("dt", {}, t("gradient", root, name)),
    make(
      "dd",
      { title: hidesGradients ? "" : String(graph.grad(id)) },
      hidesGradients ? "?" : format(graph.grad(id), 6),
    ),
    ...(scope ? [make("dt", {}, t("isIn")), make("dd", {}, scope)] : []),
    ...(place ? [make("dt", {}, t("madeAt")), make("dd", {}, place)] : []),
  );
}

function why(graph, data, id) {
  const cause = data.causes[id];
  if (!cause || graph.step < graph.steps) return null;
  return make("p", { class: "why" }, t("why", sentence(graph, cause)), graph.isAtStart() ? "" : ` ${t("whyMoved")}`);
}

function actions(graph, id, box, open) {
  const highlight = (direction) => () => change({ highlight: state.highlight === direction ? "" : direction });
  const toggle = (direction, key) =>
    make(
      "button",
      { type: "button", onclick: highlight(direction), "aria-pressed": String(state.highlight === direction) },
      t(state.highlight === direction ? "whole" : key),
    );
  const isInput = graph.input(id) >= 0;
  return make(
    "div",
    { class: "row" },
    isInput
      ? make("button", { type: "button", onclick: () => change({ tab: "nudge" }) }, t("nudgeThis"))
      : toggle("below", "dependsOn"),
    toggle("above", "dependents"),
    box ? make("button", { type: "button", onclick: () => open(box.scope) }, `${t("openThis")} ${box.title}`) : null,
  );
}

function derivatives(graph, id, { hidesPartials }, select) {
  const below = graph.index[id].below.filter((number) => graph.carries.has(number));
  if (!below.length) return null;
  const head = make(
    "tr",
    {},
    make("th", { scope: "col" }, ""),
    make("th", { scope: "col" }, t("rule")),
    make("th", { scope: "col", class: "right" }, t("number")),
  );
  const lines = below.map((number) => {
    const { parent, place } = graph.edges[number];
    return make(
      "tr",
      { class: number === graph.current() ? "now" : null },
      make(
        "td",
        {},
        link(`∂/∂${graph.nodes[parent].name}`, () => select(parent)),
      ),
      make("td", { class: "mono" }, hidesPartials ? "?" : graph.nodes[id].rules[place]),
      make("td", { class: "right" }, hidesPartials ? "?" : format(graph.partial(number))),
    );
  });
  return make("div", {}, make("h3", {}, t("derivatives")), make("table", {}, make("tbody", {}, head, ...lines)));
}

function link(text, onclick) {
  return make("button", { type: "button", class: "link", onclick }, text);
}

function users(graph, id, select) {
  const above = [...new Set(graph.index[id].above.map((number) => graph.edges[number].user))];
  if (!above.length) return null;
  const links = above.slice(0, LISTED).map((user) => link(graph.nodes[user].name, () => select(user)));
  const rest = above.length > LISTED ? make("span", { class: "note" }, t("more", above.length - LISTED)) : null;
  return make("div", {}, make("h3", {}, t("usedBy")), make("div", { class: "row" }, ...links, rest));
}

// How many paths lead to the root, and the product of the local derivatives along the largest.
function ways(graph, id, { hidesGradients }) {
  const root = graph.nodes[graph.root].name;
  if (id === graph.root || hidesGradients) return [];
  const found = paths(graph, id);
  if (!found.count) return [make("p", { class: "note" }, t("noPath", root))];
  const lines = found.best.map(({ product, nodes }) =>
    make(
      "tr",
      {},
      make("td", { class: "mono" }, shortened(nodes.map((node) => graph.nodes[node].name)).join(" → ")),
      make("td", { class: "right" }, format(product)),
    ),
  );
  const count = found.count > 10n ** 12n ? `≈ ${format(Number(found.count))}` : found.count.toLocaleString("en");
  return [make("h3", {}, t("pathsTitle", root, count)), make("table", {}, make("tbody", {}, ...lines))];
}

function shortened(names) {
  return names.length <= 9 ? names : [...names.slice(0, 4), "…", ...names.slice(-4)];
}
