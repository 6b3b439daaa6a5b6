import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startShopProcess } from "../shop-process.ts";
import type { Session } from "../table.ts";

export async function run(session: Session): Promise<void> {
  const rounds = session.quick ? 2 : 7;
  const later = await mkdtemp(join(tmpdir(), "ashlar-bench-"));
  session.atEnd(() => rm(later, { recursive: true, force: true }));
  await session.measure(
    {
      row: "first start: no data directory yet",
      against: "ashlar",
      contenders: [
        {
          system: "ashlar",
          measure: async () => {
            const home = await mkdtemp(join(tmpdir(), "ashlar-bench-"));
            try {
              return await startAndStop(home);
            } finally {
              await rm(home, { recursive: true, force: true });
            }
          },
        },
      ],
    },
    rounds,
  );
  await session.measure(
    {
      row: "later start",
      against: "ashlar",
      // The unrecorded round is the first start of this directory.
      contenders: [{ system: "ashlar", measure: () => startAndStop(later) }],
    },
    rounds,
  );
}

async function startAndStop(home: string) {
  const shop = await startShopProcess({ ASHLAR_HOME: home });
  await shop.stop();
  return { "s to ready": shop.readySeconds };
}
