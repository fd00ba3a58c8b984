// What the agent may do only after a yes: one card for each open question, with a yes and a no.

import { element } from "./dom.js";
import { argumentsInWords, deedInWords, toolInWords } from "./words.js";

export class Questions {
  /** `answer(id, agreed)` tells the server, and resolves when it knows; `leave()` takes the focus of a card that
   *  goes away. The focus is never put on a card by itself: whoever is typing would answer by accident. */
  constructor(root, answer, leave) {
    this.root = root;
    this.answer = answer;
    this.leave = leave;
    this.cards = new Map(); // by call id
  }

  draw(story) {
    for (const [id, card] of this.cards) if (!story.questions.has(id)) this.#remove(id, card);
    for (const question of story.questions.values()) {
      if (this.cards.has(question.id)) continue;
      const card = this.#card(question);
      this.cards.set(question.id, card);
      this.root.append(card);
    }
    this.root.hidden = !this.cards.size;
  }

  #remove(id, card) {
    const focused = card.contains(document.activeElement);
    this.cards.delete(id);
    card.remove();
    if (focused) this.leave();
  }

  #card(question) {
    const deed = deedInWords(question);
    const title = `question-${question.id}`;
    const buttons = element("div", { class: "answers" });
    for (const [word, agreed] of [["Yes", true], ["No", false]]) {
      const button = element("button", { type: "button", class: word.toLowerCase(), "aria-label": `${word}: ${deed}` }, word);
      button.addEventListener("click", () => this.#press(question, buttons, agreed));
      buttons.append(button);
    }
    const parts = argumentsInWords(question.arguments).flatMap(([name, value]) => [
      element("dt", {}, name),
      element("dd", {}, value),
    ]);
    return element(
      "article",
      { class: "question", role: "group", "aria-labelledby": title, "data-question": question.id },
      element("p", { class: "asks" }, "The agent may do this only if you agree:"),
      element("h3", { id: title, title: question.tool }, toolInWords(question.tool)),
      ...(parts.length ? [element("dl", {}, ...parts)] : []),
      buttons,
    );
  }

  async #press(question, buttons, agreed) {
    const told = element("p", { class: "told", tabindex: "-1" }, agreed ? "You said yes." : "You said no.");
    buttons.hidden = true;
    buttons.after(told);
    told.focus({ preventScroll: true });
    if (await this.answer(question.id, agreed)) return;
    const focused = told === document.activeElement;
    told.remove();
    buttons.hidden = false;
    if (focused) buttons.firstChild.focus({ preventScroll: true });
  }
}
