import { type KeyboardEvent, useId, useMemo, useState } from "react";
import { useLocation } from "wouter";
import { session } from "../api/session.ts";
import { useStore } from "../api/store.ts";
import { noteArrival } from "../elements/arrival.ts";
import { Dialog } from "../elements/dialog.tsx";
import { Icon } from "../elements/icon.tsx";
import { type PaletteEntry, screenEntries } from "../elements/palette-entries.ts";
import { DESTINATIONS } from "../pages.ts";

const SHOWN = 50;

/** Goes to any page, module, or what the screen at hand has offered, by a part of its name. */
export default function Palette({ onClose }: { readonly onClose: () => void }) {
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const [, navigate] = useLocation();
  const ofScreen = useStore(screenEntries);
  const all = useMemo(() => [...ofScreen, ...pages(), ...modules()], [ofScreen]);
  const found = useMemo(() => matching(all, text).slice(0, SHOWN), [all, text]);
  const id = useId();
  const current = Math.min(at, found.length - 1);

  const open = (entry: PaletteEntry | undefined) => {
    if (entry === undefined) return;
    onClose();
    noteArrival();
    navigate(entry.href);
  };
  const press = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && found.length > 0) {
      event.preventDefault();
      const next = (current + step + found.length) % found.length;
      setAt(next);
      document.getElementById(`${id}-${next}`)?.scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter") {
      event.preventDefault();
      open(found[current]);
    }
  };

  return (
    <Dialog title="Go to" kind="palette" onClose={onClose}>
      <div className="palette-field">
        <Icon name="search" />
        <input
          type="text"
          role="combobox"
          aria-label="Go to"
          aria-expanded="true"
          aria-controls={id}
          aria-activedescendant={found.length === 0 ? undefined : `${id}-${current}`}
          aria-autocomplete="list"
          placeholder="A page, a module…"
          autoComplete="off"
          spellCheck={false}
          autoFocus
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            setAt(0);
          }}
          onKeyDown={press}
        />
      </div>
      <div id={id} role="listbox" aria-label="Places" className="palette-list">
        {found.map((entry, index) => (
          // biome-ignore lint/a11y/useFocusableInteractive: the focus stays in the field
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the keys
          <div
            key={`${entry.group} ${entry.label} ${entry.href}`}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === current}
            className="palette-entry"
            onClick={() => open(entry)}
            onMouseMove={() => index !== current && setAt(index)}
          >
            <span className="palette-label">{entry.label}</span>
            <span className="palette-group">{entry.group}</span>
            {entry.keys !== undefined && <kbd>{entry.keys}</kbd>}
          </div>
        ))}
      </div>
      <p role="status" className={found.length === 0 ? "palette-nothing" : "unseen"}>
        {found.length === 0 ? `Nothing is called “${text}”.` : `${found.length} places`}
      </p>
    </Dialog>
  );
}

function pages(): PaletteEntry[] {
  const listed = DESTINATIONS.map(({ label, href, key }) => ({
    label,
    href,
    group: "Page",
    keys: `g ${key}`,
  }));
  return [...listed, { label: "Modules", href: "/modules", group: "Page" }];
}

function modules(): PaletteEntry[] {
  return session().modules.map((name) => ({
    label: name,
    href: `/modules/${encodeURIComponent(name)}`,
    group: "Module",
  }));
}

/** Those that contain every word; first those that begin with the text. */
function matching(entries: readonly PaletteEntry[], text: string): PaletteEntry[] {
  const wanted = text.trim().toLowerCase();
  const words = wanted.split(/\s+/);
  const hits = entries.filter((entry) => {
    const name = `${entry.label} ${entry.group}`.toLowerCase();
    return words.every((word) => name.includes(word));
  });
  const begins = (entry: PaletteEntry) => (entry.label.toLowerCase().startsWith(wanted) ? 0 : 1);
  return hits.sort((one, other) => begins(one) - begins(other));
}
