// Making elements: `element("p", {class: "note", hidden: true}, "text", child)`.

export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

export const find = (id) => document.getElementById(id);

/** 0.2 s, 3.4 s, 1:05. */
export function duration(seconds) {
  if (seconds < 60) return `${seconds < 9.95 ? seconds.toFixed(seconds < 0.095 ? 2 : 1) : Math.round(seconds)} s`;
  return clock(seconds);
}

/** 0:07, 12:40. */
export function clock(seconds) {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
