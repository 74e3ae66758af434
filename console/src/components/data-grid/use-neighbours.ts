import { msg } from "@lingui/core/macro";
import { useQueryClient } from "@tanstack/react-query";
import { useLocation, useNavigate } from "react-router";
import { notifyError } from "@/components/problem";
import { useHotkey } from "@/lib/hotkeys";
import { type PageQuery, pageSize } from "./pages";

const nextRecord = msg`Next record`;
const previousRecord = msg`Previous record`;

/** From where in which list somebody came to a record. Rows of lists hand it to the record's page. */
export type Origin = { index: number; list: string };

function isOrigin(state: unknown): state is Origin {
  return typeof state === "object" && state !== null && "index" in state && "list" in state;
}

/**
 * The records before and after this one in the list from which somebody came, by J and K too. `queryOf` makes the
 * list's query of the search part of its address.
 */
export function useNeighbours<Row extends { id: string }>(
  queryOf: (search: URLSearchParams) => PageQuery<Row>,
  hrefOf: (row: Row) => string,
) {
  const { state } = useLocation();
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const origin = isOrigin(state) ? state : null;

  const go = async (step: number) => {
    if (!origin || origin.index + step < 0) return;
    const index = origin.index + step;
    const query = queryOf(new URLSearchParams(origin.list))(Math.floor(index / pageSize) + 1);
    try {
      const { rows } = await queryClient.ensureQueryData(query);
      const row = rows[index % pageSize];
      if (row) await navigate(hrefOf(row), { replace: true, state: { ...origin, index } });
    } catch (error) {
      notifyError(error);
    }
  };
  useHotkey("J", nextRecord, () => go(1), origin !== null);
  useHotkey("K", previousRecord, () => go(-1), origin !== null);
  return { origin, next: () => go(1), previous: () => go(-1) };
}
