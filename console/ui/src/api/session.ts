import type { SessionView, SignIn, SignInForm } from "../../../api/session.ts";
import { get, post, remove } from "./client.ts";
import { createStore, useStore } from "./store.ts";

const current = createStore<SessionView | null>(null);

/** Who is signed in, to what. Screens are rendered only when somebody is. */
export function session(): SessionView {
  const view = current.get();
  if (view === null) throw new Error("Nobody is signed in.");
  return view;
}

/** As `session`, but null while nobody is signed in, and rendered again when that changes. */
export function useSession(): SessionView | null {
  return useStore(current);
}

export async function loadSession(): Promise<SessionView> {
  const view = await get<SessionView>("/session");
  current.set(view);
  return view;
}

let first: Promise<SessionView> | undefined;

/** As `loadSession`, once however often it is called: who came in. */
export function loadFirstSession(): Promise<SessionView> {
  first ??= loadSession();
  return first;
}

export function signInForm(): Promise<SignInForm> {
  return get<SignInForm>("/sign-in");
}

export async function signIn(given: SignIn): Promise<void> {
  await post("/session", given);
  await loadSession();
}

export async function signOut(): Promise<void> {
  await remove("/session");
  current.set(null);
}

/** The server no longer knows who this is. */
export function forgetSession(): void {
  current.set(null);
}
