// The playground: the net as it learns, what it answers, its loss, and all that a person may change in between.

import { save } from "./address.js";
import { code } from "./code.js";
import { read } from "./csv.js";
import { byId, make } from "./elements.js";
import { format } from "./numbers.js";
import { change, state } from "./store.js";
import { t } from "./strings.js";
import { panel } from "./trainingpanel.js";
import { Views } from "./trainingviews.js";

const BUDGET = 11; // milliseconds of training a frame, at full speed
const REPLAYED = 3000; // milliseconds for what an address asks for
const TWICE = "M4 5v14l8-7zM12 5v14l8-7z"; // an epoch is many steps
const NUMBERS = ["lr", "l2", "batch"];

export class Playground {
  constructor(data, trainer, predict, explorer) {
    Object.assign(this, { data, trainer, explorer, isOver: false, note: "" });
    this.views = new Views(data, predict, trainer);
    state.mode = "train";
    Object.assign(state, { running: false, unit: null, sample: 0, speed: "fast", extra: {} });
    this.build();
    this.restore();
  }

  build() {
    const stage = make(
      "section",
      { id: "playground", "data-name": "playground" },
      figure("net", (event) => this.pickUnit(event)),
      figure("map", (event) => this.pickSample(event)),
      figure("curve"),
    );
    this.controls = panel(this);
    document.querySelector("main").append(stage, this.controls);
    this.bar = this.transport();
    document.querySelector("footer").after(this.bar);
    const modes = ["train", "graph"].map((mode) =>
      make("button", { type: "button", id: `mode-${mode}`, "data-t": `mode-${mode}`, onclick: () => this.enter(mode) }),
    );
    byId("title").after(make("div", { class: "group", role: "group", "data-name": "mode" }, ...modes));
    new ResizeObserver(() => change()).observe(stage);
  }

  transport() {
    const buttons = [
      ["reset", "first", () => this.reset()],
      ["epochBack", "back", () => this.scrub(this.trainer.epoch - 1)],
      ["run", "play", () => this.toggle()],
      ["oneStep", "next", () => this.advance(() => this.trainer.step())],
      ["oneEpoch", "next", () => this.train(1)],
    ].map(([key, icon, onclick]) => {
      const button = make("button", { type: "button", id: `train-${key}`, "data-name": key, onclick });
      button.append(byId(icon).firstElementChild.cloneNode(true));
      for (const part of button.querySelectorAll("[id]")) part.id = `train-${part.id}`;
      if (key === "oneEpoch") button.querySelector("path").setAttribute("d", TWICE);
      return button;
    });
    this.scrubber = make("input", { type: "range", id: "epochs", min: 0, step: 1, "data-name": "epochs" });
    this.scrubber.addEventListener("input", () => this.scrub(Number(this.scrubber.value)));
    return make(
      "footer",
      { id: "bar", class: "training" },
      make("div", { class: "group", role: "group", "data-name": "transport" }, ...buttons),
      make("div", { id: "epoch-track" }, this.scrubber),
      make("output", { id: "epoch", for: "epochs" }),
    );
  }

  // ---- training ----

  // Something that trains: first forget what came after, last show it.
  advance(train) {
    if (this.trainer.epoch < this.trainer.last()) this.trainer.forget();
    this.isOver = train() === false;
    if (this.isOver) this.stop();
    change();
  }

  train(epochs) {
    const { trainer } = this;
    this.advance(() => {
      for (const last = trainer.epoch + epochs; trainer.epoch < last; ) if (!trainer.step()) return false;
      return true;
    });
    const parameters = this.data.parameters.map(({ name }, p) => [name, trainer.parameters[p]]);
    return { epoch: trainer.epoch, loss: trainer.loss.at(-1) ?? null, parameters: Object.fromEntries(parameters) };
  }

  // What is done in one frame while training runs.
  frame() {
    const { trainer } = this;
    if (state.speed === "slow") {
      this.advance(() => trainer.step());
      return;
    }
    const end = performance.now() + BUDGET;
    this.advance(() => {
      do if (!trainer.step()) return false;
      while (performance.now() < end);
      return true;
    });
  }

  toggle() {
    change({ running: !state.running });
  }

  stop() {
    state.running = false;
  }

  scrub(epoch) {
    this.stop();
    this.trainer.goto(Math.min(Math.max(0, epoch), this.trainer.last()));
    this.isOver = false;
    change();
  }

  reset() {
    this.scrub(0);
    this.trainer.forget();
  }

  set(name, number) {
    const { trainer } = this;
    if (name === "lr" && number >= 0) trainer.settings[trainer.lr] = number;
    else if (name === "l2" && number >= 0) trainer.l2 = number;
    else if (name === "batch" && number >= 1) {
      trainer.batchSize = Math.min(Math.round(number), trainer.rows.length);
      Object.assign(trainer, { place: 0, total: 0, right: 0 });
    }
    change();
  }

  // Other data, from text; a note says what is wrong with it.
  paste(text) {
    const found = read(text, this.data.csv);
    if (found.error) this.note = t(...found.error);
    else {
      this.stop();
      this.note = t("csvRead", found.rows.length);
      state.sample = 0;
      this.trainer.load(
        found.rows,
        this.trainer.batchSize === this.trainer.rows.length ? null : this.trainer.batchSize,
      );
      this.views.framed = null;
    }
    change();
  }

  // ---- what is shown ----

  render() {
    const isTraining = state.mode === "train";
    if (isTraining && state.running) this.frame();
    for (const element of [byId("stage"), byId("panel"), ...document.querySelectorAll("footer:not(.training)")]) {
      element.hidden = isTraining;
    }
    for (const element of document.querySelectorAll("header .of-graph")) element.hidden = isTraining;
    for (const element of [byId("playground"), this.controls, this.bar]) element.hidden = !isTraining;
    for (const mode of ["train", "graph"])
      byId(`mode-${mode}`).setAttribute("aria-pressed", String(state.mode === mode));
    this.remember();
    if (!isTraining) return;
    save(this.explorer.graph);
    this.renderBar();
    this.controls.update();
    for (const id of ["net", "map", "curve"]) byId(id).setAttribute("aria-label", t(`${id}Label`));
    byId("net-caption").textContent = t("netCaption");
    byId("map-caption").textContent = this.isUnit()
      ? t("unitCaption", this.data.units[state.unit].name)
      : this.answerCaption();
    byId("curve-caption").textContent = t(this.trainer.validation.length ? "curveCaptionValidation" : "curveCaption");
    this.views.render();
    if (state.running) change();
  }

  // What the two colours of the map mean; the colours of classes are those of the samples.
  answerCaption() {
    const { inputs, outputs, threshold } = this.data;
    return inputs === 2 && outputs === 1 ? t("mapCaptionScale", threshold) : t("mapCaption");
  }

  renderBar() {
    const { trainer } = this;
    const last = trainer.last();
    this.scrubber.max = Math.max(1, last);
    this.scrubber.value = trainer.epoch;
    this.scrubber.setAttribute("aria-valuetext", t("epochOf", trainer.epoch));
    byId("epoch").textContent = t("epochOf", trainer.epoch.toLocaleString("en"));
    byId("train-icon-play").toggleAttribute("hidden", state.running);
    byId("train-icon-pause").toggleAttribute("hidden", !state.running);
    byId("train-run").setAttribute("aria-label", t(state.running ? "pause" : "run"));
    byId("train-reset").disabled = byId("train-epochBack").disabled = trainer.epoch === 0;
  }

  isUnit() {
    return state.unit !== null && state.unit >= 0;
  }

  // Loss and accuracy of the last epoch that was done, as they were met.
  standing() {
    const { trainer, data } = this;
    const k = trainer.epoch - 1;
    const found = [[t("loss"), format(k >= 0 ? trainer.loss[k] : null)]];
    if (data.hasAnswers) {
      found.push([t("accuracy"), k >= 0 ? `${format(100 * trainer.accuracy[k])} %` : "–"]);
    }
    if (trainer.validation.length) found.push([t("validation"), format(k >= 0 ? trainer.validationLoss[k] : null)]);
    return found;
  }

  code() {
    return code(this.trainer, this.data);
  }

  pickUnit(event) {
    change({ unit: this.views.net.at(event.offsetX, event.offsetY) });
  }

  pickSample(event) {
    const found = this.views.sampleAt(event.offsetX, event.offsetY);
    if (found !== null) change({ sample: found });
  }

  // ---- the graph of one sample ----

  enter(mode) {
    if (mode === "graph") {
      this.stop();
      this.hand();
    }
    state.mode = mode;
    this.remember();
    change();
    if (mode === "graph") requestAnimationFrame(() => this.explorer.stage.home());
  }

  // Give the explorer the parameters and the sample as they are now.
  hand() {
    const { graph } = this.explorer;
    const row = this.trainer.rows[state.sample];
    for (const [k, source] of this.data.sources.entries()) {
      if (source?.parameter !== undefined) graph.x[k] = this.trainer.parameters[source.parameter];
      else if (source?.row !== undefined) graph.x[k] = row[source.row];
    }
    this.explorer.restart();
  }

  // ---- the address ----

  remember() {
    const { trainer, data } = this;
    const extra = { mode: state.mode === "train" ? null : "graph", epoch: trainer.epoch || null };
    if (trainer.settings[trainer.lr] !== data.settings[trainer.lr]?.value) extra.lr = trainer.settings[trainer.lr];
    if (trainer.l2 !== data.l2) extra.l2 = trainer.l2;
    if (trainer.batchSize !== Math.min(data.batchSize ?? data.rows.length, data.rows.length)) {
      extra.batch = trainer.batchSize;
    }
    if (state.sample) extra.sample = state.sample;
    if (state.unit !== null) extra.unit = state.unit;
    state.extra = extra;
  }

  restore() {
    const parts = new URLSearchParams(location.hash.slice(1));
    for (const name of NUMBERS) {
      const number = Number(parts.get(name));
      if (parts.has(name) && Number.isFinite(number)) this.set(name, number);
    }
    const sample = Number(parts.get("sample"));
    if (Number.isInteger(sample) && sample >= 0 && sample < this.trainer.rows.length) state.sample = sample;
    const unit = Number(parts.get("unit"));
    if (parts.has("unit") && Number.isInteger(unit) && unit in this.data.units) state.unit = unit;
    const end = performance.now() + REPLAYED;
    while (this.trainer.epoch < Number(parts.get("epoch")) && performance.now() < end) this.trainer.step();
    if (parts.get("mode") === "graph") this.enter("graph");
  }
}

// A canvas under its caption.
function figure(id, onclick = null) {
  const canvas = make("canvas", { id, role: "img" });
  if (onclick) canvas.addEventListener("click", onclick);
  return make("figure", { id: `${id}-figure` }, make("figcaption", { id: `${id}-caption` }), canvas);
}
