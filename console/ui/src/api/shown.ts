import { type Query, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import type { Shown, Stale } from "../../../api/shown.ts";
import { get } from "./client.ts";
import { report } from "./freshness.ts";
import { isPaused, liveState, topicOf, watchTopic } from "./live.ts";
import { ApiProblem } from "./problem.ts";
import { useStore } from "./store.ts";

const REFETCH_MS = 5_000;

/** What is known of a read endpoint. `data` stays when a later try fails; `stale` or `error` then says why. */
export interface ShownState<Data> {
  readonly data: Data | undefined;
  readonly at: number | undefined;
  readonly stale: Stale | null;
  readonly error: ApiProblem | null;
  /** Nothing has come yet, and it is being asked for. */
  readonly isLoading: boolean;
  refetch(): void;
}

/**
 * The answer of GET /console/api`path`, kept up to date: by the live stream where the path is a topic, else every
 * 5 s; not at all while the page is paused or hidden. While only the query of the path changes, the answer before is
 * shown until the new one is there. Null asks for nothing.
 */
export function useShown<Data>(path: string | null): ShownState<Data> {
  const client = useQueryClient();
  const paused = useStore(isPaused);
  const live = useStore(liveState);
  const topic = path === null ? undefined : topicOf(path);

  const query = useQuery<Shown<Data>, Error>({
    ...askShown<Data>(path ?? ""),
    enabled: path !== null,
    refetchInterval: paused || (topic !== undefined && live === "streaming") ? false : REFETCH_MS,
    refetchOnWindowFocus: !paused,
    placeholderData: (before, of) => (isSamePlace(of, path) ? before : undefined),
  });

  useEffect(() => {
    if (topic === undefined) return;
    return watchTopic(topic, (shown) => client.setQueryData(askShown(path ?? "").queryKey, shown));
  }, [client, topic, path]);

  const shown = query.data;
  const error = query.error === null ? null : asProblem(query.error);
  const stale = shown?.stale ?? null;
  const reason = stale?.reason ?? (error === null || isAboutTheRequest(error) ? undefined : error.title);
  const at = shown?.at;
  useEffect(() => {
    if (path === null) return;
    report(path, reason === undefined ? null : { at: at ?? null, reason });
    return () => report(path, null);
  }, [path, reason, at]);

  return {
    data: shown?.data,
    at,
    stale,
    error,
    isLoading: query.isPending && query.isFetching,
    refetch: () => void query.refetch(),
  };
}

/** The question whose answer `useShown` keeps up to date. */
export function askShown<Data>(path: string) {
  return {
    queryKey: ["shown", path],
    queryFn: ({ signal }: { readonly signal: AbortSignal }) => get<Shown<Data>>(path, signal),
  };
}

function isSamePlace(
  query: Query<never, never, never, never> | undefined | unknown,
  path: string | null,
): boolean {
  const before = (query as { queryKey?: readonly unknown[] } | undefined)?.queryKey?.[1];
  if (typeof before !== "string" || path === null) return false;
  return before.split("?")[0] === path.split("?")[0];
}

function asProblem(error: Error): ApiProblem {
  if (error instanceof ApiProblem) return error;
  return new ApiProblem({ code: "UNEXPECTED", status: 0, title: error.message });
}

/** Such an answer says nothing about how fresh the page is: not found, not allowed, not understood. */
function isAboutTheRequest(error: ApiProblem): boolean {
  return error.status >= 400 && error.status < 500;
}
