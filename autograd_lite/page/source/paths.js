// The paths from a node up to the root: how many there are, and the largest; and what depends on what.

const TOP = 3;

export function paths(graph, id) {
  const found = between(graph, id);
  const counts = new Map([[id, 1n]]);
  const best = new Map([[id, [{ size: 1, product: 1, nodes: [id] }]]]);
  for (const node of found) {
    if (node === id) continue;
    const edges = graph.index[node].below.filter(
      (number) => graph.carries.has(number) && counts.has(graph.edges[number].parent),
    );
    counts.set(
      node,
      edges.reduce((sum, number) => sum + counts.get(graph.edges[number].parent), 0n),
    );
    best.set(
      node,
      edges
        .flatMap((number) => longer(graph, number, best))
        .sort(bySize)
        .slice(0, TOP),
    );
  }
  return { count: counts.get(graph.root) ?? 0n, best: best.get(graph.root) ?? [] };
}

function longer(graph, number, best) {
  const { user, parent } = graph.edges[number];
  const partial = graph.partials[number];
  return best.get(parent).map(({ product, nodes }) => ({
    size: Number.isNaN(product * partial) ? Infinity : Math.abs(product * partial),
    product: product * partial,
    nodes: [...nodes, user],
  }));
}

function bySize(a, b) {
  return b.size - a.size;
}

// The nodes on paths from one up to the root, parents first.
function between(graph, id) {
  const above = reach(graph, id, "above");
  const below = reach(graph, graph.root, "below");
  return [...above].filter((node) => below.has(node)).sort((a, b) => a - b);
}

// A node and all that it depends on ("below"), or that depends on it ("above").
export function reach(graph, id, direction) {
  const found = new Set([id]);
  for (const node of found) {
    for (const number of graph.index[node][direction]) {
      found.add(direction === "below" ? graph.edges[number].parent : graph.edges[number].user);
    }
  }
  return found;
}
