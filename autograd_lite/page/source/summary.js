// What a box says below its name: rows of a name and a number, of one node or of the many that it holds.

import { format } from "./numbers.js";

export function rows(box, look, digits = 4) {
  const { graph, hidesGradients } = look;
  const written = (x) => (hidesGradients ? "?" : format(x, digits));
  if (!box.isPart) {
    const [id] = box.members;
    return [
      ["data", format(graph.value(id), digits)],
      ["grad", written(graph.grad(id))],
    ];
  }
  if (!box.scope) return ranges(box.members, look, digits - 1);
  const found = [];
  if (box.members.includes(graph.root)) found.push(["data", format(graph.value(graph.root), digits)]);
  if (box.deltas.length === 1) found.push(["δ", written(graph.grad(box.deltas[0]))]);
  else if (box.deltas.length) found.push(["‖δ‖", written(norm(box.deltas, graph))]);
  if (box.parameters.length) found.push(["‖∂/∂p‖", written(norm(box.parameters, graph))]);
  else if (!found.length) found.push(["‖grad‖", written(norm(box.members, graph))]);
  return found.slice(0, 3);
}

function norm(ids, graph) {
  const known = ids.map((id) => graph.grad(id)).filter((x) => x !== null);
  return known.length ? Math.hypot(...known) : null;
}

function ranges(ids, { graph, hidesGradients }, digits) {
  const grads = hidesGradients
    ? "?"
    : range(
        ids.map((id) => graph.grad(id)),
        digits,
      );
  return [
    [
      "data",
      range(
        ids.map((id) => graph.value(id)),
        digits,
      ),
    ],
    ["grad", grads],
  ];
}

function range(numbers, digits) {
  const known = numbers.filter((x) => x !== null);
  if (!known.length) return "–";
  const [low, high] = [Math.min(...known), Math.max(...known)];
  return low === high || Number.isNaN(low) ? format(low, digits) : `${format(low, digits)} … ${format(high, digits)}`;
}
