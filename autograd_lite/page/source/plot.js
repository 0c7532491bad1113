// A small plot: curves over an interval, points on them, and axes with their ends written out.

import { colour, prepared } from "./elements.js";
import { format } from "./numbers.js";

const LEFT = 62;
const EDGE = 12;
const BOTTOM = 24;

// curves: [{ points: [[x, y], …], colour, width, dash }], marks: [{ x, y, colour }], bars: [{ x, from, to, colour }]
export function plot(canvas, { curves, marks = [], bars = [], xs, ys, isLog = false }) {
  const { context, width, height } = prepared(canvas);
  if (!width) return null;
  const scaled = (y) => (isLog ? Math.log10(Math.max(y, 1e-300)) : y);
  const [low, high] = ys.map(scaled);
  const across = (x) => LEFT + ((x - xs[0]) / (xs[1] - xs[0] || 1)) * (width - LEFT - EDGE);
  const up = (y) => height - BOTTOM - ((scaled(y) - low) / (high - low || 1)) * (height - BOTTOM - EDGE);
  axes(context, { width, height, xs, ys, low, high, up, isLog });
  context.save();
  context.beginPath();
  context.rect(LEFT - 4, 2, width - LEFT - EDGE + 8, height - BOTTOM + 2);
  context.clip();
  for (const curve of curves) {
    context.strokeStyle = colour(curve.colour);
    context.lineWidth = curve.width ?? 2;
    context.setLineDash(curve.dash ?? []);
    line(context, curve.points, across, up, isLog);
  }
  context.setLineDash([]);
  for (const { x, from, to, colour: name } of bars) {
    context.strokeStyle = colour(name);
    context.lineWidth = 3;
    line(
      context,
      [
        [x, from],
        [x, to],
      ],
      across,
      up,
    );
  }
  for (const { x, y, colour: name } of marks) {
    context.fillStyle = colour(name);
    context.beginPath();
    context.arc(across(x), up(y), 5, 0, 2 * Math.PI);
    context.fill();
  }
  context.restore();
  return (pixel) => xs[0] + ((pixel - LEFT) / (width - LEFT - EDGE)) * (xs[1] - xs[0]);
}

function axes(context, { width, height, xs, ys, up }) {
  context.strokeStyle = colour("line");
  context.lineWidth = 1;
  context.strokeRect(LEFT - 4, 4, width - LEFT - EDGE + 8, height - BOTTOM);
  if (ys[0] < 0 && ys[1] > 0) {
    context.beginPath();
    context.moveTo(LEFT - 4, up(0));
    context.lineTo(width - EDGE + 4, up(0));
    context.stroke();
  }
  context.fillStyle = colour("muted");
  context.font = "12px system-ui, sans-serif";
  context.textBaseline = "middle";
  context.textAlign = "right";
  context.fillText(format(ys[1], 2), LEFT - 8, 12);
  context.fillText(format(ys[0], 2), LEFT - 8, height - BOTTOM - 2);
  context.textAlign = "left";
  context.fillText(format(xs[0], 3), LEFT - 4, height - 9);
  context.textAlign = "right";
  context.fillText(format(xs[1], 3), width - EDGE + 4, height - 9);
}

function line(context, points, across, up, isLog = false) {
  context.beginPath();
  let isDown = false;
  for (const [x, y] of points) {
    const isShown = Number.isFinite(y) && !(isLog && y <= 0);
    if (isShown) {
      if (isDown) context.lineTo(across(x), up(y));
      else context.moveTo(across(x), up(y));
    }
    isDown = isShown;
  }
  context.stroke();
}

// The smallest and largest finite numbers, a little apart.
export function span(numbers) {
  const finite = numbers.filter(Number.isFinite);
  if (!finite.length) return [0, 1];
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  const margin = 0.08 * (high - low) || Math.abs(high) * 0.1 || 1;
  return [low - margin, high + margin];
}
