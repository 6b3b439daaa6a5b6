import { Dialog } from "../elements/dialog.tsx";
import { DESTINATIONS } from "../pages.ts";
import { KEYS } from "./keys.ts";

/** All keys of the console. */
export default function Help({ onClose }: { readonly onClose: () => void }) {
  const goes = DESTINATIONS.map(({ key, label }) => ({ keys: ["g", key], does: label }));
  return (
    <Dialog title="Keys" onClose={onClose}>
      <div className="keys">
        <KeyList title="Everywhere" of={KEYS} />
        <KeyList title="Go to" of={goes} />
      </div>
      <p className="quiet-text">On a Mac, ⌘ stands for Ctrl.</p>
    </Dialog>
  );
}

function KeyList({ title, of }: { readonly title: string; readonly of: typeof KEYS }) {
  return (
    <section>
      <h3>{title}</h3>
      <dl>
        {of.map(({ keys, does }) => (
          <div key={does}>
            <dt>{does}</dt>
            <dd>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
