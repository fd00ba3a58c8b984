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

  /** Whether the caller has to hold a button while they speak. */
  get pushToTalk() {
    return this.agents.find((agent) => agent.name === this.chosen)?.push_to_talk ?? false;
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
    const holes = [...this.root.querySelectorAll(".hole")];
    const hole = this.root.querySelector("input:checked + .hole");
    if (!hole) return;
    const panel = this.cord.getBoundingClientRect();
    const middle = (one, dy) => {
      const box = one.getBoundingClientRect();
      return [box.left + box.width / 2 - panel.left, box.top - panel.top + dy * box.height];
    };
    const [[x1, y1], [x2, y2], [, last]] = [middle(hole, 0.5), middle(this.handset, 0.02), middle(holes.at(-1), 0.5)];
    // Past the jacks below it the cord hangs at the left: lying over one it would seem plugged there.
    const rail = x1 - hole.offsetWidth / 2 - 10;
    const past = last > y1 ? `C ${x1 - 4} ${y1 + 24}, ${rail} ${y1 + 14}, ${rail} ${y1 + 44} L ${rail} ${last}` : "";
    const [x, y] = past ? [rail, last] : [x1, y1];
    const sag = (y2 - y) * 0.55;
    const path = `M ${x1} ${y1} ${past} C ${x} ${y + sag + 40}, ${x2} ${y2 - sag}, ${x2} ${y2}`;
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
