/** Words joined into lines of at most `width`; a word that is longer has a line of its own. */
export function fold(words: readonly string[], separator: string, width: number): string[] {
  const lines: string[] = [];
  for (const [index, word] of words.entries()) {
    const text = index === words.length - 1 ? word : word + separator.trimEnd();
    const last = lines.at(-1);
    const together =
      last === undefined ? text : `${last}${separator.slice(separator.trimEnd().length)}${text}`;
    if (last !== undefined && together.length <= width) lines[lines.length - 1] = together;
    else lines.push(text);
  }
  return lines;
}
