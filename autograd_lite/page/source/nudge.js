// Nudge: a leaf is changed, everything follows, and the change of the root stands beside what the tangent says.

import { fill, make } from "./elements.js";
import { format } from "./numbers.js";
import { plot, span } from "./plot.js";
import { change, state } from "./store.js";
import { t } from "./strings.js";

const POINTS = 96;
const TICKS = 1000;

export class Nudge {
  constructor(panel, graph, select) {
    Object.assign(this, { panel, graph, select, id: null, built: "", curve: { key: "" } });
  }

  render() {
    const { graph } = this;
    if (!graph.inputs.length) {
      fill(this.panel, make("p", { class: "note" }, t("noInputs")));
      return;
    }
    const wanted = graph.input(state.selected) >= 0 ? state.selected : (this.id ?? graph.inputs[0]);
    if (wanted !== this.id) this.measureFrom(wanted);
    if (this.built !== `${state.language} ${this.id}`) this.build();
    this.update();
  }

  // The point from which changes are measured, and the interval of the slider around it.
  measureFrom(id) {
    const x = this.graph.x[this.graph.input(id)];
    const { value, slope } = this.graph.probe(id, x, true);
    const reach = Math.max(1, 2 * Math.abs(x));
    Object.assign(this, { id, x0: x, y0: value, slope });
    this.ends = Number.isFinite(x) ? [x - reach, x + reach] : [-1, 1];
    this.others = this.outside();
    this.curve = { key: "" };
  }

  // The other inputs, as a key: when one of them changes the tangent is another.
  outside() {
    const own = this.graph.input(this.id);
    return this.graph.x.filter((_, k) => k !== own).join(" ");
  }

  build() {
    const { graph } = this;
    this.built = `${state.language} ${this.id}`;
    const { name } = graph.nodes[this.id];
    const option = (id) => make("option", { value: id, selected: id === this.id }, graph.nodes[id].name);
    this.chooser = make(
      "select",
      { id: "nudge-leaf", onchange: () => this.select(Number(this.chooser.value), true) },
      ...graph.inputs.map(option),
    );
    this.slider = make("input", {
      type: "range",
      id: "nudge-slider",
      min: 0,
      max: TICKS,
      step: 1,
      "aria-label": t("slider", name),
      oninput: () => this.move(this.ends[0] + (this.slider.value / TICKS) * (this.ends[1] - this.ends[0])),
    });
    this.exact = make("input", {
      type: "number",
      id: "nudge-number",
      "aria-label": t("exact"),
      step: "any",
      onchange: () => this.exact.value !== "" && this.move(Number(this.exact.value)),
    });
    this.facts = make("dl", { class: "facts" });
    this.plot = make("canvas", { class: "plot", role: "img" });
    const button = (key, onclick) => make("button", { type: "button", id: `nudge-${key}`, onclick }, t(key));
    fill(
      this.panel,
      make(
        "div",
        { class: "row tight" },
        make("label", { for: "nudge-leaf" }, t("leaf")),
        this.chooser,
        make("label", { for: "nudge-number" }, "="),
        this.exact,
      ),
      this.slider,
      this.plot,
      this.facts,
      make(
        "div",
        { class: "row" },
        button("anchor", () => this.anchor()),
        button("reset", () => this.move(this.x0)),
        button("resetAll", () => this.startAgain()),
      ),
    );
  }

  move(x) {
    this.graph.set(this.id, x);
    change();
  }

  anchor() {
    this.measureFrom(this.id);
    change();
  }

  startAgain() {
    this.graph.x.set(this.graph.start);
    this.graph.run();
    this.anchor();
  }

  update() {
    const { graph, id } = this;
    if (this.others !== this.outside()) {
      const x = this.x0;
      Object.assign(this, graphAt(graph, id, x), { others: this.outside() });
    }
    const x = graph.x[graph.input(id)];
    const y = graph.values[graph.root];
    const [leaf, root] = [graph.nodes[id].name, graph.nodes[graph.root].name];
    this.slider.value = ((x - this.ends[0]) / (this.ends[1] - this.ends[0])) * TICKS;
    this.slider.setAttribute("aria-valuetext", format(x));
    if (document.activeElement !== this.exact) this.exact.value = x;
    const dx = x - this.x0;
    const [predicted, actual] = [this.slope * dx, y - this.y0];
    const told = [
      [`${leaf}${t("comma")}${t("from", format(this.x0))}`, format(x, 6)],
      [t("delta", leaf), format(dx)],
      [t("tangent", root, leaf), format(predicted)],
      [t("actual", root), format(actual)],
      [t("remainder"), format(actual - predicted)],
    ];
    fill(this.facts, ...told.flatMap(([term, number]) => [make("dt", {}, term), make("dd", {}, number)]));
    this.drawPlot(x, y, leaf, root);
  }

  drawPlot(x, y, leaf, root) {
    const ends = [Math.min(this.ends[0], x), Math.max(this.ends[1], x)];
    const key = `${ends} ${this.others}`;
    if (this.curve.key !== key) this.curve = { key, points: this.sampled(ends) };
    const tangent = ends.map((end) => [end, this.y0 + this.slope * (end - this.x0)]);
    this.plot.setAttribute("aria-label", t("plot", root, leaf, format(this.x0)));
    plot(this.plot, {
      xs: ends,
      ys: span([...this.curve.points.map(([, value]) => value), y]),
      curves: [
        { points: tangent, colour: "current", width: 2, dash: [7, 5] },
        { points: this.curve.points, colour: "done", width: 2.5 },
      ],
      bars: [{ x, from: this.y0 + this.slope * (x - this.x0), to: y, colour: "bad" }],
      marks: [
        { x: this.x0, y: this.y0, colour: "current" },
        { x, y, colour: "done" },
      ],
    });
  }

  sampled([low, high]) {
    return Array.from({ length: POINTS + 1 }, (_, k) => {
      const x = low + ((high - low) * k) / POINTS;
      return [x, this.graph.probe(this.id, x, false).value];
    });
  }
}

function graphAt(graph, id, x) {
  const { value, slope } = graph.probe(id, x, true);
  return { y0: value, slope };
}
