// Predict: one local derivative or gradient is hidden, an answer is taken, and known slips are told apart. What a slip
// would have given comes from Python's wrong passes; the page has only their names.

import { fill, make } from "./elements.js";
import { calculated } from "./expression.js";
import { format, parsed } from "./numbers.js";
import { change, state } from "./store.js";
import { knows, t } from "./strings.js";

const TOLERANCE = 0.005; // relative: an answer with three digits is right
const LARGEST_FORMULA = 60;

export class Quiz {
  constructor(panel, graph, data, select) {
    Object.assign(this, { panel, graph, data, select, right: 0, asked: 0, built: "" });
    this.slips = data.slips.map((slip) => ({ ...slip, gradients: slip.gradients.map(parsed) }));
  }

  render() {
    const key = `${state.language} ${state.question?.text ?? ""}`;
    if (this.built === key) return;
    this.built = key;
    this.build();
  }

  build() {
    const { question } = state;
    this.verdict = make("p", { id: "quiz-verdict", "aria-live": "polite" });
    this.hint = make("p", { id: "quiz-hint" });
    this.tally = make("p", { class: "note", id: "quiz-score" }, t("score", this.right, this.asked));
    const ask = make(
      "button",
      { type: "button", class: "primary", id: "quiz-ask", onclick: () => this.ask() },
      t(question ? "another" : "begin"),
    );
    fill(this.panel, make("p", { class: "note" }, t("quizIntro")), ...this.asking(question), ask, this.tally);
  }

  asking(question) {
    if (!question) return [];
    this.field = make("input", { type: "text", id: "quiz-answer", autocomplete: "off", spellcheck: "false" });
    const form = make(
      "form",
      { class: "row", onsubmit: (event) => this.answered(event) },
      make("label", { for: "quiz-answer" }, t("answer")),
      this.field,
      make("button", { type: "submit", id: "quiz-check" }, t("check")),
      make("button", { type: "button", id: "quiz-reveal", onclick: () => this.reveal() }, t("reveal")),
    );
    return [make("h2", { id: "quiz-question" }, question.text), this.given(question), form, this.verdict, this.hint];
  }

  // The numbers that one needs.
  given({ needs }) {
    const lines = needs.flatMap(([term, number]) => [make("dt", {}, term), make("dd", {}, format(number, 5))]);
    return make("dl", { class: "facts" }, ...lines);
  }

  ask() {
    this.graph.x.set(this.graph.start);
    this.graph.rewind(this.graph.steps);
    this.graph.run();
    const pool = [...localQuestions(this.graph), ...gradientQuestions(this.graph, this.slips)];
    if (!pool.length) return;
    const others = pool.filter(({ text }) => text !== state.question?.text);
    const drawn = (others.length ? others : pool)[Math.floor(Math.random() * (others.length || pool.length))];
    const question = { ...drawn, answer: drawn.expected(), isOpen: true };
    this.select(drawn.node);
    change({ question, highlight: "" });
  }

  answered(event) {
    event.preventDefault();
    const { question } = state;
    const text = this.field.value.trim();
    if (!text || !question.isOpen) return;
    const found = calculated(text, namesOf(this.graph));
    if (found === null) {
      this.say("", t("unread", text));
      return;
    }
    const slip = this.slipOf(question, found);
    if (isClose(found, question.answer) && !slip) {
      this.close(true, t("right", question.what, format(question.answer)));
      return;
    }
    this.say("bad", t("wrong", format(found)), slip ? t("slip", slip) : "");
    question.wasWrong = true;
  }

  // Which known slip gives this number, nearer than the right answer is.
  slipOf({ answer, slips, node, isGradient }, found) {
    const known = isGradient ? this.slips.map(({ name, says, gradients }) => [name, gradients[node], says]) : [];
    const fits = ([, number]) => isClose(found, number) && !(Math.abs(found - answer) <= Math.abs(found - number));
    const slip = [...known, ...slips, ["sign", -answer]].find(fits);
    if (!slip) return "";
    const [name, , says] = slip;
    return knows(`slip:${name}`) ? t(`slip:${name}`) : says;
  }

  reveal() {
    const { question } = state;
    if (question?.isOpen) this.close(false, t("revealed", question.what, format(question.answer)));
  }

  close(isRight, text) {
    const { question } = state;
    question.isOpen = false;
    this.asked += 1;
    if (isRight && !question.wasWrong) this.right += 1;
    this.say(isRight ? "good" : "", text);
    this.tally.textContent = t("score", this.right, this.asked);
    change();
  }

  say(kind, text, hint = "") {
    this.verdict.className = kind;
    this.verdict.textContent = text;
    this.hint.textContent = hint;
  }
}

export function hides() {
  const isOpen = state.tab === "quiz" && state.question?.isOpen;
  return { gradients: Boolean(isOpen && state.question.isGradient), partials: Boolean(isOpen) };
}

function localQuestions(graph) {
  const { nodes, edges } = graph;
  return edges.flatMap(({ user, parent }, number) => {
    const { formula, rules, name } = nodes[user];
    const isTrivial = /^-?\d+(\.\d+)?$/.test(rules[edges[number].place]);
    if (isTrivial || !graph.carries.has(number) || formula.length > LARGEST_FORMULA) return [];
    if (!Number.isFinite(graph.partials[number])) return [];
    const what = `∂${name}/∂${nodes[parent].name}`;
    return [
      {
        isGradient: false,
        node: user,
        what,
        text: t("askLocal", name, formula, what),
        needs: numbersOf(graph, [...new Set(nodes[user].parents), user]),
        expected: () => graph.partials[number],
        slips: [
          ["input for output", parsed(nodes[user].confused ?? "nan")],
          ["σ′ missing", nodes[user].parents.length === 1 ? 1 : Number.NaN],
        ],
      },
    ];
  });
}

function gradientQuestions(graph) {
  const { nodes, root } = graph;
  return nodes.flatMap(({ name, kind }, id) => {
    const above = graph.index[id].above.filter((number) => graph.carries.has(number));
    if (kind === "constant" || id === root || !above.length || above.length > 4) return [];
    if (!Number.isFinite(graph.grads[id]) || graph.grads[id] === 0) return [];
    const what = `∂${nodes[root].name}/∂${name}`;
    const users = [...new Set(above.map((number) => graph.edges[number].user))];
    const needs = users.flatMap((user) => [
      [`∂${nodes[root].name}/∂${nodes[user].name}`, graph.grads[user]],
      ...numbersOf(graph, [...new Set([...nodes[user].parents, user])]),
    ]);
    const formulas = users.map((user) => `${nodes[user].name} = ${nodes[user].formula}`).join(", ");
    return [
      {
        isGradient: true,
        node: id,
        what,
        text: `${t("askReached", name, formulas)} ${t("askGradient", what, name)}`,
        needs: [...new Map(needs).entries()],
        expected: () => graph.grads[id],
        slips: above.flatMap((number) => [
          ["upstream", graph.grads[graph.edges[number].user]],
          ["local", graph.partials[number]],
        ]),
      },
    ];
  });
}

function numbersOf(graph, ids) {
  return ids.map((id) => [graph.nodes[id].name, graph.values[id]]);
}

function namesOf(graph) {
  return new Map(graph.nodes.map(({ name }, id) => [name, graph.values[id]]));
}

function isClose(a, b) {
  if (Number.isNaN(a) || Number.isNaN(b) || b === null || b === undefined) return false;
  return a === b || Math.abs(a - b) <= TOLERANCE * Math.max(Math.abs(a), Math.abs(b)) + 1e-12;
}
