// The shapes of boxes, by kind, so that no kind is told by colour alone: inputs are rounded, parameters octagons,
// constants ellipses, results square, and what holds many has round corners and a second border.

const CORNER = 12;

export function shape({ kind, x, y, width, height, left, right, top, bottom }) {
  const path = new Path2D();
  if (kind === "constant") path.ellipse(x, y, width / 2, height / 2, 0, 0, 2 * Math.PI);
  else if (kind === "parameter") octagon(path, left, right, top, bottom);
  else path.roundRect(left, top, width, height, { input: 14, scope: 10 }[kind] ?? 2);
  return path;
}

function octagon(path, left, right, top, bottom) {
  path.moveTo(left + CORNER, top);
  path.lineTo(right - CORNER, top);
  path.lineTo(right, top + CORNER);
  path.lineTo(right, bottom - CORNER);
  path.lineTo(right - CORNER, bottom);
  path.lineTo(left + CORNER, bottom);
  path.lineTo(left, bottom - CORNER);
  path.lineTo(left, top + CORNER);
  path.closePath();
}
