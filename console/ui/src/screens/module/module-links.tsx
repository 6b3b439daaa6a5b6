import { Link } from "wouter";

/** Where else there is something of a module. */
export function ModuleLinks({ module }: { readonly module: string }) {
  const query = `module=${encodeURIComponent(module)}`;
  return (
    <>
      <Link className="button" href={`/traces?${query}`}>
        Traces
      </Link>
      <Link className="button" href={`/jobs?${query}`}>
        Jobs
      </Link>
      <Link className="button" href={`/database?tab=statements&${query}`}>
        Statements
      </Link>
    </>
  );
}
