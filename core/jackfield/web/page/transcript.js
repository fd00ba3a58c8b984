// What both sides said, in the order in which they began to speak.

import { duration, element } from "./dom.js";
import { latencyOf } from "./story.js";

const PARTS = ["end_of_turn", "recognition", "mind", "synthesis"];

export class Transcript {
  constructor(root) {
    this.root = root;
    this.following = true; // until the reader scrolls back
    root.addEventListener("scroll", () => {
      this.following = root.scrollTop + root.clientHeight >= root.scrollHeight - 24;
    });
    this.clear();
  }

  clear() {
    this.rows = new Map();
    this.following = true;
    this.root.replaceChildren();
  }

  draw(story) {
    for (const [turn, row] of this.rows) {
      if (story.turns.includes(turn)) continue;
      row.remove();
      this.rows.delete(turn);
    }
    for (const turn of story.turns) this.#row(turn);
    if (this.following) this.root.scrollTop = this.root.scrollHeight;
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
      element("p", {}, turn.text || "…", turn.address ? " " : null, turn.address ? address(turn.address) : null),
      ...(turn.answer ? [latency(turn.answer)] : []),
    );
  }
}

function address(text) {
  // A page that a tool asks the caller to open: named in full, and opened by nobody else.
  if (/^https?:\/\//i.test(text)) return element("a", { href: text, target: "_blank", rel: "noopener noreferrer" }, text);
  return /^(tel|sips?):/i.test(text) ? element("a", { href: text }, text.replace(/^tel:/i, "")) : text;
}

function latency(answer) {
  const parts = PARTS.filter((name) => answer.parts[name] >= 0.001).map(
    (name) => `${name.replaceAll("_", " ")} ${Math.round(answer.parts[name] * 1000)} ms`,
  );
  const known = parts.length ? [element("span", {}, ` (${parts.join(", ")})`)] : [];
  return element("small", { class: "after" }, `answered after ${duration(latencyOf(answer))}`, ...known);
}
