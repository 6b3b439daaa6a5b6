/**
 * The media type without its parameters, in lower case; "" when there is none or when it says that the text is in
 * anything but UTF-8.
 */
export function essenceOf(contentType: string | undefined): string {
  if (contentType === undefined) return "";
  const end = contentType.indexOf(";");
  if (end < 0) return contentType.trim().toLowerCase();
  const charset = /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(contentType)?.[1];
  if (charset !== undefined && !UTF8_NAMES.has(charset.toLowerCase())) return "";
  return contentType.slice(0, end).trim().toLowerCase();
}

/** ASCII is a part of UTF-8. */
const UTF8_NAMES = new Set(["utf-8", "utf8", "us-ascii"]);
