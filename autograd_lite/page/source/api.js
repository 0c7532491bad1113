// window.autogradLite: the page for tests and for teachers who write their own steps.

export function offer({ graph, goto, changed }) {
  return {
    state() {
      return {
        step: graph.step,
        steps: graph.steps,
        nodes: graph.nodes.map(({ label, op }, id) => ({
          id,
          label,
          op: op || null,
          data: graph.value(id),
          grad: graph.grads[id],
        })),
      };
    },
    goto(step) {
      if (!Number.isInteger(step) || step < 0 || step > graph.steps) {
        throw new RangeError(`goto: expected a step from 0 to ${graph.steps}, got ${step}`);
      }
      goto(step);
    },
    set(label, value) {
      const id = graph.inputs.find((input) => graph.nodes[input].label === label);
      if (id === undefined) throw new RangeError(`set: expected the label of a leaf, got ${label}`);
      if (typeof value !== "number") throw new TypeError(`set: expected a number, got ${value}`);
      graph.set(id, value);
      changed();
    },
  };
}
