import { useQuery } from "@tanstack/react-query";
import type { JobCount } from "../../../../api/jobs.ts";
import type { Shown } from "../../../../api/shown.ts";
import { get } from "../../api/index.ts";

/** Counting costs more than a page of the list, so it is done less often; after an action it is done anew. */
const RECOUNT_MS = 30_000;

/** How many jobs the filter of `path` matches; undefined until it is counted. */
export function useJobCount(path: string | null): JobCount | undefined {
  const { data } = useQuery({
    queryKey: ["shown", path],
    queryFn: ({ signal }) => get<Shown<JobCount>>(path ?? "", signal),
    enabled: path !== null,
    refetchInterval: RECOUNT_MS,
  });
  return data?.data;
}
