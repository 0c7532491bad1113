// Training with the tapes that fit compiles: `sample` gives a sample's cost, whether it was answered right, and its
// gradient, `penalty` the regulariser of one parameter and its derivative, `update` the optimizer's step.

import { parsed } from "./numbers.js";
import { Order } from "./shuffle.js";

const KEPT = 2000; // snapshots at most; of more, every second one goes

export class Trainer {
  constructor(data, { sample, penalty, update, cost }) {
    Object.assign(this, { sample, penalty, update, cost });
    this.n = data.parameters.length;
    this.settings = data.settings.map(({ value }) => value);
    this.lr = data.settings.findIndex(({ name }) => name === "lr");
    this.l2 = data.l2;
    this.shuffles = data.shuffle;
    this.seed = data.seed;
    this.parameters = Float64Array.from(data.parameters.map(({ value }) => parsed(value)));
    this.states = data.states.map(({ values }) => Float64Array.from(values.map(parsed)));
    this.validation = data.validation.map((row) => Float64Array.from(row.map(parsed)));
    this.sums = new Float64Array(this.n);
    this.load(
      data.rows.map((row) => row.map(parsed)),
      data.batchSize,
    );
    this.replay(data.replay);
  }

  // Other samples; training goes on from the parameters as they are.
  load(rows, batchSize = null) {
    this.rows = rows.map((row) => Float64Array.from(row));
    this.batchSize = Math.min(batchSize ?? rows.length, rows.length);
    this.x = new Float64Array(this.n + this.rows[0].length);
    this.y = new Float64Array(this.n + 2);
    this.order = new Order(rows.length, this.seed);
    this.begin();
  }

  begin() {
    Object.assign(this, { epoch: 0, place: 0, total: 0, right: 0, loss: [], accuracy: [], validationLoss: [] });
    this.stride = 1;
    this.snapshots = new Map();
    this.keep();
  }

  // The parameters of a run that was: each epoch of it can be gone to.
  replay(run) {
    for (const { epoch, parameters } of run) {
      const states = this.states.map((state) => new Float64Array(state.length));
      this.snapshots.set(epoch, { parameters: Float64Array.from(parameters.map(parsed)), states });
    }
  }

  // One batch: the mean gradient of its samples and that of the regulariser, then the optimizer's step. No step is
  // taken, and the answer is false, where the cost is not finite.
  step() {
    const { n, sums, y, x } = this;
    const size = Math.min(this.batchSize, this.rows.length - this.place);
    const order = this.shuffles && this.batchSize < this.rows.length ? this.order.of(this.epoch) : null;
    sums.fill(0);
    x.set(this.parameters);
    let [cost, right] = [0, 0];
    for (let k = this.place; k < this.place + size; k++) {
      x.set(this.rows[order ? order[k] : k], n);
      this.sample(x, y);
      cost += y[0];
      right += y[1];
      for (let p = 0; p < n; p++) sums[p] += y[p + 2];
    }
    if (!Number.isFinite(cost)) return false;
    const extra = this.move(size);
    this.total += cost + extra * size;
    this.right += right;
    this.place += size;
    if (this.place === this.rows.length) this.finish();
    return Number.isFinite(cost + extra);
  }

  move(size) {
    const { n, parameters, settings, states, sums } = this;
    const [pull, step] = [new Float64Array(2), new Float64Array(1 + states.length)];
    const x = new Float64Array(settings.length + 2 + states.length);
    x.set(settings);
    let extra = 0;
    for (let p = 0; p < n; p++) {
      if (this.l2) this.penalty([parameters[p], this.l2], pull);
      extra += pull[0];
      x[settings.length] = parameters[p];
      x[settings.length + 1] = sums[p] / size + pull[1];
      for (let k = 0; k < states.length; k++) x[settings.length + 2 + k] = states[k][p];
      this.update(x, step);
      parameters[p] = step[0];
      for (let k = 0; k < states.length; k++) states[k][p] = step[k + 1];
    }
    return extra;
  }

  finish() {
    const { length } = this.rows;
    this.loss.push(this.total / length);
    this.accuracy.push(this.right / length);
    if (this.validation.length) this.validationLoss.push(this.validated());
    this.epoch += 1;
    this.place = this.total = this.right = 0;
    this.keep();
  }

  // The mean cost of the samples that are not trained on.
  validated() {
    let total = 0;
    this.x.set(this.parameters);
    const y = new Float64Array(2);
    for (const row of this.validation) {
      this.x.set(row, this.n);
      this.cost(this.x, y);
      total += y[0];
    }
    return total / this.validation.length;
  }

  // ---- what was ----

  keep() {
    if (this.epoch % this.stride) return;
    this.snapshots.set(this.epoch, {
      parameters: this.parameters.slice(),
      states: this.states.map((state) => state.slice()),
    });
    if (this.snapshots.size <= KEPT) return;
    this.stride *= 2;
    for (const epoch of [...this.snapshots.keys()]) if (epoch % this.stride) this.snapshots.delete(epoch);
  }

  // Back to an epoch, or the last one before it that was kept; what came after is forgotten when training goes on.
  goto(epoch) {
    const found = Math.max(...[...this.snapshots.keys()].filter((kept) => kept <= epoch));
    const { parameters, states } = this.snapshots.get(found);
    this.parameters.set(parameters);
    for (const [k, state] of states.entries()) this.states[k].set(state);
    Object.assign(this, { epoch: found, place: 0, total: 0, right: 0 });
  }

  forget() {
    if (this.epoch === 0) this.stride = 1;
    for (const curve of [this.loss, this.accuracy, this.validationLoss])
      curve.length = Math.min(curve.length, this.epoch);
    for (const epoch of [...this.snapshots.keys()]) if (epoch > this.epoch) this.snapshots.delete(epoch);
  }

  last() {
    return Math.max(...this.snapshots.keys());
  }
}
