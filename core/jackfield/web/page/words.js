// Names and arguments of tools in words. No DOM here.

/** `tickets.close_ticket` as "Close ticket". */
export function toolInWords(tool) {
  const words = tool.slice(tool.lastIndexOf(".") + 1).replace(/[_-]+/g, " ").trim() || tool;
  return words[0].toUpperCase() + words.slice(1);
}

/** `{"number": 1042, "spare_parts": ["fan"]}` as [["number", "1042"], ["spare parts", "fan"]]. */
export function argumentsInWords(json) {
  let values;
  try {
    values = JSON.parse(json || "{}");
  } catch {
    return json ? [["with", json]] : [];
  }
  if (values === null || typeof values !== "object" || Array.isArray(values)) return [["with", inWords(values)]];
  return Object.entries(values).map(([name, value]) => [name.replace(/_+/g, " "), inWords(value)]);
}

/** What would be done, in one line: "Close ticket, number 1042". */
export function deedInWords({ tool, arguments: json }) {
  return [toolInWords(tool), ...argumentsInWords(json).map(([name, value]) => `${name} ${value}`)].join(", ");
}

function inWords(value) {
  if (typeof value === "string") return value;
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (value === null) return "none";
  if (Array.isArray(value) && value.every((each) => typeof each !== "object")) return value.map(inWords).join(", ");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
