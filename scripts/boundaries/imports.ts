export interface Import {
  readonly specifier: string;
  /** 1-based. */
  readonly line: number;
}

// Earliest match wins, so a quote inside a comment and a comment inside a quote are both left alone.
const TEXT = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|`(?:\\[\s\S]|[^`\\])*`|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'/g;

// The last alternative is any other string: matched to be skipped, whatever it says.
const IMPORT =
  /\b(?:import|export)\b[^"`;()]*?\bfrom\s*"([^"\n]*)"|\b(?:import|require|require\.resolve|import\.meta\.resolve)\s*\(?\s*"([^"\n]*)"|"(?:\\.|[^"\\\n])*"/g;

/**
 * The literal specifiers a source file imports: static, `import type`, `typeof import()`, re-exports, dynamic,
 * `require`. A scan and no parser: computed specifiers are left to the boundary hook.
 */
export function importsOf(source: string): Import[] {
  const code = source.replace(TEXT, plain);
  return [...code.matchAll(IMPORT)].flatMap((match) => {
    const specifier = match[1] ?? match[2];
    if (specifier === undefined) return [];
    return [{ specifier, line: code.slice(0, match.index + match[0].length).split("\n").length }];
  });
}

/** Comments and templates become blanks and every string a double-quoted one; places stay the same. */
function plain(text: string): string {
  if (text.startsWith('"')) return text;
  if (text.startsWith("'")) return `"${text.slice(1, -1).replaceAll('"', " ")}"`;
  return text.replace(/[^\n]/g, " ");
}
