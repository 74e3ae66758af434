import { Trans } from "@lingui/react/macro";
import { keepPreviousData, useQueries } from "@tanstack/react-query";
import { Users } from "lucide-react";
import { Link } from "react-router";
import { client } from "@/api/client";
import { unwrap } from "@/api/errors";
import { recordPath } from "@/lib/record-path";
import { useDebounce } from "@/lib/use-debounce";

/** Who has this address or number already. It is a hint, and keeps nobody from going on. */
export function DuplicateHint({ emailId, phone }: { emailId: string; phone: string }) {
  const email = useDebounce(emailId.trim());
  const digits = useDebounce(phone.replaceAll(/\D/g, ""));
  const terms = [
    ...(/^\S+@\S+\.\S+$/.test(email) ? [`email:${email}`] : []),
    ...(digits.length > 5 ? [`phone:${digits}`] : []),
  ];
  const hits = useQueries({
    queries: terms.map((q) => ({
      queryKey: ["search", q],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        unwrap(
          client.GET("/api/search", {
            params: { query: { q, types: ["lead", "customer"], limit: 3 } },
            signal,
          }),
        ),
      placeholderData: keepPreviousData,
    })),
    combine: (results) => results.flatMap(({ data }) => data?.hits ?? []),
  });
  const found = [...new Map(hits.map((hit) => [hit.id, hit])).values()];

  return (
    <div role="status" className="contents">
      {found.length > 0 && (
        <div className="flex gap-2 rounded-md bg-amber-soft px-3 py-2 text-amber-on-soft">
          <Users size={16} aria-hidden className="mt-0.5 shrink-0" />
          <div>
            <p>
              <Trans>This may be somebody you know already:</Trans>
            </p>
            <ul>
              {found.map(({ id, type, name, context }) => (
                <li key={id}>
                  <Link to={recordPath(type, id) ?? "/"} className="font-medium underline">
                    {name}
                  </Link>
                  {context && ` · ${context}`}
                </li>
              ))}
            </ul>
          </div>
        </div>
      )}
    </div>
  );
}
