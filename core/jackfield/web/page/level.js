// How loud a stream is, from 0 to 1: so that one sees that the microphone works.

export class Level {
  #context = new AudioContext();
  #nodes = [];

  watch(stream) {
    const analyser = this.#context.createAnalyser();
    analyser.fftSize = 512;
    this.#context.createMediaStreamSource(stream).connect(analyser);
    this.#nodes.push({ analyser, samples: new Float32Array(analyser.fftSize) });
  }

  get now() {
    return Math.max(0, ...this.#nodes.map(loudness));
  }

  close() {
    this.#context.close();
  }
}

function loudness({ analyser, samples }) {
  analyser.getFloatTimeDomainData(samples);
  const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
  return Math.min(1, Math.sqrt(power) * 5);
}
