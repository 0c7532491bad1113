// The transport: to the beginning, back, play, on, to the end; and the scrubber.

import { byId } from "./elements.js";
import { change, state } from "./store.js";
import { t } from "./strings.js";

const PERIOD = 900; // milliseconds a step

export class Transport {
  constructor(graph, moved) {
    Object.assign(this, { graph, moved, timer: 0 });
    byId("scrubber").max = graph.steps;
    const track = byId("track");
    const [forward, backward] = [graph.forward.length, graph.order.length];
    track.style.gridTemplateColumns = `${Math.max(forward, 1)}fr ${Math.max(backward, 1)}fr`;
    const on = (id, act) => byId(id).addEventListener("click", act);
    on("first", () => this.goto(0));
    on("back", () => this.move(-1));
    on("play", () => this.toggle());
    on("next", () => this.move(1));
    on("last", () => this.goto(graph.steps));
    byId("scrubber").addEventListener("input", () => this.goto(Number(byId("scrubber").value)));
  }

  goto(step) {
    this.stop();
    this.to(step);
  }

  move(by) {
    this.goto(Math.min(this.graph.steps, Math.max(0, this.graph.step + by)));
  }

  to(step) {
    this.graph.rewind(step);
    this.moved();
    change();
  }

  toggle() {
    if (state.playing) {
      this.stop();
      return;
    }
    if (this.graph.step === this.graph.steps) this.to(0);
    this.timer = setInterval(() => this.tick(), PERIOD);
    change({ playing: true });
  }

  tick() {
    if (this.graph.step < this.graph.steps) this.to(this.graph.step + 1);
    if (this.graph.step === this.graph.steps) this.stop();
  }

  stop() {
    clearInterval(this.timer);
    if (state.playing) change({ playing: false });
  }

  render() {
    const { step, steps } = this.graph;
    byId("scrubber").value = step;
    byId("scrubber").setAttribute("aria-valuetext", t("position", step, steps));
    byId("position").textContent = `${step} / ${steps}`;
    byId("icon-play").toggleAttribute("hidden", state.playing);
    byId("icon-pause").toggleAttribute("hidden", !state.playing);
    byId("play").setAttribute("aria-label", t(state.playing ? "pause" : "play"));
    byId("first").disabled = byId("back").disabled = step === 0;
    byId("last").disabled = byId("next").disabled = step === steps;
  }
}
