// What the page shows at this moment, and who is told when it changes: once a frame, however much has changed.

export const state = {
  view: 0,
  selected: null,
  highlight: "",
  playing: false,
  tab: "card",
  question: null,
  language: "en",
  theme: "light",
};

const listeners = [];
let isAsked = false;

export function listen(listener) {
  listeners.push(listener);
}

export function change(news = {}) {
  Object.assign(state, news);
  if (isAsked) return;
  isAsked = true;
  requestAnimationFrame(render);
}

export function render() {
  isAsked = false;
  for (const listener of listeners) listener();
}
