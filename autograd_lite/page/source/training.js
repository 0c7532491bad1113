// The page of a training run: the playground, and the explorer of one sample's graph.

import { offer } from "./api.js";
import { begun } from "./explorer.js";
import { Playground } from "./playground.js";
import { change, listen, render } from "./store.js";
import { Trainer } from "./trainer.js";

export function start(programs) {
  const { data, explorer } = begun(programs.evaluate);
  const trainer = new Trainer(data.training, programs);
  const playground = new Playground(data.training, trainer, programs.predict, explorer);
  listen(() => playground.render());
  window.autogradLite = {
    ...offer({
      graph: explorer.graph,
      goto: (step) => explorer.transport.goto(step),
      changed: change,
    }),
    train(epochs) {
      if (!Number.isInteger(epochs) || epochs < 0) {
        throw new RangeError(`train: expected a number of epochs, got ${epochs}`);
      }
      return playground.train(epochs);
    },
  };
  render();
}
