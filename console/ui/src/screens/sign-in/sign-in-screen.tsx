import { useQuery } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useId, useRef, useState } from "react";
import { useLocation, useSearch } from "wouter";
import type { SignIn } from "../../../../api/session.ts";
import { ApiProblem } from "../../api/problem.ts";
import { signIn, signInForm } from "../../api/session.ts";
import { Failure } from "../../elements/failure.tsx";
import { BrandMark } from "../../shell/brand-mark.tsx";
import "./sign-in.css";

/** Asks for what the app signs people in with, and leads back to where they wanted to go. */
export default function SignInScreen() {
  const form = useQuery({ queryKey: ["sign-in"], queryFn: signInForm, retry: 3 });
  const app = form.data?.app;
  return (
    <main className="sign-in">
      <title>{app === undefined ? "Sign in" : `Sign in · ${app}`}</title>
      <div className="sign-in-card">
        <p className="sign-in-brand">
          <BrandMark />
          {app ?? "Console"}
        </p>
        <h1>Sign in</h1>
        <p className="quiet-text">For operators and support.</p>
        {form.data !== undefined && <SignInFields asksFor={form.data.asksFor} />}
        {form.error !== null && <Failure problem={form.error} />}
      </div>
    </main>
  );
}

function SignInFields({ asksFor }: { readonly asksFor: "password" | "token" }) {
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const [, navigate] = useLocation();
  const search = useSearch();
  const told = useId();

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (form.current === null || isBusy) return;
    setProblem(null);
    setBusy(true);
    try {
      await signIn(given(new FormData(form.current), asksFor));
      navigate(wayBack(search), { replace: true });
    } catch (error) {
      setBusy(false);
      setProblem(sentence(error, asksFor));
      form.current?.querySelector<HTMLInputElement>("input[type=password]")?.select();
    }
  };
  return (
    <form ref={form} onSubmit={(event) => void submit(event)}>
      {asksFor === "password" ? (
        <>
          <Field label="Name or e-mail" name="name" autoComplete="username" isFirst />
          <Field label="Password" name="password" autoComplete="current-password" isSecret told={told} />
        </>
      ) : (
        <Field label="Token" name="token" autoComplete="off" isSecret isFirst told={told} />
      )}
      <p id={told} className="sign-in-problem" role="alert">
        {problem}
      </p>
      <button type="submit" className="button primary" aria-disabled={isBusy}>
        {isBusy ? "Signing in…" : "Sign in"}
      </button>
    </form>
  );
}

function Field({
  label,
  name,
  autoComplete,
  isSecret = false,
  isFirst = false,
  told,
}: {
  readonly label: ReactNode;
  readonly name: string;
  readonly autoComplete: string;
  readonly isSecret?: boolean;
  readonly isFirst?: boolean;
  readonly told?: string;
}) {
  const id = useId();
  return (
    <div className="field block">
      <label className="field-label" htmlFor={id}>
        {label}
      </label>
      <input
        id={id}
        name={name}
        type={isSecret ? "password" : "text"}
        autoComplete={autoComplete}
        autoCapitalize="none"
        spellCheck={false}
        required
        // biome-ignore lint/a11y/noAutofocus: the page asks for nothing else
        autoFocus={isFirst}
        aria-describedby={told}
      />
    </div>
  );
}

function given(fields: FormData, asksFor: "password" | "token"): SignIn {
  const field = (name: string) => String(fields.get(name) ?? "");
  if (asksFor === "token") return { token: field("token").trim() };
  return { name: field("name").trim(), password: field("password") };
}

/** The same for a name that is unknown and a password that is wrong. */
function sentence(error: unknown, asksFor: "password" | "token"): string {
  if (!(error instanceof ApiProblem)) return "That did not work. Try again.";
  if (error.isSignedOut) {
    return asksFor === "token" ? "This token is not valid." : "Name and password do not fit.";
  }
  if (error.status === 403) return "This account may not use the console.";
  return error.detail === undefined ? `${error.title}.` : `${error.title}: ${error.detail}.`;
}

/** Only to pages of the console: the address could come from anywhere. */
function wayBack(search: string): string {
  const back = new URLSearchParams(search).get("back") ?? "/";
  return /^\/(?![/\\])/.test(back) && !back.startsWith("/sign-in") ? back : "/";
}
