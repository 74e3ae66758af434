import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { ChevronDown, Globe, Pencil, Save, Trash2 } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { client, ifUnchanged, once } from "@/api/client";
import { unwrap } from "@/api/errors";
import { useMay, useMe } from "@/api/me";
import type { components } from "@/api/schema";
import { type View, type ViewedResource, viewsQuery } from "@/api/views";
import type { ListState } from "@/lib/list-state";
import { notify } from "@/stores/toast";
import { Badge } from "../ui/badge";
import { Button } from "../ui/button";
import { Menu, MenuItem, MenuSeparator } from "../ui/menu";
import { isSameList, viewParameters } from "./view-parameters";

const ViewDialog = lazy(() => import("./view-dialog"));

type Filter = NonNullable<components["schemas"]["CreateView"]["filter"]>;

type Props = {
  resource: ViewedResource;
  list: ListState<Filter, string>;
  /** The ids of the columns that are shown. */
  columns: string[];
};

/** The views of a list that were saved, and what is made of the one that is open. */
export function SavedViews({ resource, list, columns }: Props) {
  const { t } = useLingui();
  const me = useMe();
  const mayManage = useMay("view:manage");
  const queryClient = useQueryClient();
  const views = useQuery(viewsQuery(resource)).data ?? none;
  const view = views.find(({ id }) => id === list.view);
  const [dialog, setDialog] = useState<"new" | "edit" | null>(null);

  const shown = { filter: list.filter, sort: list.sort, columns };
  const isModified = view !== undefined && !isSameList(list.parameters, viewParameters(view));
  const mayChange = view !== undefined && (view.owner.id === me.id || mayManage);
  const refresh = () => queryClient.invalidateQueries({ queryKey: viewsQuery(resource).queryKey });

  const open = (parameters: URLSearchParams) =>
    list.change((next) => {
      for (const name of [...next.keys()]) next.delete(name);
      for (const [name, value] of parameters) next.append(name, value);
    });
  const save = useMutation({
    mutationFn: (changed: View) =>
      unwrap(
        client.PATCH("/api/views/{id}", {
          params: { path: { id: changed.id }, header: ifUnchanged(changed) },
          body: shown,
        }),
      ),
    onSuccess: async (saved) => {
      await refresh();
      open(viewParameters(saved));
      notify({ title: t`The view is saved` });
    },
  });
  const remove = useMutation({
    mutationFn: ({ id }: View) =>
      unwrap(client.DELETE("/api/views/{id}", { params: { path: { id }, header: once() } })),
    onSuccess: (_message, { name }) => {
      open(new URLSearchParams());
      refresh();
      notify({ title: t`The view ${name} is deleted` });
    },
  });

  return (
    <div className="flex items-center gap-1.5">
      <Menu
        trigger={
          <Button size="small" variant="ghost">
            {view?.name ?? t`All`}
            <ChevronDown size={14} aria-hidden />
          </Button>
        }
      >
        <MenuItem onClick={() => open(new URLSearchParams())}>
          <Trans>All</Trans>
        </MenuItem>
        {views.map((other) => (
          <MenuItem
            key={other.id}
            icon={other.isShared ? <Globe size={14} aria-label={t`Shared`} /> : undefined}
            onClick={() => open(viewParameters(other))}
          >
            {other.name}
          </MenuItem>
        ))}
        <MenuSeparator />
        <MenuItem icon={<Save size={14} aria-hidden />} onClick={() => setDialog("new")}>
          <Trans>Save as a new view…</Trans>
        </MenuItem>
        {mayChange && (
          <>
            <MenuItem icon={<Pencil size={14} aria-hidden />} onClick={() => setDialog("edit")}>
              <Trans>Rename or share…</Trans>
            </MenuItem>
            <MenuItem icon={<Trash2 size={14} aria-hidden />} danger onClick={() => remove.mutate(view)}>
              <Trans>Delete the view</Trans>
            </MenuItem>
          </>
        )}
      </Menu>
      {isModified && (
        <>
          <Badge tone="amber">
            <Trans>Modified</Trans>
          </Badge>
          {mayChange && (
            <Button size="small" variant="ghost" pending={save.isPending} onClick={() => save.mutate(view)}>
              <Trans>Save</Trans>
            </Button>
          )}
          <Button size="small" variant="ghost" onClick={() => open(viewParameters(view))}>
            <Trans>Reset</Trans>
          </Button>
        </>
      )}
      <Suspense>
        {dialog && (
          <ViewDialog
            resource={resource}
            view={dialog === "edit" ? view : undefined}
            shown={shown}
            onClose={() => setDialog(null)}
            onSaved={async (saved) => {
              setDialog(null);
              await refresh();
              open(viewParameters(saved));
            }}
          />
        )}
      </Suspense>
    </div>
  );
}

const none: View[] = [];
