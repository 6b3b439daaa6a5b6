import { machineCheck } from "../check.ts";
import { error, note, ok, warning } from "../finding.ts";
import { nodeReleases, supportOf } from "./releases.ts";

const OLDEST_NODE = 24;
/** Comes with Node 24, and is the first that knows `allowScripts`. */
const OLDEST_NPM = 11;
const DEFAULT_THREADS = 4;

export const nodeVersion = machineCheck({
  id: "node-version",
  holds: "This Node is supported",
  look({ nodeVersion: version, now }) {
    const major = Number.parseInt(version, 10);
    const support = supportOf(nodeReleases, major, now());
    const upgrade = `Install Node ${OLDEST_NODE} or a later even release, and pin it: npm install --save-dev --save-exact node@${OLDEST_NODE}`;
    if (major < OLDEST_NODE) {
      return [
        error("This Node is too old", [`it is ${version}; Ashlar needs ${OLDEST_NODE} or later`], upgrade),
      ];
    }
    switch (support.state) {
      case "supported":
        return [ok(`Node ${version} is supported`, [`security fixes until ${support.until}`])];
      case "ending":
        return [
          warning(
            `Node ${major} soon gets no more security fixes`,
            [`it is ${version}, until ${support.until}`],
            upgrade,
          ),
        ];
      case "ended":
        return [
          error(
            `Node ${major} gets no more security fixes`,
            [`it is ${version}, since ${support.until}`],
            upgrade,
          ),
        ];
      case "unknown":
        return [
          note(
            `The doctor does not know Node ${major}`,
            [`it is ${version}`],
            "See https://nodejs.org/en/about/previous-releases for how long it is supported.",
          ),
        ];
    }
  },
});

export const nodePinned = machineCheck({
  id: "node-pinned",
  holds: "The project pins its Node",
  look({ nodeVersion: running, pinned }) {
    if (pinned === null) return [ok("There is no project here whose Node could be pinned")];
    if (pinned.length === 0) {
      return [
        note(
          "The project does not pin its Node",
          ["neither a dependency `node` in package.json nor .nvmrc nor .node-version"],
          `Pin it, so that everybody runs the same: npm install --save-dev --save-exact node@${running}`,
        ),
      ];
    }
    const others = pinned.filter(({ version }) => !isSame(version, running));
    if (others.length === 0) return [ok("This is the Node that the project pins", pinned.map(inWords))];
    return [
      warning(
        "This is not the Node that the project pins",
        [`running: ${running}`, ...others.map(inWords)],
        "Start it through npm (npm start, npx), which takes the pinned one, or install that version.",
      ),
    ];
  },
});

export const npmVersion = machineCheck({
  id: "npm-version",
  holds: "This npm is recent enough",
  async look({ npmVersion }) {
    const version = await npmVersion();
    if (version === null) return [ok("There is no npm here, and running an app takes none")];
    if (Number.parseInt(version, 10) >= OLDEST_NPM) return [ok(`npm ${version} is recent enough`)];
    return [
      warning(
        "This npm is older than the one that comes with Node 24",
        [`it is ${version}; Node 24 comes with ${OLDEST_NPM}`],
        `npm install --global npm@${OLDEST_NPM}`,
      ),
    ];
  },
});

export const passwordThreads = machineCheck({
  id: "password-threads",
  holds: "Password hashing can use all cores",
  look({ cores, threads }) {
    const used = threads ?? DEFAULT_THREADS;
    if (used >= cores) return [];
    return [
      note(
        "Password hashing cannot use all cores",
        [
          `${cores} cores, ${used} threads${threads === null ? ", the default of Node" : " (UV_THREADPOOL_SIZE)"}`,
          "crypto.argon2, zlib, DNS and files share these threads",
        ],
        `Set UV_THREADPOOL_SIZE=${cores} in the environment of the app, if it signs people in.`,
      ),
    ];
  },
});

/** `24` and `24.21` name every version that begins so; ranges are taken for what they begin with. */
function isSame(pinned: string, running: string): boolean {
  const wanted = pinned.replace(/^[v^~>=\s]+/, "");
  return running === wanted || running.startsWith(`${wanted}.`);
}

function inWords({ file, version }: { file: string; version: string }): string {
  return `${file} pins ${version}`;
}
