#!/usr/bin/env node
// By the package's name: what it opens is sources in the repository and JavaScript where it is installed.
import { main } from "create-ashlar";

process.exitCode = await main(process.argv.slice(2));
