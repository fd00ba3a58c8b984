// The page: an agent is chosen, a call placed, and what happens on the line is shown.

import { Board } from "./board.js";
import { Call, NoMicrophone } from "./call.js";
import { Details } from "./details.js";
import { duration, find } from "./dom.js";
import { notices } from "./events.js";
import { Hold } from "./hold.js";
import { Level } from "./level.js";
import { Questions } from "./questions.js";
import { ask, Refused, remember, remembered, takeTokenFromAddress } from "./server.js";
import { Story } from "./story.js";
import { Timeline } from "./timeline.js";
import { Transcript } from "./transcript.js";
import { deedInWords } from "./words.js";

const STATUS = {
  idle: "Ready",
  dialling: "Connecting …",
  talking: "On the line",
  weak: "The line is weak …",
  ended: "The line is closed",
};
const FRAME_MS = matchMedia("(prefers-reduced-motion: reduce)").matches ? 500 : 40;

const board = new Board(find("agents"), find("cord"), find("talk"));
const transcript = new Transcript(find("transcript"));
const timeline = new Timeline(find("lanes"), (id) => details.show(story.calls.get(id)));
const details = new Details(find("details"), (id) => document.querySelector(`[data-call="${CSS.escape(id)}"]`)?.focus());
const questions = new Questions(find("questions"), agree, () => find("transcript").focus({ preventScroll: true }));

let phase = "idle";
let story = new Story();
let call = null; // the one that is on, or null
let offset = Infinity; // page clock minus session clock, in seconds
let reading = null; // AbortController of the event stream

// --- phases -------------------------------------------------------------------------------------------

const inCall = () => ["dialling", "talking", "weak"].includes(phase);

function enter(next) {
  phase = next;
  document.body.dataset.phase = next;
  find("status").textContent = STATUS[next];
  find("board-title").textContent = inCall() ? "You are talking to" : "Who would you like to talk to?";
  find("talk-label").textContent = inCall() ? "Hang up" : "Talk";
  const onTheLine = ["talking", "weak"].includes(next);
  find("mute").hidden = !onTheLine || Boolean(call?.heldToSpeak);
  find("hold").hidden = !onTheLine || !call?.heldToSpeak;
  for (const field of find("composer").elements) field.disabled = !["talking", "weak"].includes(next);
  board.locked = inCall();
}

async function talk(options) {
  complain("");
  reset();
  enter("dialling");
  const mine = (call = new Call(find("voice"), {
    sound: (stream) => mine.level.watch(stream),
    state: (state) => mine === call && changed(state),
  }));
  mine.level = new Level();
  try {
    mine.heldToSpeak = board.pushToTalk;
    const session = await mine.dial(board.chosen, options);
    if (mine !== call) return mine.hangUp();
    if (mine.heldToSpeak) mine.muted = true;
    mine.level.watch(mine.microphone);
    follow(session);
  } catch (error) {
    mine.hangUp();
    if (mine !== call) return;
    finish("idle");
    if (error.status === 401) return askForToken();
    complain(sentence(error), error instanceof NoMicrophone);
  }
}

function changed(state) {
  if (state === "connected") enter("talking");
  else if (state === "weak") enter("weak");
  else {
    const was = phase;
    finish("ended");
    complain(
      was === "dialling"
        ? "No sound came through: the network between you and the agent lets none pass."
        : "The line was lost. Press Talk to call again.",
    );
  }
}

/** The call is over for this page; what the server still tells is read to its end. */
function finish(next) {
  call?.level?.close();
  call?.hangUp();
  call = null;
  enter(next);
  find("mute").setAttribute("aria-pressed", "false");
  find("mute").textContent = "Mute";
}

function reset() {
  reading?.abort();
  story = new Story();
  offset = Infinity;
  details.close();
  timeline.clear();
  transcript.clear();
  questions.draw(story);
  find("latency").textContent = "";
}

// --- what the server tells ----------------------------------------------------------------------------

async function follow(session) {
  const { signal } = (reading = new AbortController());
  const mine = story;
  try {
    for await (const notice of notices(session, signal)) {
      offset = Math.min(offset, performance.now() / 1000 - notice.at);
      mine.receive(notice);
      if (mine === story) keepUp(notice);
      announce(notice, mine);
      if (mine === story) draw();
    }
  } catch (error) {
    if (signal.aborted) return;
    complain(`${sentence(error)} The agent may still hear you.`);
    return;
  }
  if (mine === story && inCall()) {
    finish("ended");
    if (mine.ended.failed) complain(mine.ended.reason);
  }
}

/** The line is changed without a word: the caller need not know that sessions have an end. */
function keepUp(notice) {
  if (notice.type === "line_wanted") call?.renew();
  if (notice.type === "line_changed") call?.move();
}

function announce(notice, { calls }) {
  if (notice.type === "call_finished" && !calls.get(notice.call_id)?.asked) {
    say(`${notice.tool}: ${notice.outcome === "value" ? "done" : notice.outcome}`);
  }
  if (notice.type === "confirmation_asked") say(`The agent asks: ${deedInWords(notice)}? Say yes or no, or press one of the buttons.`);
  if (notice.type === "handed_off") {
    board.plug(notice.to_agent);
    say(`You now talk to ${notice.to_agent}`);
  }
  if (notice.type === "transfer_wanted") say(`You are to be passed on to ${notice.to}`);
  if (notice.type === "trouble") say(notice.message);
}

function say(text) {
  find("announcer").textContent = text;
}

function complain(text, offerTyping = false) {
  find("trouble").hidden = !text;
  find("trouble-text").textContent = text;
  find("without-microphone").hidden = !offerTyping;
  board.drawCord();
}

function sentence(error) {
  return error instanceof Refused || error instanceof NoMicrophone ? error.message : `Something went wrong: ${error.message}`;
}

// --- drawing ------------------------------------------------------------------------------------------

function now() {
  if (story.ended) return story.ended.at;
  return Number.isFinite(offset) ? Math.max(story.at, performance.now() / 1000 - offset) : 0;
}

function draw() {
  timeline.draw(story, now());
  transcript.draw(story);
  questions.draw(story);
  if (details.shown) details.draw(story.calls.get(details.shown));
  const median = story.medianLatency;
  if (median !== null) find("latency").textContent = `Answers after ${duration(median)}`;
}

setInterval(() => {
  if (inCall()) timeline.draw(story, now());
  find("talk").style.setProperty("--level", (call?.level?.now ?? 0).toFixed(2));
}, FRAME_MS);

// --- the caller ---------------------------------------------------------------------------------------

function hangUp() {
  finish("ended");
  find("talk").focus({ preventScroll: true });
}

find("talk").addEventListener("click", () => (inCall() ? hangUp() : talk()));
find("hang-up").addEventListener("click", hangUp);
find("without-microphone").addEventListener("click", () => talk({ microphone: false }));

find("mute").addEventListener("click", () => {
  const muted = find("mute").getAttribute("aria-pressed") !== "true";
  call.muted = muted;
  find("mute").setAttribute("aria-pressed", String(muted));
  find("mute").textContent = muted ? "Muted" : "Mute";
});

new Hold(find("hold"), () => call, (error) => complain(sentence(error)));

find("composer").addEventListener("submit", async (event) => {
  event.preventDefault();
  const text = find("message").value.trim();
  if (!text || !call?.session) return;
  find("message").value = "";
  try {
    const body = JSON.stringify({ text });
    await ask(`${call.session}/messages`, { method: "POST", headers: { "content-type": "application/json" }, body });
  } catch (error) {
    find("message").value = text;
    complain(sentence(error));
  }
});

/** Tell the agent whether it may do what it asked about; false if that did not work. */
async function agree(id, agreed) {
  const asking = story;
  try {
    const body = JSON.stringify({ agree: agreed });
    const address = `${call?.session}/confirmations/${encodeURIComponent(id)}`;
    await ask(address, { method: "POST", headers: { "content-type": "application/json" }, body });
    return true;
  } catch (error) {
    complain(sentence(error));
    if (error.status === 404) asking.questions.delete(id);
    draw();
    return false;
  }
}

find("agents").addEventListener("change", greet);
addEventListener("pagehide", () => call?.hangUp());

function greet() {
  if (board.greeting) find("hint").textContent = `“${board.greeting}”`;
}

// --- letting in ---------------------------------------------------------------------------------------

function askForToken() {
  if (remembered()) find("door-text").textContent = "That token was not the right one.";
  find("door").returnValue = "";
  find("door").showModal();
}

find("door").addEventListener("close", () => {
  if (find("door").returnValue !== "given") return;
  remember(find("token").value.trim());
  find("token").value = "";
  open();
});

async function open() {
  try {
    const { agents } = await (await ask("/agents")).json();
    board.show(agents);
    find("talk").disabled = false;
    enter("idle");
    greet();
  } catch (error) {
    find("status").textContent = "Not connected";
    if (error.status === 401) askForToken();
    else complain(sentence(error));
  }
}

takeTokenFromAddress();
draw();
open();
