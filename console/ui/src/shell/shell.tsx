import { lazy, type ReactNode, Suspense, useCallback, useState } from "react";
import { session } from "../api/session.ts";
import { OpenedAction } from "../elements/action-button.tsx";
import { Dialog } from "../elements/dialog.tsx";
import { KeyValue } from "../elements/key-value.tsx";
import { DESTINATIONS } from "../pages.ts";
import { useKeys } from "./keys.ts";
import { BottomBar, Entries, Rail } from "./navigation.tsx";
import { StaleBanner } from "./stale-banner.tsx";
import { StatusBar } from "./status-bar.tsx";

const Palette = lazy(() => import("./palette.tsx"));
const Help = lazy(() => import("./help.tsx"));

type Open = "palette" | "help" | "drawer";

/** What the bar at the top has no room for. */
function DrawerFacts() {
  const { release, instance, actor, access } = session();
  return (
    <KeyValue
      items={[
        { key: "Release", value: release ?? "not named" },
        { key: "Instance", value: instance },
        { key: "Signed in as", value: actor },
        { key: "Access", value: access },
      ]}
    />
  );
}

/** What stands around every page. */
export function Shell({ children }: { readonly children: ReactNode }) {
  const [open, setOpen] = useState<Open | null>(null);
  const openPalette = useCallback(() => setOpen("palette"), []);
  const openHelp = useCallback(() => setOpen("help"), []);
  const close = useCallback(() => setOpen(null), []);
  useKeys({ openPalette, openHelp });
  return (
    <div className="shell">
      <a className="skip" href="#content">
        Skip to the page
      </a>
      <StatusBar onPalette={openPalette} />
      <Rail />
      <main id="content" className="content" tabIndex={-1}>
        <StaleBanner />
        {children}
      </main>
      <BottomBar onMore={() => setOpen("drawer")} isOpen={open === "drawer"} />
      <Suspense>
        {open === "palette" && <Palette onClose={close} />}
        {open === "help" && <Help onClose={close} />}
      </Suspense>
      <OpenedAction />
      {open === "drawer" && (
        <Dialog title="Pages" kind="side" onClose={close}>
          <nav className="drawer" aria-label="All pages">
            <Entries of={DESTINATIONS} onFollow={close} />
          </nav>
          <DrawerFacts />
        </Dialog>
      )}
    </div>
  );
}
