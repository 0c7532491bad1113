// The explorer of one graph: its parts, put together.

import { restored, save } from "./address.js";
import { scaleOf } from "./camera.js";
import { card } from "./card.js";
import { byId, fill, forgetColours, make } from "./elements.js";
import { Graph } from "./graph.js";
import { Nudge } from "./nudge.js";
import { format } from "./numbers.js";
import { reach } from "./paths.js";
import { hides, Quiz } from "./quiz.js";
import { Scene } from "./scene.js";
import { Stage } from "./stage.js";
import { change, listen, state } from "./store.js";
import { tell } from "./story.js";
import { preferred, t, translate } from "./strings.js";
import { trace } from "./trace.js";
import { Transport } from "./transport.js";

const TABS = ["card", "nudge", "quiz", "trace"];
const READABLE = 0.55; // a scale at which a box can be read from afar
const KINDS = ["input", "parameter", "constant", "interior", "scope"];

// An explorer of the graph in the page's data, shown from now on whenever something changes.
export function begun(evaluate) {
  const data = JSON.parse(byId("data").textContent);
  const explorer = new Explorer(data, new Graph(data, evaluate));
  explorer.restore();
  listen(() => explorer.render());
  return { data, explorer };
}

class Explorer {
  constructor(data, graph) {
    Object.assign(this, { data, graph, scenes: [], written: "" });
    this.select = this.select.bind(this);
    this.open = this.open.bind(this);
    this.transport = new Transport(graph, () => this.stage.follow());
    this.stage = new Stage({
      scene: () => this.scene(),
      look: () => this.look(),
      boxes: () => this.boxes(),
      select: this.select,
      open: this.open,
    });
    this.nudge = new Nudge(byId("nudge"), graph, this.select);
    this.quiz = new Quiz(byId("quiz"), graph, data, this.select);
    this.media = matchMedia("(prefers-color-scheme: dark)");
    this.listen();
  }

  scene() {
    this.scenes[state.view] ??= new Scene(this.data.views[state.view], this.graph);
    return this.scenes[state.view];
  }

  // All that the drawing depends on.
  look() {
    const { graph } = this;
    const done = new Set(graph.order.slice(0, Math.max(0, graph.step - graph.forward.length)));
    const hidden = hides();
    return {
      graph,
      scene: this.scene(),
      selected: state.selected,
      related: state.highlight && state.selected !== null ? reach(graph, state.selected, state.highlight) : null,
      done: (number) => done.has(number),
      hidesGradients: hidden.gradients,
      hidesPartials: hidden.partials,
    };
  }

  render() {
    const { graph, data } = this;
    this.setLanguage();
    if (state.mode === "train") return;
    save(graph);
    const look = this.look();
    this.stage.render();
    this.transport.render();
    byId("story").hidden = state.tab === "quiz";
    tell(graph);
    for (const tab of TABS) {
      byId(tab).hidden = state.tab !== tab;
      byId(`tab-${tab}`).setAttribute("aria-selected", String(state.tab === tab));
      byId(`tab-${tab}`).tabIndex = state.tab === tab ? 0 : -1;
    }
    const parts = { graph, data, look, select: this.select, open: this.open, box: this.openable(look.scene) };
    if (state.tab === "card") card(byId("card"), parts);
    else if (state.tab === "nudge") this.nudge.render();
    else if (state.tab === "quiz") this.quiz.render();
    else trace(byId("trace"), parts);
  }

  // Whatever has words, when the language, the view or the theme is another.
  setLanguage() {
    const key = `${state.language} ${state.theme} ${state.view}`;
    if (this.written === key) return;
    this.written = key;
    const { graph, data } = this;
    const root = graph.nodes[graph.root].name;
    document.documentElement.dataset.theme = state.theme;
    forgetColours();
    translate();
    byId("title").textContent = data.training ? data.training.model : t("title", root);
    byId("graph").setAttribute("aria-label", t("graph"));
    byId("language").lang = state.language === "zh" ? "en" : "zh-CN";
    const facts = [graph.nodes.length, graph.edges.length, root, format(graph.values[graph.root])];
    byId("summary").textContent = t("summary", ...facts);
    const kinds = new Set(this.scene().boxes.map(({ kind }) => kind));
    const shown = KINDS.filter((kind) => kinds.has(kind));
    fill(byId("legend"), ...shown.map((kind) => make("span", { class: kind }, t(kind))));
    this.fillViews();
  }

  fillViews() {
    const options = this.data.views.map(({ level, opened }, k) => {
      const name = opened ? t("opened", t(level), opened.replace(/^model\./, "")) : t(level);
      return make(
        "option",
        { value: k, selected: k === state.view, hidden: Boolean(opened) && k !== state.view },
        name,
      );
    });
    fill(byId("view"), ...options);
  }

  select(id, keepsTab = false) {
    const tab = keepsTab || state.tab === "nudge" || state.tab === "quiz" ? state.tab : "card";
    change({ selected: id, tab, highlight: id === null ? "" : state.highlight });
  }

  // Open a part in place, or close it again.
  open(scope) {
    const found = this.viewOf(scope);
    if (found >= 0) this.setView(found);
  }

  // The view in which a part is opened, or is closed if it is open; −1 where none was laid out.
  viewOf(scope) {
    const { level, opened } = this.scene();
    const { views } = this.data;
    const find = (wanted, name) => views.findIndex((view) => view.level === wanted && view.opened === name);
    const found = opened === scope ? find(level, "") : find(level, scope);
    return found >= 0 ? found : views.findIndex((view) => view.opened === scope);
  }

  setView(view) {
    change({ view });
    this.stage.home();
  }

  // Begin anew at the inputs as they are now; what Python told was about others.
  restart() {
    const { graph } = this;
    if (!graph.isAtStart()) {
      this.data.causes = {};
      this.quiz.slips = [];
    }
    graph.start = Float64Array.from(graph.x);
    graph.run();
  }

  // The box of the selected node, if it can be opened.
  openable(scene) {
    const box = scene.boxes[scene.boxOf[state.selected ?? this.graph.root]];
    return box.scope && this.viewOf(box.scope) >= 0 ? box : null;
  }

  // The boxes of the current step.
  boxes() {
    const { graph } = this;
    const edge = graph.edges[graph.current()];
    const ids = edge ? [edge.user, edge.parent] : [graph.forward[graph.step - 1] ?? 0];
    const scene = this.scene();
    return ids.map((id) => scene.boxes[scene.boxOf[id]]);
  }

  // The finest level that can be read on this screen, or the one that comes nearest.
  opening() {
    const stage = this.stage.size();
    const scales = this.data.views.map(({ opened, size }) => (opened ? 0 : scaleOf(size, stage)));
    const readable = scales.findIndex((scale) => scale >= READABLE);
    return readable >= 0 ? readable : scales.indexOf(Math.max(...scales));
  }

  find(text) {
    const wanted = text.trim().toLowerCase();
    if (!wanted) return;
    const { nodes } = this.graph;
    const tests = [
      ({ name, label }) => name.toLowerCase() === wanted || label.toLowerCase() === wanted,
      ({ name, label }) => `${name} ${label}`.toLowerCase().includes(wanted),
      ({ op, symbol }) => op === wanted || symbol === wanted,
      ({ scope }) => scope.toLowerCase().includes(wanted),
    ];
    for (const test of tests) {
      const found = nodes.map((_, id) => id).filter((id) => test(nodes[id]));
      if (found.length) {
        const next = found.find((id) => id > (state.selected ?? -1)) ?? found[0];
        this.select(next);
        const scene = this.scene();
        this.stage.follow([scene.boxes[scene.boxOf[next]]]);
        return;
      }
    }
    byId("search").setCustomValidity(t("nothingFound"));
    byId("search").reportValidity();
  }

  // ---- what people do ----

  listen() {
    const on = (id, name, act) => byId(id).addEventListener(name, act);
    on("view", "change", () => this.setView(Number(byId("view").value)));
    on("search", "change", () => this.find(byId("search").value));
    on("search", "input", () => byId("search").setCustomValidity(""));
    on("zoom-in", "click", () => this.stage.zoom(1.25));
    on("zoom-out", "click", () => this.stage.zoom(0.8));
    on("zoom-fit", "click", () => this.stage.fit());
    const chosen = (name) => ({ isChosen: { ...state.isChosen, [name]: true } });
    on("theme", "click", () => change({ theme: state.theme === "dark" ? "light" : "dark", ...chosen("theme") }));
    on("language", "click", () => change({ language: state.language === "zh" ? "en" : "zh", ...chosen("language") }));
    for (const [k, tab] of TABS.entries()) {
      on(`tab-${tab}`, "click", () => change({ tab }));
      on(`tab-${tab}`, "keydown", (event) => this.moveTab(event, k));
    }
    document.addEventListener("keydown", (event) => this.key(event));
    this.media.addEventListener("change", () => state.isChosen?.theme || change({ theme: this.preferredTheme() }));
    window.addEventListener("hashchange", () => this.restore());
    const names = [...new Set(this.graph.nodes.map(({ name }) => name))].slice(0, 500);
    fill(byId("found"), ...names.map((name) => make("option", { value: name })));
  }

  moveTab(event, k) {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    event.stopPropagation();
    const tab = TABS[(k + step + TABS.length) % TABS.length];
    change({ tab });
    byId(`tab-${tab}`).focus();
  }

  key(event) {
    const { target } = event;
    if (state.mode === "train") return;
    if (event.ctrlKey || event.metaKey || event.altKey || target.closest("input, select, textarea")) return;
    const isButton = target.closest("button");
    const acts = {
      ArrowRight: () => this.transport.move(1),
      ArrowLeft: () => this.transport.move(-1),
      Home: () => this.transport.goto(0),
      End: () => this.transport.goto(this.graph.steps),
      " ": () => (isButton ? null : this.transport.toggle()),
      "+": () => this.stage.zoom(1.25),
      "-": () => this.stage.zoom(0.8),
      0: () => this.stage.fit(),
      Escape: () => this.select(null),
    };
    if (!(event.key in acts) || (event.key === " " && isButton)) return;
    event.preventDefault();
    acts[event.key]();
  }

  preferredTheme() {
    return this.media.matches ? "dark" : "light";
  }

  // What the address asks for, and the preferences of the browser elsewhere.
  restore() {
    const { graph } = this;
    const asked = restored(graph, this.data.views.length);
    for (const [k, x] of asked.inputs) graph.x[k] = x;
    graph.evaluate(graph.x, graph.y);
    graph.rewind(asked.step ?? graph.step);
    change({
      view: asked.view ?? this.opening(),
      selected: asked.selected,
      tab: asked.tab ?? "card",
      language: asked.language ?? preferred(),
      theme: asked.theme ?? this.preferredTheme(),
      isChosen: { language: Boolean(asked.language), theme: Boolean(asked.theme) },
    });
  }
}
