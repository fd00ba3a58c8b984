// What both sides said, in the order in which they began to speak.

import { duration, element } from "./dom.js";
import { latencyOf } from "./story.js";

const PARTS = ["end_of_turn", "recognition", "mind", "synthesis"];

export class Transcript {
  constructor(root) {
    this.root = root;
    this.clear();
  }

  clear() {
    this.rows = new Map();
    this.root.replaceChildren();
  }

  draw(story) {
    const { scrollTop, clientHeight, scrollHeight } = this.root;
    const following = scrollTop + clientHeight >= scrollHeight - 24;
    for (const [turn, row] of this.rows) {
      if (story.turns.includes(turn)) continue;
      row.remove();
      this.rows.delete(turn);
    }
    for (const turn of story.turns) this.#row(turn);
    if (following) this.root.scrollTop = this.root.scrollHeight;
  }

  #row(turn) {
    let row = this.rows.get(turn);
    if (!row) {
      row = this.root.appendChild(element("li"));
      this.rows.set(turn, row);
    }
    const key = JSON.stringify([turn.text, turn.state, turn.answer]);
    if (row.dataset.key === key) return;
    row.dataset.key = key;
    row.className = `turn ${turn.who} ${turn.state}`;
    row.replaceChildren(
      ...(turn.who === "line" ? [] : [element("span", { class: "who" }, turn.who === "caller" ? "You" : turn.name)]),
      element("p", {}, turn.text || "…"),
      ...(turn.answer ? [latency(turn.answer)] : []),
    );
  }
}

function latency(answer) {
  const parts = PARTS.filter((name) => name in answer.parts).map(
    (name) => `${name.replaceAll("_", " ")} ${duration(answer.parts[name])}`,
  );
  const text = `answered after ${duration(latencyOf(answer))}`;
  return element("small", { class: "after", title: parts.join(", ") || null }, text, ...(parts.length
    ? [element("span", {}, ` (${parts.join(", ")})`)]
    : []));
}
