// The views of the page's data, made ready for drawing: each box with its members, each line with its edges.

import { shape } from "./shapes.js";

export class Scene {
  constructor(view, graph) {
    this.level = view.level;
    this.opened = view.opened;
    this.size = view.size;
    this.boxOf = view.boxOf;
    this.frames = view.frames;
    this.boxes = view.boxes.map(({ at: [x, y, width, height], ...box }, i) => ({
      ...box,
      i,
      x,
      y,
      width,
      height,
      left: x - width / 2,
      right: x + width / 2,
      top: y - height / 2,
      bottom: y + height / 2,
      members: [],
      links: [],
    }));
    for (const [id, i] of this.boxOf.entries()) this.boxes[i].members.push(id);
    for (const box of this.boxes) {
      box.isPart = Boolean(box.scope) || box.members.length > 1;
      box.outline = shape(box);
      box.deltas = box.members.filter((id) => /BP[12]/.test(graph.nodes[id].equation));
      box.parameters = box.members.filter((id) => graph.nodes[id].kind === "parameter");
    }
    this.links = this.linked(view, graph);
    this.linkOf = new Map(this.links.flatMap((link) => link.edges.map((edge) => [edge, link])));
  }

  linked(view, graph) {
    const edges = new Map();
    graph.edges.forEach(({ user, parent }, number) => {
      const key = `${this.boxOf[parent]} ${this.boxOf[user]}`;
      edges.set(key, [...(edges.get(key) ?? []), number]);
    });
    const links = view.links.map(([from, to, ...points]) => ({ from, to, points, key: `${from} ${to}`, edges: [] }));
    for (const [key, alike] of grouped(links)) {
      const own = edges.get(key) ?? [];
      alike.forEach((link, k) => {
        link.edges = k < alike.length - 1 ? own.slice(k, k + 1) : own.slice(k);
      });
    }
    for (const link of links) {
      const [from, to] = [this.boxes[link.from], this.boxes[link.to]];
      if (!link.points.length) link.points = curve(from, to);
      const last = link.points.length;
      link.middle = middle(link.points);
      link.end = link.points.slice(last - 4);
      from.links.push(link);
      to.links.push(link);
    }
    return links;
  }

  at(x, y) {
    return this.boxes.find((box) => x >= box.left && x <= box.right && y >= box.top && y <= box.bottom) ?? null;
  }

  frameAt(x, y) {
    const found = this.frames.filter((f) => x >= f.left && x <= f.right && y >= f.top && y <= f.top + 24);
    return found.at(-1) ?? null;
  }
}

function grouped(links) {
  const groups = new Map();
  for (const link of links) groups.set(link.key, [...(groups.get(link.key) ?? []), link]);
  return groups;
}

// A line from one box to another, drawn by the page where there are too many to be laid out.
function curve(from, to) {
  const isForward = to.left >= from.right;
  const start = isForward ? from.right : from.left;
  const end = isForward ? to.left : to.right;
  const bend = (end - start) / 2;
  return [start, from.y, start + bend, from.y, end - bend, to.y, end, to.y];
}

// The point half way along a chain of Bézier curves.
function middle(points) {
  const pieces = (points.length / 2 - 1) / 3;
  const piece = Math.floor(pieces / 2);
  const [x0, y0, x1, y1, x2, y2, x3, y3] = points.slice(6 * piece, 6 * piece + 8);
  if (pieces % 2 === 0) return [x0, y0];
  return [(x0 + 3 * x1 + 3 * x2 + x3) / 8, (y0 + 3 * y1 + 3 * y2 + y3) / 8];
}
