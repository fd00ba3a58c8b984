// One line of a call: a peer connection with sound both ways. A call may have a second one for a moment.

const GATHERING_MS = 800; // loopback and one network gather in some ten milliseconds

/** `on.sound(stream)` brings the agent's voice, `on.state(connectionState)` what becomes of the connection. */
export class PeerLine {
  constructor(track, on) {
    this.stream = null;
    this.peer = new RTCPeerConnection({ iceServers: [] });
    this.peer.addEventListener("track", ({ track: theirs, streams }) => {
      this.stream = streams[0] ?? new MediaStream([theirs]);
      on.sound(this.stream);
    });
    this.peer.addEventListener("connectionstatechange", () => on.state(this.peer.connectionState));
    this.sender = this.peer.addTrack(track, new MediaStream([track]));
    // The provider expects the channel in the offer, behind the audio; its events come by the server.
    this.peer.createDataChannel("oai-events");
  }

  get state() {
    return this.peer.connectionState;
  }

  async offer() {
    await this.peer.setLocalDescription(await this.peer.createOffer());
    await gathered(this.peer);
    return this.peer.localDescription.sdp;
  }

  /** False if the line was closed meanwhile. */
  async accept(sdp) {
    if (this.peer.signalingState === "closed") return false;
    await this.peer.setRemoteDescription({ type: "answer", sdp });
    return true;
  }

  /** Resolves when sound can flow; throws if that does not happen in so many milliseconds. */
  connected(milliseconds) {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error("the new line did not connect")), milliseconds);
      const look = () => {
        if (this.state === "connected") resolve();
        else if (this.state === "failed" || this.state === "closed") reject(new Error("the new line failed"));
        else return;
        clearTimeout(timer);
        this.peer.removeEventListener("connectionstatechange", look);
      };
      this.peer.addEventListener("connectionstatechange", look);
      look();
    });
  }

  close() {
    this.peer.close();
  }
}

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
