import { setFlagsFromString } from "node:v8";

// To be imported before the parser, which is one huge WebAssembly function: V8 would take up to 600 MB to optimise it,
// for longer than a command runs. Without, 6,000 statements took 70 MB instead of 620, and a third less CPU.
setFlagsFromString("--no-wasm-tier-up");
setFlagsFromString("--no-wasm-dynamic-tiering");
