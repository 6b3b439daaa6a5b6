import type { ReactNode } from "react";
import "./markdown.css";

/**
 * Markdown of our own documents: headings, paragraphs, lists, code, quotes, bold, links. Everything becomes text in
 * elements that are made here, so nothing in it can be HTML. A link within the repository leads nowhere in the console
 * and stays a word.
 */
export function Markdown({
  text,
  below = 2,
}: {
  readonly text: string /** Level of the heading above. */;
  readonly below?: number;
}) {
  return <div className="markdown">{blocksOf(text).map((block, index) => element(block, index, below))}</div>;
}

type Block =
  | { readonly kind: "heading"; readonly level: number; readonly text: string }
  | { readonly kind: "paragraph" | "quote" | "code"; readonly text: string }
  | { readonly kind: "list"; readonly isOrdered: boolean; readonly items: readonly string[] }
  | {
      readonly kind: "table";
      readonly head: readonly string[];
      readonly rows: readonly (readonly string[])[];
    };

const ITEM = /^(?:[-*]|(\d+)[.)])\s+/;

function blocksOf(text: string): Block[] {
  const lines = text.replaceAll("\r\n", "\n").split("\n");
  const blocks: Block[] = [];
  let at = 0;
  const take = (isPart: (line: string) => boolean) => {
    const from = at;
    while (at < lines.length && isPart(lines[at]!)) at++;
    return lines.slice(from, at);
  };
  while (at < lines.length) {
    const line = lines[at]!;
    const heading = /^(#{1,6})\s+(.*)$/.exec(line);
    if (line.trim() === "") at++;
    else if (heading !== null) {
      blocks.push({ kind: "heading", level: heading[1]!.length, text: heading[2]! });
      at++;
    } else if (line.startsWith("```")) {
      at++;
      const code = take((each) => !each.startsWith("```"));
      at++;
      blocks.push({ kind: "code", text: code.join("\n") });
    } else if (line.startsWith(">")) {
      const quoted = take((each) => each.startsWith(">")).map((each) => each.replace(/^>\s?/, ""));
      blocks.push({ kind: "quote", text: quoted.join(" ") });
    } else if (line.startsWith("|")) {
      const [head = [], , ...rows] = take((each) => each.startsWith("|")).map(cellsOf);
      blocks.push({ kind: "table", head, rows });
    } else if (ITEM.test(line)) {
      const own = take((each) => ITEM.test(each) || /^\s+\S/.test(each));
      blocks.push({ kind: "list", isOrdered: /^\d/.test(line), items: itemsOf(own) });
    } else {
      blocks.push({ kind: "paragraph", text: take(isOfParagraph).join(" ") });
    }
  }
  return blocks;
}

function isOfParagraph(line: string): boolean {
  return line.trim() !== "" && !/^(?:#{1,6}\s|```|>|\|)/.test(line) && !ITEM.test(line);
}

function itemsOf(lines: readonly string[]): string[] {
  const items: string[] = [];
  for (const line of lines) {
    if (ITEM.test(line)) items.push(line.replace(ITEM, ""));
    else items.push(`${items.pop() ?? ""} ${line.trim()}`);
  }
  return items;
}

function cellsOf(line: string): string[] {
  return line
    .replace(/^\||\|\s*$/g, "")
    .split("|")
    .map((cell) => cell.trim());
}

function element(block: Block, key: number, below: number): ReactNode {
  switch (block.kind) {
    case "heading": {
      const Heading = `h${Math.min(6, below + block.level)}` as "h3";
      return <Heading key={key}>{inline(block.text)}</Heading>;
    }
    case "code":
      return (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it may scroll, so the keyboard must reach it
        <pre key={key} tabIndex={0}>
          <code>{block.text}</code>
        </pre>
      );
    case "quote":
      return <blockquote key={key}>{inline(block.text)}</blockquote>;
    case "list": {
      const List = block.isOrdered ? "ol" : "ul";
      return (
        <List key={key}>
          {block.items.map((item, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a document does not change its order
            <li key={index}>{inline(item)}</li>
          ))}
        </List>
      );
    }
    case "table":
      return <MarkdownTable key={key} head={block.head} rows={block.rows} />;
    default:
      return <p key={key}>{inline(block.text)}</p>;
  }
}

function MarkdownTable({
  head,
  rows,
}: {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}) {
  return (
    <table>
      <thead>
        <tr>
          {head.map((cell) => (
            <th key={cell} scope="col">
              {inline(cell)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.join("|")}>
            {row.map((cell, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a document does not change its order
              <td key={index}>{inline(cell)}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const INLINE = /(`[^`]+`)|\*\*([^*]+)\*\*|\[([^\]]+)\]\(([^)\s]+)\)/g;

function inline(text: string): ReactNode[] {
  const parts: ReactNode[] = [];
  let from = 0;
  for (const match of text.matchAll(INLINE)) {
    const [whole, code, bold, label, href] = match;
    parts.push(text.slice(from, match.index));
    from = match.index + whole.length;
    if (code !== undefined) parts.push(<code key={from}>{code.slice(1, -1)}</code>);
    else if (bold !== undefined) parts.push(<strong key={from}>{bold}</strong>);
    else if (/^https?:\/\//.test(href!)) {
      parts.push(
        <a key={from} href={href} target="_blank" rel="noreferrer">
          {label}
        </a>,
      );
    } else parts.push(label);
  }
  parts.push(text.slice(from));
  return parts;
}
