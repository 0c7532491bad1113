// What the playground draws: the net, the map of its answers or the fitted curve, and the loss by epoch.

import { byId, colour, prepared } from "./elements.js";
import { classColour, Maps, mark } from "./maps.js";
import { NetDrawing } from "./netdrawing.js";
import { format } from "./numbers.js";
import { plot, span } from "./plot.js";
import { state } from "./store.js";

const GRID = 40;
const POINTS = 160;

export class Views {
  constructor(data, predict, trainer) {
    Object.assign(this, { data, predict, trainer, framed: null });
    this.net = new NetDrawing(data);
    this.maps = data.inputs === 2 ? new Maps(data, predict, GRID) : null;
  }

  render() {
    const { trainer, maps } = this;
    if (maps && this.framed !== trainer.rows) {
      this.framed = trainer.rows;
      maps.frame(trainer.rows);
    }
    maps?.ask(trainer.parameters);
    const net = prepared(byId("net"));
    if (this.data.units.length) {
      this.net.draw(net.context, net.width, net.height, trainer.parameters, maps, state.unit);
    }
    const isMapped = maps || this.data.inputs === 1;
    byId("map-figure").hidden = !isMapped;
    if (maps) this.drawMap();
    else if (isMapped) this.drawFit();
    this.drawLoss();
  }

  // ---- two inputs: a map ----

  drawMap() {
    const { maps, trainer, data } = this;
    const { context, width, height } = prepared(byId("map"));
    const side = Math.min(width, height);
    this.box = { left: (width - side) / 2, top: (height - side) / 2, side };
    const { left, top } = this.box;
    context.save();
    context.beginPath();
    context.roundRect(left, top, side, side, 10);
    context.clip();
    maps.draw(context, state.unit !== null && state.unit >= 0 ? state.unit : null, left, top, side, side);
    context.restore();
    context.strokeStyle = colour("line");
    context.strokeRect(left, top, side, side);
    for (const [k, row] of trainer.rows.entries()) {
      const [x, y] = this.onMap(row);
      mark(context, x, y, this.classOf(row), data.outputs > 1 ? classColour(this.classOf(row)) : this.sideColour(row));
      if (k === state.sample) ring(context, x, y);
    }
  }

  onMap([x, y]) {
    const { left, top, side } = this.box;
    const { xs, ys } = this.maps;
    return [left + ((x - xs[0]) / (xs[1] - xs[0])) * side, top + ((ys[1] - y) / (ys[1] - ys[0])) * side];
  }

  // The class of a sample, or which side of the middle its target is on.
  classOf(row) {
    const targets = [...row].slice(this.data.inputs);
    if (targets.length > 1) return targets.indexOf(Math.max(...targets));
    return this.data.outputs > 1 ? targets[0] : Number(targets[0] > this.data.middle);
  }

  sideColour(row) {
    return colour(row[this.data.inputs] > this.data.middle ? "positive" : "negative");
  }

  sampleAt(x, y) {
    if (!this.box || !this.maps) return null;
    let [best, distance] = [null, 14];
    for (const [k, row] of this.trainer.rows.entries()) {
      const [ownX, ownY] = this.onMap(row);
      const own = Math.hypot(ownX - x, ownY - y);
      if (own < distance) [best, distance] = [k, own];
    }
    return best;
  }

  // ---- one input: a curve ----

  drawFit() {
    const { trainer, data } = this;
    const xs = span(trainer.rows.map(([x]) => x));
    const x = new Float64Array(trainer.parameters.length + 1);
    const y = new Float64Array(data.outputs + data.units.length);
    x.set(trainer.parameters);
    const shown = state.unit !== null && state.unit >= 0 ? data.outputs + state.unit : 0;
    const points = Array.from({ length: POINTS + 1 }, (_, k) => {
      x[x.length - 1] = xs[0] + ((xs[1] - xs[0]) * k) / POINTS;
      this.predict(x, y);
      return [x[x.length - 1], y[shown]];
    });
    const targets = trainer.rows.map((row) => row[1]);
    plot(byId("map"), {
      xs,
      ys: span([...points.map(([, value]) => value), ...targets]),
      curves: [{ points, colour: "done", width: 3 }],
      marks: trainer.rows.map((row, k) => ({ x: row[0], y: row[1], colour: k === state.sample ? "focus" : "current" })),
    });
  }

  // ---- the loss ----

  drawLoss() {
    const { trainer, data } = this;
    const known = [...trainer.loss, ...trainer.validationLoss, ...data.history].filter(
      (x) => x > 0 && Number.isFinite(x),
    );
    const last = Math.max(trainer.loss.length, data.history.length, 10);
    const ends = known.length ? [0.9 * Math.min(...known), 1.1 * Math.max(...known)] : [0.01, 1];
    const curve = (numbers) => numbers.map((loss, k) => [k + 1, loss]);
    const curves = [
      { points: curve(data.history), colour: "edge", width: 2, dash: [3, 3] },
      { points: curve(trainer.validationLoss), colour: "current", width: 2, dash: [8, 4] },
      { points: curve(trainer.loss), colour: "done", width: 2.5 },
    ];
    const now = trainer.loss[trainer.epoch - 1];
    plot(byId("curve"), {
      xs: [1, last],
      ys: ends,
      curves,
      marks: now > 0 ? [{ x: trainer.epoch, y: now, colour: "done" }] : [],
      isLog: true,
    });
    byId("curve").title = now === undefined ? "" : format(now);
  }
}

function ring(context, x, y) {
  context.beginPath();
  context.arc(x, y, 10, 0, 2 * Math.PI);
  context.strokeStyle = colour("ink");
  context.lineWidth = 2.5;
  context.stroke();
}
