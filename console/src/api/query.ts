import { MutationCache, QueryClient } from "@tanstack/react-query";
import { ApiError } from "./errors";

declare module "@tanstack/react-query" {
  interface Register {
    mutationMeta: {
      /** Says that whoever asks shows the error. All others are shown as a toast. */
      showsError?: boolean;
    };
  }
}

const final = [400, 401, 403, 404, 409, 412, 422];

export function createQueryClient(onMutationError: (error: Error) => void): QueryClient {
  return new QueryClient({
    mutationCache: new MutationCache({
      onError: (error, _variables, _result, mutation) => {
        if (!mutation.meta?.showsError) onMutationError(error);
      },
    }),
    defaultOptions: {
      queries: {
        staleTime: 5 * 60_000,
        retry: (failures, error) =>
          failures < 2 && !(error instanceof ApiError && final.includes(error.status)),
      },
      mutations: { retry: false },
    },
  });
}
