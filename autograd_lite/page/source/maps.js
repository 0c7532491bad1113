// Maps over the plane of two inputs: what the net and each of its neurons answer at every point of a grid.

import { colour } from "./elements.js";

const CLASSES = ["#0072b2", "#d55e00", "#00745a", "#7a3e9d", "#8c6d00", "#a0315f", "#3d5a80", "#6b6b00"];

export class Maps {
  constructor(data, predict, size) {
    Object.assign(this, { data, predict, size });
    this.nOutputs = data.outputs;
    this.answers = Array.from({ length: data.outputs + data.units.length }, () => new Float32Array(size * size));
    this.image = new ImageData(size, size);
    this.tile = new OffscreenCanvas(size, size);
  }

  // The rectangle around the samples, and a little beyond.
  frame(rows) {
    const ends = [0, 1].map((k) => {
      const column = rows.map((row) => row[k]);
      const [low, high] = [Math.min(...column), Math.max(...column)];
      const margin = 0.15 * (high - low) || 1;
      return [low - margin, high + margin];
    });
    [this.xs, this.ys] = ends;
  }

  // Ask the net at every point.
  ask(parameters) {
    const { size, xs, ys, answers } = this;
    const x = new Float64Array(parameters.length + 2);
    const y = new Float64Array(answers.length);
    const first = parameters.length;
    x.set(parameters);
    for (let row = 0; row < size; row++) {
      x[first + 1] = ys[1] + ((ys[0] - ys[1]) * (row + 0.5)) / size;
      for (let column = 0; column < size; column++) {
        x[first] = xs[0] + ((xs[1] - xs[0]) * (column + 0.5)) / size;
        this.predict(x, y);
        for (let k = 0; k < y.length; k++) answers[k][row * size + column] = y[k];
      }
    }
  }

  // Draw one map into a rectangle: of the whole net, or of a unit.
  draw(context, unit, left, top, width, height) {
    if (unit === null && this.nOutputs > 1) this.fillClasses();
    else this.fillScale(unit === null ? this.answers[0] : this.answers[this.nOutputs + unit], unit === null);
    this.tile.getContext("2d").putImageData(this.image, 0, 0);
    context.imageSmoothingEnabled = true;
    context.drawImage(this.tile, left, top, width, height);
  }

  fillScale(numbers, isNet) {
    const threshold = isNet ? this.data.threshold : 0;
    let largest = 1e-9;
    for (const x of numbers) if (Math.abs(x - threshold) > largest) largest = Math.abs(x - threshold);
    const [low, middle, high] = ["negative", "surface", "positive"].map((name) => channels(colour(name)));
    const { data } = this.image;
    for (let k = 0; k < numbers.length; k++) {
      const t = (numbers[k] - threshold) / largest;
      const end = t < 0 ? low : high;
      const share = 0.75 * Math.sqrt(Math.min(1, Math.abs(t)));
      for (let c = 0; c < 3; c++) data[4 * k + c] = middle[c] + share * (end[c] - middle[c]);
      data[4 * k + 3] = 255;
    }
  }

  fillClasses() {
    const { data } = this.image;
    const middle = channels(colour("surface"));
    const colours = this.answers.slice(0, this.nOutputs).map((_, k) => channels(classColour(k)));
    for (let k = 0; k < this.answers[0].length; k++) {
      let best = 0;
      for (let c = 1; c < this.nOutputs; c++) if (this.answers[c][k] > this.answers[best][k]) best = c;
      for (let c = 0; c < 3; c++) data[4 * k + c] = middle[c] + 0.45 * (colours[best][c] - middle[c]);
      data[4 * k + 3] = 255;
    }
  }
}

export function classColour(k) {
  return CLASSES[k % CLASSES.length];
}

function channels(hex) {
  return [1, 3, 5].map((k) => Number.parseInt(hex.slice(k, k + 2), 16));
}

// A sample on a map: a shape and a colour by its class, so that none is told by colour alone.
export function mark(context, x, y, kind, fillColour) {
  const r = 4.5;
  context.beginPath();
  if (kind % 4 === 0) context.arc(x, y, r, 0, 2 * Math.PI);
  else if (kind % 4 === 1) context.rect(x - r + 0.5, y - r + 0.5, 2 * r - 1, 2 * r - 1);
  else
    polygon(
      context,
      x,
      y,
      kind % 4 === 2 ? [0, -r - 1, r + 1, r - 1, -r - 1, r - 1] : [0, -r - 1, r + 1, 0, 0, r + 1, -r - 1, 0],
    );
  context.fillStyle = fillColour;
  context.fill();
  context.strokeStyle = "#ffffff";
  context.lineWidth = 1.4;
  context.stroke();
}

function polygon(context, x, y, offsets) {
  context.moveTo(x + offsets[0], y + offsets[1]);
  for (let k = 2; k < offsets.length; k += 2) context.lineTo(x + offsets[k], y + offsets[k + 1]);
  context.closePath();
}
