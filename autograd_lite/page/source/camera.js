// The camera: which part of a view is on the screen, and how large.

const SMALLEST = 0.02;
const LARGEST = 3;
const MARGIN = 28;

export const camera = { x: 0, y: 0, scale: 1 };

// The scale at which all of a view is on the screen, but nothing much larger than life.
export function scaleOf([width, height], stage) {
  const scale = Math.min((stage.width - 2 * MARGIN) / width, (stage.height - 2 * MARGIN - 24) / height, 1.5);
  return Math.max(scale, SMALLEST);
}

// Show all of a view.
export function fit([width, height], stage) {
  camera.scale = scaleOf([width, height], stage);
  camera.x = width / 2 - stage.width / 2 / camera.scale;
  camera.y = height / 2 - (stage.height - 24) / 2 / camera.scale;
}

export function zoom(factor, x, y) {
  const scale = Math.min(LARGEST, Math.max(SMALLEST, camera.scale * factor));
  camera.x += x / camera.scale - x / scale;
  camera.y += y / camera.scale - y / scale;
  camera.scale = scale;
}

export function pan(dx, dy) {
  camera.x -= dx / camera.scale;
  camera.y -= dy / camera.scale;
}

// Bring a rectangle of a view to the middle of the screen, unless it is well inside; what fits is shown whole.
export function show(area, [width, height], stage) {
  const across = stage.width / camera.scale;
  const down = stage.height / camera.scale;
  camera.x = placed(camera.x, across, area.left, area.right, width);
  camera.y = placed(camera.y, down, area.top, area.bottom, height);
}

function placed(start, length, low, high, whole) {
  const edge = MARGIN / camera.scale;
  if (whole + 2 * edge <= length) return (whole - length) / 2;
  if (low - edge >= start && high + 3 * edge <= start + length) return start;
  const wanted = (low + high - length) / 2;
  return Math.min(Math.max(wanted, -edge), whole + 3 * edge - length);
}

export function toView(x, y) {
  return [camera.x + x / camera.scale, camera.y + y / camera.scale];
}
