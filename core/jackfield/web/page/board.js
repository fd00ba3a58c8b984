// The jackfield: one jack per agent, and the cord from the one that has the line to the handset.

import { element } from "./dom.js";

export class Board {
  constructor(root, cord, handset) {
    this.root = root;
    this.cord = cord;
    this.handset = handset;
    this.agents = [];
    new ResizeObserver(() => this.drawCord()).observe(root.parentElement);
    root.addEventListener("change", () => this.drawCord());
  }

  show(agents) {
    this.agents = agents;
    this.root.replaceChildren(...agents.map(jack));
    this.drawCord();
  }

  get chosen() {
    return this.root.querySelector("input:checked")?.value ?? null;
  }

  get greeting() {
    return this.agents.find((agent) => agent.name === this.chosen)?.greeting ?? "";
  }

  /** Re-plug the cord, as after a handoff. */
  plug(agent) {
    const input = [...this.root.querySelectorAll("input")].find((one) => one.value === agent);
    if (!input || input.checked) return;
    input.checked = true;
    this.drawCord();
  }

  set locked(locked) {
    for (const input of this.root.querySelectorAll("input")) input.disabled = locked;
  }

  drawCord() {
    const hole = this.root.querySelector("input:checked + .hole");
    if (!hole) return;
    const panel = this.cord.getBoundingClientRect();
    const [from, to] = [hole, this.handset].map((one) => one.getBoundingClientRect());
    const [x1, y1] = [from.left + from.width / 2 - panel.left, from.top + from.height / 2 - panel.top];
    const [x2, y2] = [to.left + to.width / 2 - panel.left, to.top - panel.top + 3];
    const sag = Math.max(40, (y2 - y1) * 0.55);
    const path = `M ${x1} ${y1} C ${x1 - 6} ${y1 + sag + 46}, ${x2 - 4} ${y2 - sag}, ${x2} ${y2}`;
    for (const line of this.cord.querySelectorAll("path")) line.setAttribute("d", path);
  }
}

function jack(agent) {
  const input = element("input", { type: "radio", name: "agent", value: agent.name, checked: agent.first });
  return element(
    "label",
    { class: "jack" },
    input,
    element("span", { class: "hole", "aria-hidden": "true" }),
    element(
      "span",
      { class: "plate" },
      element("span", { class: "name" }, agent.name),
      ...(agent.voice ? [element("span", { class: "voice-name" }, `voice ${agent.voice}`)] : []),
    ),
  );
}
