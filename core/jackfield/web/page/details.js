// One function call, opened: what it was asked and what came back.

import { duration, element } from "./dom.js";
import { standOf } from "./story.js";

const WORDS = {
  waiting: "waiting to start",
  running: "running",
  value: "finished",
  error: "failed",
  timeout: "took too long and was stopped",
  cancelled: "cancelled",
  denied: "not allowed",
  asked: "not run: you have to agree first",
  unknown: "was started, but nobody knows how it ended",
};

export class Details {
  constructor(root, closed) {
    this.root = root;
    this.closed = closed;
    this.shown = null;
    root.addEventListener("keydown", (event) => event.key === "Escape" && this.close());
  }

  show(call) {
    this.shown = call.id;
    this.root.hidden = false;
    this.draw(call);
    this.root.querySelector("button").focus({ preventScroll: true });
    this.root.scrollIntoView({ block: "nearest" });
  }

  close() {
    const { shown } = this;
    this.shown = null;
    this.root.hidden = true;
    if (shown) this.closed(shown);
  }

  /** Follow the call that is shown; nothing is redrawn while nothing changes. */
  draw(call) {
    const stand = standOf(call);
    const key = JSON.stringify([call.id, stand, call.progress, call.heard, call.arguments, call.marks]);
    if (key === this.drawn && this.root.childElementCount) return;
    this.drawn = key;
    const focused = this.root.contains(document.activeElement);
    const button = element("button", { type: "button", class: "close", "aria-label": "Close the details" }, "Close");
    button.addEventListener("click", () => this.close());
    const time = call.to === null ? "" : ` after ${duration(call.to - call.from)}`;
    this.root.replaceChildren(
      element("div", { class: "head" }, element("h3", { id: "details-title" }, call.tool), button),
      element("p", { class: "stand", "data-stand": stand }, `${WORDS[stand] ?? stand}${call.background ? " in the background" : ""}${time}`),
      ...(call.progress && call.to === null ? [element("p", { class: "progress" }, call.progress)] : []),
      ...call.marks.map(({ at, text }) => element("p", { class: "progress" }, `${duration(at - call.from)}: ${text}`)),
      ...part("Asked with", pretty(call.arguments)),
      ...part("Came back with", pretty(call.output)),
    );
    if (focused) button.focus({ preventScroll: true });
  }
}

function part(title, text) {
  return text ? [element("section", {}, element("h4", {}, title), element("pre", { tabindex: "0" }, text))] : [];
}

function pretty(value) {
  if (typeof value !== "string") return JSON.stringify(value, null, 2);
  try {
    const parsed = JSON.parse(value);
    return typeof parsed === "string" ? parsed : JSON.stringify(parsed, null, 2);
  } catch {
    return value;
  }
}
