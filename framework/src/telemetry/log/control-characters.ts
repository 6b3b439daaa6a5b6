// What a terminal, an editor or a reader of lines may obey: C0 and C1, DEL, other ends of lines, directions of writing.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;
/** Those that JSON leaves as they are. */
const CONTROLS_IN_JSON = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** The text with its control characters as something to read. */
export function controlsShown(text: string): string {
  return text.replace(CONTROLS, escaped);
}

/**
 * The same JSON with the control characters escaped that JSON does not escape by itself. They can only be within
 * strings, where the escape means the same.
 */
export function controlsEscaped(json: string): string {
  return json.replace(CONTROLS_IN_JSON, escaped);
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
