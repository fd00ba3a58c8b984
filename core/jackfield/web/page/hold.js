// The button that the caller holds while they speak, for agents that do not listen by themselves.

import { ask } from "./server.js";

/**
 * `button` is held by pointer, or by space or enter while it has the focus. `begins()` gives the call that is on,
 * or null; `fails(error)` is told what the server says.
 */
export class Hold {
  #call = null; // whose button is held
  #said = Promise.resolve(); // press and release arrive in order

  constructor(button, begins, fails) {
    this.button = button;
    this.begins = begins;
    this.fails = fails;
    button.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      button.setPointerCapture(event.pointerId);
      this.press();
    });
    for (const over of ["pointerup", "pointercancel", "blur"]) button.addEventListener(over, () => this.release());
    button.addEventListener("keydown", (event) => this.#key(event, () => event.repeat || this.press()));
    button.addEventListener("keyup", (event) => this.#key(event, () => this.release()));
  }

  press() {
    const call = this.begins();
    if (this.#call || !call?.session) return;
    this.#call = call;
    this.#tell(true);
  }

  release() {
    if (!this.#call) return;
    this.#tell(false);
    this.#call = null;
  }

  #tell(held) {
    const call = this.#call;
    call.muted = !held;
    this.button.setAttribute("aria-pressed", String(held));
    const body = JSON.stringify({ held });
    const options = { method: "POST", headers: { "content-type": "application/json" }, body };
    this.#said = this.#said.then(() => call.session && ask(`${call.session}/button`, options)).catch(this.fails);
  }

  #key(event, act) {
    if (event.key !== " " && event.key !== "Enter") return;
    event.preventDefault();
    act();
  }
}
