// What has happened on the line so far, told by the notices alone. No DOM here, and no clock.

import { duration } from "./dom.js";
import { deedInWords, toolInWords } from "./words.js";

const MOST_TURNS = 400;

/** What became of a tool's question to the caller that was not answered. */
const UNANSWERED = {
  declined: "you did not answer",
  expired: "nobody has answered, and it goes on without",
  withdrawn: "the question is of no use any more",
};

/** @typedef {{who: "caller"|"agent"|"line", name: string, text: string, state: string, answer: object|null,
 *             address: string}} Turn */

export class Story {
  constructor() {
    this.agent = "";
    this.at = 0;
    this.ended = null; // {reason, failed}
    this.turns = []; // in the order in which they began
    this.speech = { caller: [], agent: [] }; // {from, to, interrupted}
    this.calls = new Map(); // by call id, in order
    this.questions = new Map(); // {id, tool, arguments}: what the caller is asked to agree to, by call id
    this.answers = []; // {from, to, parts}: one per turn of the caller's that was answered
    this.asked = null; // the answer that is owed: its `to` is not known yet
    this.unplaced = null; // the answer that is heard already, before its first words came
    this.served = new Map(); // which answer a response serves
  }

  receive(notice) {
    this.at = Math.max(this.at, notice.at);
    ON[notice.type]?.(this, notice);
    if (this.turns.length > MOST_TURNS) this.turns.splice(0, this.turns.length - MOST_TURNS);
  }

  /** The middle one of the latencies so far, in seconds; null before the first. */
  get medianLatency() {
    const seconds = this.answers.map(latencyOf).sort((a, b) => a - b);
    return seconds.length ? seconds[Math.floor(seconds.length / 2)] : null;
  }

  find(item) {
    return this.turns.findLast((turn) => turn.item === item);
  }

  add(turn) {
    this.turns.push({ name: "", text: "", state: "said", answer: null, address: "", ...turn });
    return this.turns.at(-1);
  }

  line(text, at, state = "said", address = "") {
    this.add({ who: "line", text, at, state, address });
  }

  /** Something that befell a function call at a moment of its run. */
  mark(id, kind, at, text) {
    this.calls.get(id)?.marks.push({ kind, at, text });
  }
}

/** From the end of the caller's speech to the agent's first sound. The end is known only after a silence;
 *  a provider that says how long it waited lets us count that too. */
export function latencyOf(answer) {
  return answer.to - answer.from + (answer.parts.end_of_turn ?? 0);
}

/** How a function call stands: waiting, running, its outcome, or `asked` if the caller has to agree first, and
 *  `settled` once they have said yes or no. */
export function standOf(call) {
  if (call.asked && call.outcome === "denied") return call.settled ? "settled" : "asked";
  return call.outcome ?? (call.started === null ? "waiting" : "running");
}

const ON = {
  session_opened(story, { agent }) {
    story.agent = agent;
  },
  session_ended(story, { at, reason, failed }) {
    for (const voice of Object.values(story.speech)) close(voice, at);
    for (const call of story.calls.values()) if (call.to === null) Object.assign(call, { to: at, outcome: "cancelled" });
    for (const turn of story.turns) if (turn.state === "live") turn.state = "said";
    story.questions.clear();
    story.ended = { reason, failed, at };
    story.line(reason, at, failed ? "trouble" : "said");
  },
  trouble(story, { at, message }) {
    story.line(message, at, "trouble");
  },
  handed_off(story, { at, from_agent: from, to_agent: to }) {
    story.agent = to;
    story.line(`${from} put you through to ${to}.`, at);
  },
  transfer_wanted(story, { at, to, address }) {
    story.line(`You are to be passed on to ${to}. If that does not happen by itself, call`, at, "said", address);
  },
  session_differs(story, { at, field, asked, given }) {
    story.line(`The service has ${given} as ${field} where ${asked} was asked for.`, at, "trouble");
  },
  tools_changed(story, { at, tools }) {
    story.line(tools.length ? `The agent’s tools are now: ${tools.join(", ")}.` : "The agent has no tools now.", at);
  },
  tool_blocked(story, { at, tool, where, seconds }) {
    story.line(`${tool} blocks its event loop: ${duration(seconds)} at ${where}. Calls behind it move on.`, at, "trouble");
    for (const call of story.calls.values()) {
      const running = call.started !== null && call.to === null;
      if (call.tool === tool && running) story.mark(call.id, "blocked", at, `blocked its event loop at ${where}`);
    }
  },
  tool_isolated(story, { at, tool }) {
    story.line(`${tool} has blocked too often: from now on each of its calls has an event loop of its own.`, at);
  },

  confirmation_asked(story, { call_id: id, tool, arguments: text }) {
    update(story, id, { asked: true });
    const same = [...story.questions.values()].some((one) => one.tool === tool && one.arguments === text);
    if (!same) story.questions.set(id, { id, tool, arguments: text });
  },
  confirmation_settled(story, { at, call_id: id, answer }) {
    const question = story.questions.get(id);
    story.questions.delete(id);
    update(story, id, { settled: true });
    if (question) story.line(settled(deedInWords(question), answer), at);
  },

  question_asked(story, { at, tool, text, url }) {
    story.line(`${toolInWords(tool)} asks: ${text}`, at, "said", url);
  },
  question_answered(story, { at, tool, answer }) {
    if (answer !== "accepted") story.line(`${toolInWords(tool)}: ${UNANSWERED[answer] ?? answer}.`, at);
  },

  caller_started_speaking(story, { at }) {
    story.speech.caller.push({ from: at, to: null });
    story.asked = null;
    story.add({ who: "caller", at, state: "live" });
  },
  caller_stopped_speaking(story, { at }) {
    close(story.speech.caller, at);
    const turn = story.turns.findLast((one) => one.who === "caller" && one.state === "live");
    if (turn) turn.state = "pending";
    story.asked = asked(at);
  },
  caller_said(story, { at, item_id: item, text }) {
    // What was spoken has been waiting for its words, the longest first; what was typed has not.
    const turn =
      story.find(item) ?? story.turns.find((one) => one.who === "caller" && !one.text && one.state === "pending");
    if (turn) Object.assign(turn, { item, text, state: "said" });
    else {
      story.add({ who: "caller", at, item, text });
      // Where the agent is speaking anyway, no silence tells when it has come to the answer.
      story.asked = story.speech.agent.at(-1)?.to === null ? null : asked(at);
    }
  },

  agent_saying(story, { at, item_id: item, delta }) {
    const turn = story.find(item) ?? saying(story, at, item);
    turn.text += delta;
  },
  agent_said(story, { at, item_id: item, text }) {
    const turn = story.find(item) ?? saying(story, at, item);
    if (text) turn.text = text;
    if (turn.state !== "cut") turn.state = "said";
  },
  agent_started_speaking(story, { at }) {
    close(story.speech.agent, at);
    story.speech.agent.push({ from: at, to: null });
    const answer = story.asked;
    if (!answer) return;
    story.asked = null;
    story.answers.push(Object.assign(answer, { to: at }));
    const turn = story.turns.findLast((one) => one.who === "agent");
    if (turn && !turn.answer && turn.at >= answer.from) turn.answer = answer;
    else story.unplaced = answer;
  },
  agent_stopped_speaking(story, { at, interrupted }) {
    close(story.speech.agent, at, interrupted);
    const turn = story.turns.findLast((one) => one.who === "agent");
    if (interrupted && turn) turn.state = "cut";
  },
  response_started(story, { response_id: response }) {
    // One that only calls tools is part of the way to the answer, and its time counts.
    if (story.asked) story.served.set(response, story.asked);
  },
  response_finished(story, { at, response_id: response, status, reason, metadata }) {
    const answer = story.served.get(response);
    story.served.delete(response);
    if (answer) addParts(answer.parts, metadata);
    if (status === "failed") story.line(`The agent could not answer${reason ? `: ${reason}` : "."}`, at, "trouble");
  },

  call_received(story, { at, call_id: id, tool, arguments: text }) {
    story.calls.set(id, {
      id, tool, arguments: text, from: at, started: null, to: null, outcome: null, output: "", progress: "", heard: null,
      background: /^job_\d+$/.test(id), asked: false, marks: [],
    });
  },
  call_started(story, { at, call_id: id, arguments: values }) {
    update(story, id, { started: at, arguments: values });
  },
  call_progressed(story, { call_id: id, text }) {
    update(story, id, { progress: text });
  },
  call_joined(story, { at, call_id: id }) {
    story.mark(id, "joined", at, "the same runs already, and is waited for");
  },
  call_retried(story, { at, call_id: id, attempt, reason }) {
    story.mark(id, "again", at, `try ${attempt} (${reason})`);
  },
  call_finished(story, { at, call_id: id, outcome, output }) {
    update(story, id, { to: at, outcome, output });
  },
  call_heard(story, { at, call_id: id }) {
    update(story, id, { heard: at });
  },
};

function update(story, id, change) {
  const call = story.calls.get(id);
  if (call) Object.assign(call, change);
}

function saying(story, at, item) {
  const turn = story.add({ who: "agent", name: story.agent, at, item, state: "live" });
  if (story.unplaced) {
    turn.answer = story.unplaced;
    story.unplaced = null;
  }
  return turn;
}

function close(segments, at, interrupted = false) {
  const last = segments.at(-1);
  if (last && last.to === null) Object.assign(last, { to: at, interrupted });
}

function settled(deed, answer) {
  if (answer === "agreed") return `You agreed: ${deed}.`;
  if (answer === "refused") return `You refused: ${deed}. It is not done.`;
  return `Nobody has answered: ${deed}. It is not done.`;
}

function asked(at) {
  return { from: at, to: null, parts: {} };
}

/** `{jackfield_recognition_ms: "64"}` as `recognition: 0.064`. */
function addParts(parts, metadata) {
  for (const [key, value] of Object.entries(metadata ?? {})) {
    const name = /^jackfield_(.+)_ms$/.exec(key)?.[1];
    if (name && Number.isFinite(Number(value))) parts[name] = (parts[name] ?? 0) + Number(value) / 1000;
  }
}
