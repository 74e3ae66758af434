import { useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "react-router";
import { useMay } from "@/api/me";
import { type User, userQuery } from "@/api/users";
import { ErrorState } from "@/components/error-state";
import { PageHeader } from "@/components/page-header";
import { Skeleton } from "@/components/ui/skeleton";
import { Memberships } from "./memberships";
import { UserApiKeys } from "./user-api-keys";
import { UserFields } from "./user-fields";
import { UserHeader } from "./user-header";
import { UserSessions } from "./user-sessions";

export function Component() {
  const { id = "" } = useParams();
  // Another user is another screen, although its address is of the same form.
  return <UserPage key={id} id={id} />;
}

function UserPage({ id }: { id: string }) {
  const { t } = useLingui();
  const { data: user, error, refetch } = useQuery(userQuery(id));
  if (user) return <Loaded user={user} />;
  return (
    <>
      <PageHeader title={t`User`} />
      {error ? <ErrorState error={error} onRetry={refetch} /> : <Waiting />}
    </>
  );
}

function Loaded({ user }: { user: User }) {
  const mayManage = useMay("user:manage");
  const mayKeys = useMay("apiKey:manage");
  return (
    <>
      <UserHeader user={user} />
      <div className="grid items-start gap-4 px-4 pb-6 sm:px-6 lg:grid-cols-[minmax(0,1fr)_22rem]">
        <div className="flex min-w-0 flex-col gap-4 lg:order-last">
          <UserFields user={user} />
          <Memberships user={user} />
        </div>
        <div className="flex min-w-0 flex-col gap-4">
          {mayManage && !user.isService && <UserSessions user={user} />}
          {mayKeys && <UserApiKeys user={user} />}
        </div>
      </div>
    </>
  );
}

function Waiting() {
  return (
    <div className="flex flex-col gap-4 px-4 sm:px-6">
      <Skeleton className="h-8 w-1/3" />
      <Skeleton className="h-64 w-full" />
    </div>
  );
}
