// The line as lanes: the caller, the agent, and one lane per function call, on one axis of time.

import { clock, duration, element } from "./dom.js";
import { latencyOf, standOf } from "./story.js";

const SECONDS_IN_VIEW = 24;
const LEAST_SCALE = 22; // pixels per second
const TICK_SECONDS = 5;
const ROOM_AHEAD = 130; // pixels right of the present, for the notes behind the bars

const STANDS = {
  waiting: { mark: "", said: "waiting" },
  running: { mark: "", said: "running" },
  value: { mark: "✓", said: "finished" },
  error: { mark: "✕", said: "failed" },
  timeout: { mark: "timed out,", said: "took too long" },
  cancelled: { mark: "cancelled,", said: "cancelled" },
  denied: { mark: "denied,", said: "denied" },
  asked: { mark: "asks you", said: "not run before you agree" },
  settled: { mark: "asked you", said: "not run, you were asked first" },
  unknown: { mark: "?", said: "ended, nobody knows how" },
};

export class Timeline {
  /** `choose(callId)` is called when a bar is clicked. */
  constructor(root, choose) {
    this.root = root;
    this.choose = choose;
    this.inner = root.appendChild(element("div", { class: "sheet" }));
    this.axis = this.inner.appendChild(element("div", { class: "axis", "aria-hidden": "true" }));
    this.now = this.inner.appendChild(element("div", { class: "now", "aria-hidden": "true" }));
    this.clear();
    new ResizeObserver(() => this.#measure()).observe(root);
  }

  clear() {
    for (const lane of this.inner.querySelectorAll(".lane")) lane.remove();
    this.axis.replaceChildren();
    this.bars = new Map();
    this.tracks = { caller: this.#lane("caller", "You"), agent: this.#lane("agent", "Agent") };
    this.#measure();
  }

  /** Draw the story as it stands `now` seconds after its beginning. */
  draw(story, now) {
    const { scrollLeft, clientWidth } = this.root;
    const following = scrollLeft + clientWidth >= this.width - 12;
    this.#rename(story);
    for (const who of ["caller", "agent"]) {
      story.speech[who].forEach((segment, index) => this.#voice(who, segment, index, now));
    }
    story.answers.forEach((answer, index) => this.#gap(answer, index));
    for (const call of story.calls.values()) this.#call(call, now);
    this.#stretch(story, now);
    if (following) this.root.scrollLeft = this.width;
  }

  #measure() {
    this.scale = Math.max(LEAST_SCALE, (this.#room() - ROOM_AHEAD) / SECONDS_IN_VIEW);
    this.inner.style.setProperty("--second", `${this.scale}px`);
    this.width = 0;
  }

  #room() {
    return this.root.clientWidth - this.tracks.caller.previousSibling.offsetWidth;
  }

  #stretch(story, now) {
    const track = Math.max(this.#room(), now * this.scale + ROOM_AHEAD);
    this.inner.style.setProperty("--length", `${Math.round(track)}px`);
    this.width = this.root.scrollWidth;
    this.now.hidden = now === 0 || story.ended !== null;
    this.now.style.setProperty("--at", `${now * this.scale}px`);
    const ticks = Math.floor(track / this.scale / TICK_SECONDS);
    for (let tick = this.axis.childElementCount; tick <= ticks; tick++) {
      const mark = element("span", {}, clock(tick * TICK_SECONDS));
      mark.style.setProperty("--tick", String(tick * TICK_SECONDS));
      this.axis.append(mark);
    }
  }

  #lane(kind, ...label) {
    const track = element("div", { class: "track" });
    const lane = element("div", { class: `lane ${kind}` }, element("div", { class: "label" }, ...label), track);
    this.inner.append(lane);
    return track;
  }

  #rename(story) {
    const label = this.tracks.agent.previousSibling;
    const name = story.agent || "Agent";
    if (label.textContent !== name) label.textContent = name;
  }

  #voice(who, segment, index, now) {
    const bar = this.#bar(`${who}-${index}`, () => this.tracks[who].appendChild(element("div", { class: "voice" })));
    this.#place(bar, segment.from, segment.to ?? now);
    bar.classList.toggle("live", segment.to === null);
    bar.classList.toggle("cut", Boolean(segment.interrupted));
  }

  #gap(answer, index) {
    const gap = this.#bar(`gap-${index}`, () =>
      this.tracks.agent.appendChild(element("div", { class: "gap" }, element("span"))),
    );
    this.#place(gap, answer.from - (answer.parts.end_of_turn ?? 0), answer.to);
    const text = duration(latencyOf(answer));
    if (gap.firstChild.textContent !== text) gap.firstChild.textContent = text;
  }

  #call(call, now) {
    const bar = this.#bar(call.id, () => this.#newCall(call));
    const stand = standOf(call);
    this.#place(bar, call.from, call.to ?? now);
    bar.nextSibling.style.setProperty("--from", bar.style.getPropertyValue("--to"));
    if (call.heard !== null && !bar.dataset.heard) {
      bar.dataset.heard = "true";
      const heard = element("div", { class: "heard", title: "The agent knows the result from here on" });
      heard.style.setProperty("--from", String(call.heard));
      bar.parentNode.append(heard);
    }
    const shown = call.marks.length ? bar.parentNode.querySelectorAll(".incident").length : 0;
    for (const mark of call.marks.slice(shown)) this.#mark(bar, mark);
    const { mark, said } = STANDS[stand] ?? STANDS.unknown;
    const seconds = duration((call.to ?? now) - call.from);
    const note = ["asked", "settled"].includes(stand) ? mark : call.to === null ? runs(call) || seconds : `${mark} ${seconds}`;
    if (bar.nextSibling.textContent !== note) bar.nextSibling.textContent = note;
    if (bar.dataset.stand === stand) return;
    bar.dataset.stand = stand;
    const where = call.background ? ", in the background" : "";
    bar.setAttribute("aria-label", `${call.tool}${where}, ${said}${call.to === null ? "" : ` after ${seconds}`}. Show details.`);
  }

  #mark(bar, { kind, at, text }) {
    const mark = element("div", { class: `incident ${kind}`, title: text });
    mark.style.setProperty("--from", String(at));
    bar.parentNode.append(mark);
  }

  #newCall(call) {
    const words = call.tool.split(call.tool.includes(".") ? /(?<=\.)/ : /(?<=_)/);
    const track = this.#lane(call.background ? "call job" : "call", element("span", {}, ...words.flatMap((word) => [word, element("wbr")])));
    track.previousSibling.title = call.background ? `${call.tool}, in the background` : call.tool;
    const bar = element("button", { class: "bar", type: "button", "data-call": call.id });
    bar.addEventListener("click", () => this.choose(call.id));
    track.append(bar, element("span", { class: "note", "aria-hidden": "true" }));
    this.root.scrollTop = this.root.scrollHeight;
    return bar;
  }

  #bar(key, make) {
    if (!this.bars.has(key)) this.bars.set(key, make());
    return this.bars.get(key);
  }

  #place(bar, from, to) {
    bar.style.setProperty("--from", String(Math.max(0, from)));
    bar.style.setProperty("--to", String(to));
  }
}

/** What is known of a call that is not over: how far it is, or what befell it last. */
function runs(call) {
  return call.progress || call.marks.at(-1)?.text;
}
