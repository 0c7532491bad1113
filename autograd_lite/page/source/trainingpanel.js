// The panel of the playground: where training stands, its numbers, a neuron, one sample, other data, and the code.

import { fill, make } from "./elements.js";
import { weightsOf } from "./netdrawing.js";
import { format } from "./numbers.js";
import { change, state } from "./store.js";
import { t } from "./strings.js";

const SPEEDS = ["fast", "slow"];
const WEIGHTS = 20;

// An aside with a method `update`.
export function panel(playground) {
  const { trainer, data } = playground;
  const standing = make("dl", { class: "facts", id: "standing" });
  const warning = make("p", { class: "bad", role: "alert" });
  const neuron = make("div", { id: "neuron" });
  const fields = { lr: () => trainer.settings[trainer.lr], batch: () => trainer.batchSize, l2: () => trainer.l2 };
  const inputs = Object.keys(fields).map((name) => number(name, playground));
  const speed = make(
    "select",
    { id: "speed", onchange: () => change({ speed: speed.value }) },
    ...SPEEDS.map((name) => make("option", { value: name, "data-t": name })),
  );
  const sample = make("input", { type: "number", id: "sample", min: 0, step: 1 });
  sample.addEventListener("change", () => {
    const k = Math.min(Math.max(0, Math.round(Number(sample.value))), trainer.rows.length - 1);
    change({ sample: k });
  });
  const row = make("p", { class: "note mono", id: "row" });
  const text = make("textarea", { id: "csv", rows: 5, spellcheck: "false" });
  const note = make("p", { class: "note", id: "csv-note", "aria-live": "polite" });
  const source = make("pre", { id: "code", tabindex: 0 });
  const python = make(
    "details",
    { id: "python", ontoggle: () => change() },
    make("summary", { "data-t": "python" }),
    source,
  );
  const aside = make(
    "aside",
    { id: "controls", "data-name": "controls" },
    make("h2", { "data-t": "trainTitle" }),
    standing,
    warning,
    ...inputs,
    make("div", { class: "row" }, make("label", { for: "speed", "data-t": "speed" }), speed),
    make("h2", { "data-t": "sampleTitle" }),
    make("div", { class: "row" }, make("label", { for: "sample", "data-t": "sampleNumber" }), sample),
    row,
    make("button", {
      type: "button",
      class: "primary",
      id: "open-graph",
      "data-t": "openGraph",
      onclick: () => playground.enter("graph"),
    }),
    neuron,
    make(
      "details",
      {},
      make("summary", { "data-t": "ownData" }),
      make("label", { for: "csv", class: "note", "data-t": "csvHint" }),
      text,
      make("button", {
        type: "button",
        id: "use-csv",
        "data-t": "useData",
        onclick: () => playground.paste(text.value),
      }),
      note,
    ),
    python,
  );
  aside.update = () => {
    fill(standing, ...playground.standing().flatMap(([term, value]) => [make("dt", {}, term), make("dd", {}, value)]));
    warning.textContent = playground.isOver ? t("diverged") : "";
    for (const [name, value] of Object.entries(fields)) {
      const field = aside.querySelector(`#set-${name}`);
      if (document.activeElement !== field) field.value = value();
    }
    if (document.activeElement !== sample) sample.value = state.sample;
    row.textContent = described(trainer.rows[state.sample], data);
    fill(neuron, ...told(state.unit, playground));
    note.textContent = playground.note;
    if (python.open) source.textContent = playground.code();
  };
  return aside;
}

function number(name, playground) {
  const field = make("input", { type: "number", id: `set-${name}`, min: 0, step: "any" });
  field.addEventListener("change", () => field.value !== "" && playground.set(name, Number(field.value)));
  return make("div", { class: "row" }, make("label", { for: `set-${name}`, "data-t": `set-${name}` }), field);
}

function described(row, { inputs }) {
  const numbers = [...row].map((x) => format(x));
  return `x = (${numbers.slice(0, inputs).join(", ")}), y = ${numbers.slice(inputs).join(", ")}`;
}

function told(unit, { data, trainer }) {
  if (unit === null || unit < 0) return [];
  const weights = weightsOf(data, unit, trainer.parameters);
  const lines = weights
    .slice(0, WEIGHTS)
    .map(([from, weight]) =>
      make("tr", {}, make("td", {}, `${t("weightFrom", from)}`), make("td", { class: "right" }, weight)),
    );
  return [make("h2", {}, t("neuronTitle", data.units[unit].name)), make("table", {}, make("tbody", {}, ...lines))];
}
