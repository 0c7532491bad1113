// The graph on its canvas: boxes, lines, frames, and what the current step, the selection and a question change.

import { camera } from "./camera.js";
import { colour } from "./elements.js";
import { format } from "./numbers.js";
import { rows } from "./summary.js";

const READABLE = 0.42; // below this scale boxes are drawn without their text
const CROWDED = 60; // lines: beyond it they are thin and without numbers, unless every box is a node
const FONT =
  'system-ui, "Segoe UI", Roboto, "Noto Sans", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif';

// look: { graph, scene, selected, related, hidesGradients, hidesPartials, isRelated }
export function draw({ context, width, height }, look) {
  const { scene } = look;
  context.save();
  context.scale(camera.scale, camera.scale);
  context.translate(-camera.x, -camera.y);
  const seen = {
    left: camera.x,
    top: camera.y,
    right: camera.x + width / camera.scale,
    bottom: camera.y + height / camera.scale,
  };
  context.textBaseline = "middle";
  for (const frame of scene.frames) drawFrame(context, frame);
  drawLinks(context, look, seen);
  for (const box of scene.boxes) if (overlaps(box, seen)) drawBox(context, box, look);
  if (camera.scale >= READABLE) drawPartials(context, look, seen);
  context.restore();
}

function overlaps(box, seen) {
  return box.right > seen.left && box.left < seen.right && box.bottom > seen.top && box.top < seen.bottom;
}

function drawFrame(context, { left, right, top, bottom, title }) {
  context.beginPath();
  context.roundRect(left, top, right - left, bottom - top, 14);
  context.strokeStyle = colour("scope");
  context.lineWidth = 1.5;
  context.setLineDash([6, 4]);
  context.stroke();
  context.setLineDash([]);
  context.font = `600 13px ${FONT}`;
  context.textAlign = "left";
  context.fillStyle = colour("scope");
  context.fillText(`⊟ ${title}`, left + 10, top + 12);
}

// ---- lines ----

function drawLinks(context, look, seen) {
  const current = look.scene.linkOf.get(look.graph.current());
  for (const link of look.scene.links) {
    if (link === current) continue;
    const [from, to] = [look.scene.boxes[link.from], look.scene.boxes[link.to]];
    const span = { left: Math.min(from.left, to.left), right: Math.max(from.right, to.right) };
    if (!overlaps({ ...span, top: Math.min(from.top, to.top), bottom: Math.max(from.bottom, to.bottom) }, seen))
      continue;
    drawLink(context, link, look, false);
  }
  if (current) drawLink(context, current, look, true);
}

function isDense({ level, links }) {
  return level !== "node" && links.length > CROWDED;
}

function drawLink(context, link, look, isCurrent) {
  const { points } = link;
  const isDone = !isCurrent && link.edges.some((number) => look.done(number));
  const isDim = look.related && !(isRelated(look, link.from) && isRelated(look, link.to));
  context.globalAlpha = isDim ? 0.18 : 1;
  context.strokeStyle = colour(isCurrent ? "current" : isDone ? "done" : "edge");
  const isCrowded = isDense(look.scene);
  context.lineWidth = isCurrent ? 4 : isCrowded ? 0.9 : isDone ? 1.8 : 1.2;
  context.beginPath();
  context.moveTo(points[0], points[1]);
  for (let k = 2; k + 5 < points.length; k += 6) {
    context.bezierCurveTo(points[k], points[k + 1], points[k + 2], points[k + 3], points[k + 4], points[k + 5]);
  }
  context.stroke();
  if (camera.scale >= READABLE || isCurrent) {
    const n = points.length;
    if (isCurrent) arrow(context, points[2], points[3], points[0], points[1], 12);
    else arrow(context, points[n - 4], points[n - 3], points[n - 2], points[n - 1], 7);
  }
  context.globalAlpha = 1;
}

function arrow(context, fromX, fromY, x, y, size) {
  const angle = Math.atan2(y - fromY, x - fromX);
  context.fillStyle = context.strokeStyle;
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(x - size * Math.cos(angle - 0.4), y - size * Math.sin(angle - 0.4));
  context.lineTo(x - size * Math.cos(angle + 0.4), y - size * Math.sin(angle + 0.4));
  context.fill();
}

// The local derivative on each line that stands for one edge, the number of edges on the others.
function drawPartials(context, look, seen) {
  const isCrowded = isDense(look.scene);
  const current = look.scene.linkOf.get(look.graph.current());
  context.textAlign = "center";
  for (const link of look.scene.links) {
    const [x, y] = link.middle;
    if (x < seen.left || x > seen.right || y < seen.top || y > seen.bottom) continue;
    if (isCrowded && link !== current) continue;
    if (look.related && !(isRelated(look, link.from) && isRelated(look, link.to))) continue;
    context.font = `${link === current ? "700 13px" : "12px"} ${FONT}`;
    const text = lineText(context, link, look);
    if (!text) continue;
    const half = context.measureText(text).width / 2 + 3;
    context.fillStyle = colour("page");
    context.fillRect(x - half, y - 8, 2 * half, 16);
    context.fillStyle = colour(link === current ? "current" : "muted");
    context.fillText(text, x, y + 0.5);
  }
}

function lineText(context, link, { graph, scene, hidesPartials }) {
  const [from, to] = [scene.boxes[link.from], scene.boxes[link.to]];
  if (link.edges.length > 1 || from.isPart || to.isPart) return link.edges.length > 1 ? `×${link.edges.length}` : "";
  const [number] = link.edges;
  if (!graph.carries.has(number)) return "";
  if (hidesPartials) return "?";
  const partial = graph.partial(number);
  if (partial === null) return "";
  const room = gap(from, to);
  const texts = [3, 2, 1].map((digits) => format(partial, digits));
  return texts.find((text) => context.measureText(text).width <= room) ?? texts[2];
}

// The space between two boxes that stand side by side; a number that is longer would hide theirs.
function gap(from, to) {
  const isBeside = Math.abs(from.y - to.y) < (from.height + to.height) / 2;
  return isBeside ? Math.max(to.left - from.right, from.left - to.right) : Infinity;
}

// ---- boxes ----

function isRelated({ related, scene }, i) {
  return scene.boxes[i].members.some((id) => related.has(id));
}

function drawBox(context, box, look) {
  const { graph, selected } = look;
  const edge = graph.edges[graph.current()];
  const isActive = edge && (box.members.includes(edge.user) || box.members.includes(edge.parent));
  const isNew = !edge && graph.step && box.members.includes(graph.forward[graph.step - 1]);
  const isSelected = selected !== null && box.members.includes(selected);
  const isWaiting = box.members.every((id) => graph.value(id) === null);
  context.globalAlpha = look.related && !isRelated(look, box.i) ? 0.22 : 1;
  if (isSelected) {
    context.strokeStyle = colour("focus");
    context.lineWidth = 9;
    context.stroke(box.outline);
  }
  context.fillStyle = colour(isActive || isNew ? "current-fill" : `${box.kind}-fill`);
  context.fill(box.outline);
  context.strokeStyle = colour(isActive || isNew ? "current" : box.kind);
  context.lineWidth = isActive || isNew ? 3.5 : box.members.includes(graph.root) ? 3 : 1.5;
  if (isWaiting) context.setLineDash([5, 4]);
  context.stroke(box.outline);
  context.setLineDash([]);
  if (box.isPart) {
    context.lineWidth = 1;
    context.strokeRect(box.left + 4, box.top + 4, box.width - 8, box.height - 8);
  }
  if (camera.scale >= READABLE) drawText(context, box, look);
  context.globalAlpha = 1;
}

function drawText(context, box, look) {
  const { left, right, top, width } = box;
  const inset = box.kind === "parameter" ? 14 : 10;
  if (box.kind === "constant" && !box.isPart) {
    context.textAlign = "center";
    context.font = `13px ${FONT}`;
    context.fillStyle = colour("ink");
    context.fillText(cut(context, box.title, width - 12), box.x, box.y + 0.5);
    return;
  }
  const [first] = box.members;
  const symbol = box.isPart ? "" : look.graph.nodes[first].symbol;
  context.font = `700 15px ${FONT}`;
  context.fillStyle = colour("accent");
  context.textAlign = "right";
  const room = symbol ? context.measureText(symbol).width + 8 : 0;
  if (symbol) context.fillText(symbol, right - inset, top + 15);
  context.fillStyle = colour("ink");
  context.textAlign = "left";
  context.fillText(cut(context, box.title, width - 2 * inset - room), left + inset, top + 15);
  context.font = `14px ${FONT}`;
  fitting(context, box, look, width - 2 * inset - 6).forEach(([name, value], k) => {
    const y = top + 33 + 17 * k;
    context.textAlign = "left";
    context.fillStyle = colour("muted");
    context.fillText(name, left + inset, y);
    context.textAlign = "right";
    context.fillStyle = colour("ink");
    context.fillText(value, right - inset, y);
  });
}

// The rows of a box, with as many digits as there is room for.
function fitting(context, box, look, room) {
  for (const digits of [4, 3]) {
    const found = rows(box, look, digits);
    if (found.every(([name, value]) => context.measureText(name + value).width <= room)) return found;
  }
  context.font = `12px ${FONT}`;
  return rows(box, look, 2);
}

// A text as far as it fits a width.
const known = new Map();

function cut(context, text, width) {
  const key = `${context.font} ${Math.round(width)} ${text}`;
  if (!known.has(key)) {
    let short = text;
    while (short && context.measureText(short).width > width)
      short = `${[...short.replace(/…$/, "")].slice(0, -1).join("")}…`;
    known.set(key, printable(short));
  }
  return known.get(key);
}

function printable(text) {
  return text.replace(/[\p{Cc}\p{Cs}\u2028\u2029]/gu, "\ufffd");
}
