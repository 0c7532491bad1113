// The stage: what the pointer and the wheel do to the canvas, and the small map of what is larger than the screen.

import { camera, fit, pan, show, toView, zoom } from "./camera.js";
import { draw } from "./canvas.js";
import { byId, colour, prepared } from "./elements.js";
import { change } from "./store.js";

const READABLE = 0.45;
const COMFORTABLE = 0.8;
const CLICK = 4; // points that a pointer may move within a click

export class Stage {
  constructor({ scene, look, select, open, boxes }) {
    Object.assign(this, { scene, look, select, open, boxes, canvas: byId("graph"), map: byId("minimap"), isFit: true });
    this.listen();
    new ResizeObserver(() => this.resized()).observe(this.canvas);
  }

  size() {
    return { width: this.canvas.clientWidth, height: this.canvas.clientHeight };
  }

  resized() {
    if (this.isFit || this.isHome) this.home(); // a frame may have no size when the page begins
    change();
  }

  // How a view begins: all of it, or where it would be too small to read, the part at the boxes of the step.
  home(boxes = this.boxes()) {
    this.isFit = this.isHome = true;
    fit(this.scene().size, this.size());
    if (camera.scale >= READABLE) return;
    camera.scale = COMFORTABLE;
    this.isFit = false;
    this.follow(boxes);
  }

  fit() {
    this.isFit = true;
    fit(this.scene().size, this.size());
    change();
  }

  zoom(factor, x = this.canvas.clientWidth / 2, y = this.canvas.clientHeight / 2) {
    this.isFit = this.isHome = false;
    zoom(factor, x, y);
    change();
  }

  // Bring boxes onto the screen, unless all of the view is there.
  follow(boxes = this.boxes()) {
    if (this.isFit || !boxes.length) return;
    const area = {
      left: Math.min(...boxes.map(({ left }) => left)),
      right: Math.max(...boxes.map(({ right }) => right)),
      top: Math.min(...boxes.map(({ top }) => top)),
      bottom: Math.max(...boxes.map(({ bottom }) => bottom)),
    };
    show(area, this.scene().size, this.size());
  }

  render() {
    draw(prepared(this.canvas), this.look());
    this.renderMap();
  }

  listen() {
    const { canvas } = this;
    const held = new Map();
    let moved = 0;
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      held.set(event.pointerId, event);
      moved = 0;
    });
    canvas.addEventListener("pointermove", (event) => {
      const before = held.get(event.pointerId);
      if (!before) {
        canvas.classList.toggle("over", Boolean(this.hit(event)));
        return;
      }
      if (held.size === 2) this.pinch(held, event);
      else this.drag(event.clientX - before.clientX, event.clientY - before.clientY);
      moved += Math.abs(event.clientX - before.clientX) + Math.abs(event.clientY - before.clientY);
      held.set(event.pointerId, event);
    });
    for (const name of ["pointerup", "pointercancel"]) {
      canvas.addEventListener(name, (event) => {
        held.delete(event.pointerId);
        canvas.classList.remove("dragged");
        if (name === "pointerup" && moved <= CLICK) this.click(event);
      });
    }
    canvas.addEventListener("dblclick", (event) => {
      const { box } = this.hit(event) ?? {};
      if (box?.scope) this.open(box.scope);
    });
    canvas.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    for (const name of ["pointerdown", "pointermove"]) this.map.addEventListener(name, (event) => this.jump(event));
  }

  drag(dx, dy) {
    if (!dx && !dy) return;
    this.isFit = this.isHome = false;
    this.canvas.classList.add("dragged");
    pan(dx, dy);
    change();
  }

  pinch(held, event) {
    const [other] = [...held.values()].filter(({ pointerId }) => pointerId !== event.pointerId);
    const before = held.get(event.pointerId);
    const distance = ({ clientX, clientY }) => Math.hypot(clientX - other.clientX, clientY - other.clientY);
    const { left, top } = this.canvas.getBoundingClientRect();
    const [x, y] = [(event.clientX + other.clientX) / 2 - left, (event.clientY + other.clientY) / 2 - top];
    this.zoom(distance(event) / Math.max(1, distance(before)), x, y);
  }

  wheel(event) {
    event.preventDefault();
    const { left, top } = this.canvas.getBoundingClientRect();
    this.zoom(Math.exp(-event.deltaY / 400), event.clientX - left, event.clientY - top);
  }

  hit(event) {
    const { left, top } = this.canvas.getBoundingClientRect();
    const point = toView(event.clientX - left, event.clientY - top);
    const box = this.scene().at(...point);
    const frame = box ? null : this.scene().frameAt(...point);
    return box || frame ? { box, frame } : null;
  }

  click(event) {
    const { box, frame } = this.hit(event) ?? {};
    if (frame) this.open(frame.scope);
    else this.select(box ? representative(box) : null, false, box);
  }

  // ---- the map ----

  isLarger() {
    const [width, height] = this.scene().size;
    const stage = this.size();
    return width * camera.scale > stage.width + 1 || height * camera.scale > stage.height + 1;
  }

  renderMap() {
    this.map.hidden = !this.isLarger();
    if (this.map.hidden) return;
    const { context, width, height } = prepared(this.map);
    const scale = this.mapScale(width, height);
    const stage = this.size();
    const [left, top] = this.mapCorner(width, height);
    context.translate(left, top);
    context.scale(scale, scale);
    for (const box of this.scene().boxes) {
      context.fillStyle = colour(box.kind);
      context.fillRect(box.left, box.top, Math.max(box.width, 2 / scale), Math.max(box.height, 1.5 / scale));
    }
    context.strokeStyle = colour("focus");
    context.lineWidth = 2 / scale;
    context.strokeRect(camera.x, camera.y, stage.width / camera.scale, stage.height / camera.scale);
  }

  mapScale(width, height) {
    const [sceneWidth, sceneHeight] = this.scene().size;
    return Math.min(width / sceneWidth, height / sceneHeight);
  }

  // Where the view begins on the map, in whose middle it is.
  mapCorner(width, height) {
    const scale = this.mapScale(width, height);
    return [(width - this.scene().size[0] * scale) / 2, (height - this.scene().size[1] * scale) / 2];
  }

  jump(event) {
    if (!event.buttons) return;
    const { left, top, width, height } = this.map.getBoundingClientRect();
    const scale = this.mapScale(width, height);
    const stage = this.size();
    const [x, y] = this.mapCorner(width, height);
    camera.x = (event.clientX - left - x) / scale - stage.width / 2 / camera.scale;
    camera.y = (event.clientY - top - y) / scale - stage.height / 2 / camera.scale;
    this.isFit = this.isHome = false;
    change();
  }
}

// The node that a box is asked about: of a neuron its δ, of others the last.
function representative(box) {
  return box.deltas[0] ?? box.members.at(-1);
}
