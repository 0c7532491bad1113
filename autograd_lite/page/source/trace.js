// The trace table: the graph as text, a row a node, for those who read rather than look.

import { fill, make } from "./elements.js";
import { format } from "./numbers.js";
import { state } from "./store.js";
import { t } from "./strings.js";

const ROW_LIMIT = 400;

export function trace(panel, { graph, look, select }) {
  const { nodes } = graph;
  const heads = ["name", "made", "data", "grad"].map((key, k) =>
    make("th", { scope: "col", class: k > 1 ? "right" : null }, t(key)),
  );
  const edge = graph.edges[graph.current()];
  const shown = nodes.map((_, id) => id).filter((id) => nodes[id].kind !== "constant");
  const lines = shown.slice(0, ROW_LIMIT).map((id) => {
    const isNow = edge ? id === edge.user || id === edge.parent : id === graph.forward[graph.step - 1];
    const name = make("button", { type: "button", class: "link", onclick: () => select(id) }, nodes[id].name);
    if (id === state.selected) name.setAttribute("aria-current", "true");
    return make(
      "tr",
      { class: isNow ? "now" : null },
      make("td", {}, name),
      make("td", { class: "mono" }, nodes[id].formula || t(nodes[id].kind)),
      make("td", { class: "right" }, format(graph.value(id))),
      make("td", { class: "right" }, look.hidesGradients ? "?" : format(graph.grad(id))),
    );
  });
  const left = shown.length > ROW_LIMIT ? make("p", { class: "note" }, t("shownRows", ROW_LIMIT, shown.length)) : null;
  fill(
    panel,
    make(
      "table",
      { id: "trace-table" },
      make("caption", { class: "hidden" }, t("traceCaption")),
      make("thead", {}, make("tr", {}, ...heads)),
      make("tbody", {}, ...lines),
    ),
    left,
  );
}
