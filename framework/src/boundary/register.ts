// For `node --import ashlar/boundary/register`.
import { installBoundary } from "./hook.ts";

installBoundary();
