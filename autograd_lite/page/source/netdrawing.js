// The net: each neuron with its own response map, each weight as a line as thick as it is large; dashed if negative.

import { colour } from "./elements.js";
import { format } from "./numbers.js";

const LARGEST_TILE = 64;
const MARGIN = 14;

export class NetDrawing {
  constructor(data) {
    this.data = data;
    this.columns = columns(data);
    this.places = new Map();
  }

  arrange(width, height) {
    const most = Math.max(...this.columns.map(({ units }) => units.length));
    const across = (width - 2 * MARGIN) / this.columns.length;
    const tile = Math.max(10, Math.min(LARGEST_TILE, (height - 54) / most - 7, across * 0.5));
    this.tile = tile;
    this.across = across;
    this.places.clear();
    for (const [c, { units }] of this.columns.entries()) {
      const x = MARGIN + across * (c + 0.5);
      const gap = Math.min(tile + 14, (height - 44 - tile) / Math.max(1, units.length - 1));
      const top = 34 + (height - 44) / 2 - (gap * (units.length - 1)) / 2;
      for (const [k, unit] of units.entries()) this.places.set(unit, { x, y: top + gap * k, column: c });
    }
  }

  // maps may be null: then neurons are told by their activation alone
  draw(context, width, height, parameters, maps, chosen) {
    this.arrange(width, height);
    this.drawTitles(context);
    this.drawWeights(context, parameters);
    for (const [unit, { x, y }] of this.places) this.drawUnit(context, unit, x, y, maps, unit === chosen);
  }

  drawTitles(context) {
    context.font = "600 13px system-ui, sans-serif";
    const widest = Math.max(...this.columns.map(({ title }) => context.measureText(title).width));
    context.font = `600 ${13 * Math.min(1, (this.across - 5) / widest)}px system-ui, sans-serif`; // on a narrow screen
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillStyle = colour("muted");
    for (const { title, units } of this.columns) context.fillText(title, this.places.get(units[0]).x, 14);
  }

  drawWeights(context, parameters) {
    const sizes = this.data.links.map(([, , p]) => Math.abs(parameters[p])).filter(Number.isFinite);
    const largest = Math.max(...sizes, 1e-9);
    const half = this.tile / 2;
    const thickest = this.data.links.length > 150 ? 3.5 : 6;
    for (const [from, to, p] of this.data.links) {
      const [a, b] = [this.places.get(from), this.places.get(to)];
      if (!a || !b) continue;
      const weight = parameters[p];
      context.strokeStyle = colour(weight < 0 ? "negative" : "positive");
      context.globalAlpha = 0.2 + 0.65 * Math.min(1, Math.abs(weight) / largest);
      context.lineWidth = Math.max(0.4, (thickest * Math.abs(weight)) / largest);
      context.setLineDash(weight < 0 ? [7, 4] : []);
      context.beginPath();
      context.moveTo(a.x + half, a.y);
      const bend = 0.35 * (b.x - a.x - this.tile);
      context.bezierCurveTo(a.x + half + bend, a.y, b.x - half - bend, b.y, b.x - half, b.y);
      context.stroke();
    }
    context.globalAlpha = 1;
    context.setLineDash([]);
  }

  drawUnit(context, unit, x, y, maps, isChosen) {
    const { tile } = this;
    const [left, top] = [x - tile / 2, y - tile / 2];
    context.save();
    context.beginPath();
    context.roundRect(left, top, tile, tile, Math.min(8, tile / 5));
    context.fillStyle = colour("raised");
    context.fill();
    context.clip();
    if (maps && unit >= 0) maps.draw(context, unit, left, top, tile, tile);
    context.restore();
    context.strokeStyle = colour(isChosen ? "focus" : unit < 0 ? "input" : "interior");
    context.lineWidth = isChosen ? 4 : 1.6;
    context.stroke();
    if (unit < 0 || !maps) {
      context.fillStyle = colour("ink");
      context.font = `600 ${Math.min(15, tile / 2.6)}px system-ui, sans-serif`;
      context.textAlign = "center";
      context.textBaseline = "middle";
      context.fillText(unit < 0 ? `x[${-1 - unit}]` : this.data.units[unit].short, x, y);
    }
  }

  at(x, y) {
    const half = this.tile / 2 + 2;
    for (const [unit, place] of this.places) {
      if (Math.abs(place.x - x) <= half && Math.abs(place.y - y) <= half) return unit;
    }
    return null;
  }
}

// The inputs (numbered −1, −2, …) and then the units, by layer.
function columns(data) {
  const inputs = Array.from({ length: Math.min(data.inputs, 24) }, (_, k) => -1 - k);
  const layers = new Map();
  for (const [k, { layer }] of data.units.entries()) layers.set(layer, [...(layers.get(layer) ?? []), k]);
  return [{ title: "x", units: inputs }, ...[...layers].map(([title, units]) => ({ title, units }))];
}

export function weightsOf(data, unit, parameters) {
  return data.links
    .filter(([, to]) => to === unit)
    .map(([from, , p]) => [from < 0 ? `x[${-1 - from}]` : data.units[from].name, format(parameters[p])]);
}
