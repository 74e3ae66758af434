import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type SubmitEvent, useState } from "react";
import { hasCode } from "@/api/errors";
import { rolesQuery } from "@/api/roles";
import { teamsQuery } from "@/api/teams";
import { type User, userQuery } from "@/api/users";
import { ConflictDialog } from "@/components/conflict-dialog";
import { FormError } from "@/components/form-error";
import { describeProblem } from "@/components/problem";
import { Button } from "@/components/ui/button";
import { CheckList } from "@/components/ui/check-list";
import { Dialog, DialogBody, DialogFooter } from "@/components/ui/dialog";
import { Skeleton } from "@/components/ui/skeleton";
import { formatList } from "@/lib/format";
import { useUpdateUser } from "../mutations";

type Field = "roles" | "teams";
type Props = { user: User; field: Field; onClose: () => void };

const idsOf = (user: User, field: Field) => user[field].map(({ id }) => id);

/** Chooses the roles or the teams of a user. */
export default function MembershipDialog({ user, field, onClose }: Props) {
  const { t } = useLingui();
  const queryClient = useQueryClient();
  const roles = useQuery({ ...rolesQuery, enabled: field === "roles" });
  const teams = useQuery({ ...teamsQuery, enabled: field === "teams" });
  const options = field === "roles" ? roles.data : teams.data;
  const [chosen, setChosen] = useState(() => idsOf(user, field));
  const [theirs, setTheirs] = useState<User | null>(null);
  const update = useUpdateUser();
  const label = field === "roles" ? t`Roles` : t`Teams`;
  const namesOf = (ids: string[]) =>
    formatList((options ?? []).flatMap(({ id, name }) => (ids.includes(id) ? name : [])));

  const save = (current: User) =>
    update.mutate(
      { user: current, changes: { [field]: chosen } },
      {
        onSuccess: onClose,
        onError: async (error) => {
          if (!hasCode(error, "stale")) return;
          setTheirs(await queryClient.fetchQuery({ ...userQuery(user.id), staleTime: 0 }));
        },
      },
    );

  if (theirs) {
    return (
      <ConflictDialog
        conflict={{ label, mine: namesOf(chosen), theirs: namesOf(idsOf(theirs, field)) }}
        onTakeTheirs={onClose}
        onKeepMine={() => {
          setTheirs(null);
          save(theirs);
        }}
      />
    );
  }
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={field === "roles" ? t`Roles of ${user.name}` : t`Teams of ${user.name}`}
    >
      <form
        onSubmit={(event: SubmitEvent) => {
          event.preventDefault();
          save(user);
        }}
        className="flex min-h-0 flex-col"
      >
        <DialogBody>
          {update.error && !hasCode(update.error, "stale") && (
            <FormError>{describeProblem(update.error).title}</FormError>
          )}
          {options ? (
            <CheckList label={label} options={options} value={chosen} onValueChange={setChosen} />
          ) : (
            <Skeleton className="h-24 w-full" />
          )}
          <p className="text-sm text-text-muted">
            <Trans>It holds from their next request on.</Trans>
          </p>
        </DialogBody>
        <DialogFooter>
          <Button onClick={onClose}>
            <Trans>Cancel</Trans>
          </Button>
          <Button type="submit" variant="primary" pending={update.isPending}>
            <Trans>Save</Trans>
          </Button>
        </DialogFooter>
      </form>
    </Dialog>
  );
}
