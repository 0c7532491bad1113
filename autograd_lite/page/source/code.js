// The training so far as a program in Python, with the weights as they are.

export function code(trainer, data) {
  const numbers = [...trainer.parameters].map(literal).join(", ");
  const lines = [
    "from nn import MLP, fit, optim",
    "",
    `model = ${data.model}`,
    `numbers = [${numbers}]`,
    "for p, number in zip(model.parameters(), numbers, strict=True):",
    "    p.data = number",
    `optimizer = optim.${data.optimizer}(model.parameters(), lr=${literal(trainer.settings[trainer.lr])})`,
  ];
  for (const [k, { name }] of data.settings.entries()) {
    if (k !== trainer.lr) lines.push(`optimizer.${name} = ${literal(trainer.settings[k])}`);
  }
  for (const { name, value } of data.options) lines.push(`optimizer.${name} = ${value ? "True" : "False"}`);
  for (const [k, { name }] of data.states.entries()) {
    lines.push(`optimizer.${name}[:] = [${[...trainer.states[k]].map(literal).join(", ")}]`);
  }
  const settings = `start=${trainer.epoch}, l2=${literal(trainer.l2)}, batch_size=${trainer.batchSize}`;
  lines.push("# xs and ys are your data", `history = fit(model, xs, ys, ${data.loss}, optimizer, ${settings})`);
  return lines.join("\n");
}

function literal(x) {
  if (Number.isNaN(x)) return 'float("nan")';
  if (!Number.isFinite(x)) return `float("${x > 0 ? "" : "-"}inf")`;
  return Object.is(x, -0) ? "-0.0" : String(x);
}
