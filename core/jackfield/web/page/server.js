// The server this page came from: requests with the token, and refusals as sentences.

const KEEP = "jackfield.token";

export class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** Take the token out of a signed link (#token=… or ?token=…), and the link's secret out of sight. */
export function takeTokenFromAddress() {
  const here = new URL(location.href);
  const token = new URLSearchParams(here.hash.slice(1)).get("token") ?? here.searchParams.get("token");
  if (!token) return;
  remember(token);
  here.searchParams.delete("token");
  here.hash = "";
  history.replaceState(null, "", here);
}

export function remember(token) {
  sessionStorage.setItem(KEEP, token);
}

export function remembered() {
  return sessionStorage.getItem(KEEP);
}

/** Like fetch; throws `Refused` with the server's own sentence for anything that is not a success. */
export async function ask(path, options = {}) {
  const headers = new Headers(options.headers);
  const token = remembered();
  if (token) headers.set("authorization", `Bearer ${encodable(token)}`);
  let answer;
  try {
    answer = await fetch(path, { ...options, headers });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refused(0, "The server does not answer. Is it still running?");
  }
  if (!answer.ok) throw new Refused(answer.status, await sentenceOf(answer));
  return answer;
}

// Headers carry Latin-1 only; such a token cannot be right, and must not break the request.
function encodable(token) {
  return token.replace(/[^\x20-\xff]/g, "?");
}

async function sentenceOf(answer) {
  try {
    return (await answer.json()).error.message;
  } catch {
    return `The server answered ${answer.status} ${answer.statusText}.`;
  }
}
