// A session's timeline: server-sent events, read with fetch so that the token travels in a header.

import { ask, Refused } from "./server.js";

const RETRY_MS = [200, 500, 1000, 2000, 4000];

/** Every notice of the session, each once, across lost connections; returns when the session has ended. */
export async function* notices(session, signal) {
  let last = 0;
  for (let failures = 0; ; failures++) {
    try {
      for await (const event of eventsAfter(session, last, signal)) {
        failures = 0;
        last = event.id;
        yield event.notice;
        if (event.notice.type === "session_ended") return;
      }
    } catch (error) {
      const final = error instanceof Refused && error.status >= 400 && error.status < 500;
      if (signal.aborted || final || failures >= RETRY_MS.length) throw error;
    }
    await new Promise((wake) => setTimeout(wake, RETRY_MS[Math.min(failures, RETRY_MS.length - 1)]));
  }
}

async function* eventsAfter(session, last, signal) {
  const headers = last ? { "last-event-id": String(last) } : {};
  const answer = await ask(`${session}/events`, { headers, signal, cache: "no-store" });
  const text = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await text.read().catch(lost);
    if (done) return;
    const blocks = (rest + value).split("\n\n");
    rest = blocks.pop();
    yield* blocks.map(parsed).filter(Boolean);
  }
}

function lost(error) {
  throw error.name === "AbortError" ? error : new Refused(0, "The connection to the server was lost.");
}

function parsed(block) {
  const fields = Object.fromEntries(
    block.split("\n").map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim()]),
  );
  return fields.data ? { id: Number(fields.id), notice: JSON.parse(fields.data) } : null;
}
