// Why a gradient is 0, nan or infinite: the sentence of a cause, which Python hands over as data.

import { format, parsed } from "./numbers.js";
import { knows, t } from "./strings.js";

export function sentence(graph, { kind, node, edge, numbers }) {
  const told = numbers.map((number) => format(parsed(number)));
  const [user, parent] = edge ?? [node, node];
  const slope = `∂${graph.nodes[user].name}/∂${graph.nodes[parent].name}`;
  const withSlope = `cause:${kind}:slope`;
  const key = edge && knows(withSlope) ? withSlope : `cause:${kind}`;
  return t(key, stated(graph, user), stated(graph, node), slope, told.join(t("comma")), ...told);
}

// A node with its formula, its number and those of what it is made of, as the page began.
function stated(graph, id) {
  const { name, formula, parents } = graph.nodes[id];
  const number = (of) => `${graph.nodes[of].name} = ${format(graph.began[of])}`;
  if (!formula) return number(id);
  const named = [...new Set(parents)].filter((parent) => graph.nodes[parent].kind !== "constant");
  const from = named.map(number).join(t("comma"));
  return `${name} = ${formula} = ${format(graph.began[id])}${from ? t("inBrackets", from) : ""}`;
}
