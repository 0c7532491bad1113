// The graph, alive: its inputs, the numbers and local derivatives that the program gives, and the gradients after a step.
//
// The steps are first the ops in the order of evaluation, then the edges in the order of the backward pass. Nothing
// here knows a derivative of any op: `evaluate` fills in the local derivatives, and `push` multiplies and adds.

import { parsed } from "./numbers.js";

export class Graph {
  constructor(data, evaluate) {
    this.nodes = data.nodes;
    this.root = data.root;
    this.edges = data.edges.map(([user, place]) => ({ user, place, parent: data.nodes[user].parents[place] }));
    this.inputs = data.inputs;
    this.start = data.start.map(parsed);
    this.order = data.steps;
    this.carries = new Set(data.steps); // edges to constants and conditions carry no gradient
    this.forward = data.nodes.map((_, id) => id).filter((id) => data.nodes[id].op);
    this.steps = this.forward.length + this.order.length;
    this.step = this.steps;
    this.evaluate = evaluate;
    this.x = Float64Array.from(this.start);
    this.y = new Float64Array(this.nodes.length + this.edges.length);
    this.values = this.y.subarray(0, this.nodes.length);
    this.partials = this.y.subarray(this.nodes.length);
    this.grads = new Float64Array(this.nodes.length);
    this.reached = new Uint8Array(this.nodes.length);
    this.index = indexed(this.nodes.length, this.edges);
    this.place = new Int32Array(this.nodes.length).fill(-1);
    this.forward.forEach((id, k) => {
      this.place[id] = k;
    });
    this.run();
    this.began = this.values.slice();
  }

  run() {
    this.evaluate(this.x, this.y);
    this.rewind(this.step);
  }

  // The gradients after a number of steps, from nothing.
  rewind(step) {
    this.step = step;
    this.grads.fill(0);
    this.reached.fill(0);
    if (step < this.forward.length) return;
    this.grads[this.root] = this.reached[this.root] = 1;
    const last = step - this.forward.length;
    for (let k = 0; k < last; k++) this.push(this.edges[this.order[k]], this.order[k]);
  }

  // The chain rule along one edge.
  push(edge, number) {
    this.grads[edge.parent] += this.contribution(edge, number);
    this.reached[edge.parent] = 1;
  }

  // What an op did not select gets nothing, even when inf or nan arrives.
  contribution({ user }, number) {
    const partial = this.partials[number];
    return partial === 0 && this.nodes[user].selects ? 0 : partial * this.grads[user];
  }

  // The edge of the last step, null while the graph is evaluated.
  current() {
    const k = this.step - this.forward.length - 1;
    return k >= 0 ? this.order[k] : null;
  }

  value(id) {
    return this.place[id] < this.step ? this.values[id] : null;
  }

  grad(id) {
    return this.reached[id] ? this.grads[id] : null;
  }

  partial(number) {
    return this.place[this.edges[number].user] < this.step ? this.partials[number] : null;
  }

  isAtStart() {
    return this.x.every((number, k) => Object.is(number, this.start[k]));
  }

  input(id) {
    return this.inputs.indexOf(id);
  }

  set(id, number) {
    this.x[this.input(id)] = number;
    this.run();
  }

  // The root and its slope by one input, at the present inputs but for that one.
  probe(id, number, withSlope) {
    const { step } = this;
    const k = this.input(id);
    const before = this.x[k];
    this.x[k] = number;
    this.evaluate(this.x, this.y);
    const value = this.values[this.root];
    if (withSlope) this.rewind(this.steps);
    const slope = withSlope ? this.grads[id] : null;
    this.x[k] = before;
    this.evaluate(this.x, this.y);
    if (withSlope) this.rewind(step);
    return { value, slope };
  }
}

// For each node the numbers of the edges to what it uses, and from what uses it.
function indexed(n, edges) {
  const index = Array.from({ length: n }, () => ({ below: [], above: [] }));
  edges.forEach(({ user, parent }, number) => {
    index[user].below.push(number);
    index[parent].above.push(number);
  });
  return index;
}
