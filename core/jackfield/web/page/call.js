// The media leg: the caller's voice to the provider and the agent's back. Nothing but sound goes here.

import { ask } from "./server.js";

const GATHERING_MS = 800; // loopback and one network gather in some ten milliseconds
const GOODBYE_MS = 1_000;
const CONNECTING_MS = 15000;
const WEAK_MS = 6000; // "disconnected" often mends itself

export class NoMicrophone extends Error {}

/**
 * One call. `on.sound(stream)` brings the agent's voice, `on.state("connected" | "weak" | "lost")` what
 * becomes of the line. Throws `NoMicrophone` or `Refused` with a sentence for a person.
 */
export class Call {
  #peer = null;
  #silence = null;
  #timer = 0;

  constructor(audio, on) {
    this.on = on;
    this.audio = audio;
    this.session = null;
    this.microphone = null;
  }

  async dial(agent, { microphone = true } = {}) {
    this.microphone = microphone ? await openMicrophone() : this.#silentTrack();
    const peer = (this.#peer = new RTCPeerConnection({ iceServers: [] }));
    peer.addEventListener("track", ({ track, streams }) => this.#hear(streams[0] ?? new MediaStream([track])));
    peer.addEventListener("connectionstatechange", () => this.#changed(peer.connectionState));
    for (const track of this.microphone.getAudioTracks()) peer.addTrack(track, this.microphone);
    // The provider expects the channel in the offer, behind the audio; its events come by the server.
    peer.createDataChannel("oai-events");
    await peer.setLocalDescription(await peer.createOffer());
    await gathered(peer);
    const answer = await ask(`/agents/${encodeURIComponent(agent)}/sessions`, {
      method: "POST",
      headers: { "content-type": "application/sdp" },
      body: peer.localDescription.sdp,
    });
    this.session = answer.headers.get("location");
    const sdp = await answer.text();
    if (peer.signalingState === "closed") return this.session;
    await peer.setRemoteDescription({ type: "answer", sdp });
    this.#expire(CONNECTING_MS);
    return this.session;
  }

  set muted(muted) {
    for (const track of this.microphone?.getAudioTracks() ?? []) track.enabled = !muted;
  }

  /** Let go of microphone and line, and tell the server. Idempotent; safe while the page is closing. */
  hangUp() {
    clearTimeout(this.#timer);
    this.#silence?.close();
    this.#silence = null;
    for (const track of this.microphone?.getTracks() ?? []) track.stop();
    this.audio.srcObject = null;
    // The server is told before the line is closed: a line that closes by itself looks like an accident.
    const { session } = this;
    const peer = this.#peer;
    this.session = null;
    const told = session ? ask(session, { method: "DELETE", keepalive: true }).catch(() => {}) : null;
    const patience = new Promise((resolve) => setTimeout(resolve, session ? GOODBYE_MS : 0));
    Promise.race([told ?? patience, patience]).then(() => peer?.close());
  }

  #hear(stream) {
    this.audio.srcObject = stream;
    this.audio.play().catch(() => {}); // a browser that wants a gesture had one: the Talk button
    this.on.sound(stream);
  }

  #changed(state) {
    clearTimeout(this.#timer);
    if (state === "connected") this.on.state("connected");
    else if (state === "failed") this.on.state("lost");
    else if (state === "disconnected") {
      this.on.state("weak");
      this.#expire(WEAK_MS);
    } else if (state === "connecting") this.#expire(CONNECTING_MS);
  }

  #expire(milliseconds) {
    if (this.#peer.connectionState === "connected") return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.on.state("lost"), milliseconds);
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

function gathered(peer) {
  if (peer.iceGatheringState === "complete") return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, GATHERING_MS);
    peer.addEventListener("icegatheringstatechange", () => {
      if (peer.iceGatheringState !== "complete") return;
      clearTimeout(timer);
      resolve();
    });
  });
}
