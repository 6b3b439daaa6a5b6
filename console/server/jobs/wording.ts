/** `1 job`, `2,500 jobs`, `10,000+ jobs`. */
export function counted(count: number, one: string, isAtLeast = false, many = `${one}s`): string {
  return `${count.toLocaleString("en-US")}${isAtLeast ? "+" : ""} ${count === 1 && !isAtLeast ? one : many}`;
}
