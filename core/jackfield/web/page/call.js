// The media leg: the caller's voice to the provider and the agent's back. Nothing but sound goes here.

import { PeerLine } from "./line.js";
import { ask } from "./server.js";

const GOODBYE_MS = 1_000;
const CONNECTING_MS = 15000;
const WEAK_MS = 3000; // "disconnected" often mends itself
const HEARTBEAT_MS = 5000; // the server hangs up on a page that it does not hear of
const SDP = { "content-type": "application/sdp" };

export class NoMicrophone extends Error {}

/**
 * One call. `on.sound(stream)` brings the agent's voice, `on.state("connected" | "weak" | "lost")` what
 * becomes of the line. Throws `NoMicrophone` or `Refused` with a sentence for a person.
 */
export class Call {
  #line = null;
  #next = null; // a line that is being made beside the one there is
  #silence = null;
  #timer = 0;
  #pulse = 0;

  constructor(audio, on) {
    this.on = on;
    this.audio = audio;
    this.session = null;
    this.microphone = null;
  }

  async dial(agent, { microphone = true } = {}) {
    this.microphone = microphone ? await openMicrophone() : this.#silentTrack();
    const line = (this.#line = this.#newLine(this.#voice));
    const body = await line.offer();
    const answer = await ask(`/agents/${encodeURIComponent(agent)}/sessions`, { method: "POST", headers: SDP, body });
    this.session = answer.headers.get("location");
    if (!(await line.accept(await answer.text()))) return this.session;
    this.#expire(CONNECTING_MS);
    this.#beat();
    this.#pulse = setInterval(() => this.#beat(), HEARTBEAT_MS);
    return this.session;
  }

  set muted(muted) {
    for (const track of this.microphone?.getAudioTracks() ?? []) track.enabled = !muted;
  }

  /**
   * Make a second line beside the one there is, as the server asks for it before a session ends, or because
   * this one is lost. It is silent until the session has moved (`move`). False if it cannot be made.
   */
  async renew() {
    const { session } = this;
    if (!session) return false;
    this.#dropNext();
    const quiet = this.#voice.clone();
    quiet.enabled = false;
    const next = (this.#next = { line: this.#newLine(quiet), quiet });
    try {
      const answer = await ask(`${session}/lines`, { method: "POST", headers: SDP, body: await next.line.offer() });
      next.address = answer.headers.get("location");
      await next.line.accept(await answer.text());
      await next.line.connected(CONNECTING_MS);
      await ask(next.address, { method: "POST" });
      return true;
    } catch {
      if (this.#next === next) this.#dropNext();
      return false;
    }
  }

  /** The session has moved to the second line: so do we. */
  async move() {
    const { line, quiet } = this.#next ?? {};
    if (!line) return;
    const old = this.#line;
    this.#line = line;
    this.#next = null;
    clearTimeout(this.#timer);
    await line.sender.replaceTrack(this.#voice);
    quiet.stop();
    if (line.stream) this.#hear(line.stream);
    this.on.state("connected");
    old.close();
  }

  /** Let go of microphone and line, and tell the server. Idempotent; safe while the page is closing. */
  hangUp() {
    clearTimeout(this.#timer);
    clearInterval(this.#pulse);
    this.#dropNext();
    this.#silence?.close();
    this.#silence = null;
    for (const track of this.microphone?.getTracks() ?? []) track.stop();
    this.audio.srcObject = null;
    // The server is told before the line is closed: a line that closes by itself looks like an accident.
    const { session } = this;
    const line = this.#line;
    this.session = null;
    const told = session ? ask(session, { method: "DELETE", keepalive: true }).catch(() => {}) : null;
    const patience = new Promise((resolve) => setTimeout(resolve, session ? GOODBYE_MS : 0));
    Promise.race([told ?? patience, patience]).then(() => line?.close());
  }

  get #voice() {
    return this.microphone.getAudioTracks()[0];
  }

  #newLine(track) {
    const line = new PeerLine(track, {
      sound: (stream) => line === this.#line && this.#hear(stream),
      state: (state) => line === this.#line && this.#changed(state),
    });
    return line;
  }

  #hear(stream) {
    this.audio.srcObject = stream;
    this.audio.play().catch(() => {}); // a browser that wants a gesture had one: the Talk button
    this.on.sound(stream);
  }

  #changed(state) {
    clearTimeout(this.#timer);
    if (state === "connected") this.on.state("connected");
    else if (state === "failed") this.#mend();
    else if (state === "disconnected") {
      this.on.state("weak");
      this.#expire(WEAK_MS);
    } else if (state === "connecting") this.#expire(CONNECTING_MS);
  }

  #expire(milliseconds) {
    if (this.#line.state === "connected") return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#mend(), milliseconds);
  }

  /** No sound comes through any more: the session may go on with another line, if there was one before. */
  async #mend() {
    const line = this.#line;
    if (!line.stream || (!this.#next && !(await this.renew()))) {
      if (line === this.#line) this.on.state("lost");
    }
  }

  #dropNext() {
    this.#next?.quiet.stop();
    this.#next?.line.close();
    this.#next = null;
  }

  #beat() {
    if (this.session) ask(`${this.session}/heartbeat`, { method: "POST" }).catch(() => {});
  }

  #silentTrack() {
    this.#silence = new AudioContext();
    return this.#silence.createMediaStreamDestination().stream;
  }
}

async function openMicrophone() {
  if (!navigator.mediaDevices?.getUserMedia) {
    throw new NoMicrophone("Browsers give a page the microphone only over https, or on this very machine.");
  }
  try {
    return await navigator.mediaDevices.getUserMedia({
      audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
    });
  } catch (error) {
    throw new NoMicrophone(WHY_NOT[error.name] ?? `The microphone cannot be used: ${error.message}`);
  }
}

const WHY_NOT = {
  NotFoundError: "No microphone was found. Plug one in, or go on without and type.",
  NotAllowedError: "The microphone was refused. Allow it beside the address bar, or go on without and type.",
  NotReadableError: "Another program holds the microphone. Close that one and try again.",
};
