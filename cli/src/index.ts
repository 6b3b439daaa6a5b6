export { EXIT, type ExitCode } from "./exit-code.ts";
export { main } from "./main.ts";
export { helpTexts } from "./program.ts";
