import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { useSearchParams } from "react-router";
import { useMay, useMe } from "@/api/me";
import { permissionsQuery } from "@/api/permissions";
import { useUserName } from "@/api/users";
import { ErrorState } from "@/components/error-state";
import { PageHeader } from "@/components/page-header";
import { labelOfResource, resourceOf } from "@/components/resource-labels";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { UserPicker } from "@/components/user-picker";
import { setParameter } from "@/lib/list-state";
import { BackToRoles } from "../form/back-to-roles";
import { ExplainRecord } from "./explain-record";
import { Explanation } from "./explanation";

const idPattern = /^[0-9a-f-]{36}$/;

/** Why somebody may do something, or may not. The question is in the address. */
export function Component() {
  const { t, i18n } = useLingui();
  const me = useMe();
  const mayOthers = useMay("user:manage");
  const permissions = useQuery(permissionsQuery);
  const [parameters, setParameters] = useSearchParams();
  const user = parameters.get("user");
  const userName = useUserName(user);
  const permission = parameters.get("permission") ?? "lead:read";
  const record = parameters.get("id");
  const resource = resourceOf(permission);
  const set = (name: string, value: string | null) =>
    setParameters(
      (current) => {
        const next = new URLSearchParams(current);
        if (name === "permission" && resourceOf(value ?? "") !== resource) next.delete("id");
        setParameter(next, name, value);
        return next;
      },
      { replace: true },
    );

  return (
    <>
      <PageHeader title={t`Why may somebody do something?`}>
        <BackToRoles />
      </PageHeader>
      <div className="flex max-w-3xl flex-col gap-4 px-4 pb-6 sm:px-6">
        {permissions.error && <ErrorState error={permissions.error} onRetry={() => permissions.refetch()} />}
        <div className="grid gap-4 sm:grid-cols-2">
          {mayOthers && (
            <Field label={t`Who`}>
              {(props) => (
                <UserPicker
                  {...props}
                  value={user ? { id: user, name: userName } : me}
                  onValueChange={(picked) => set("user", picked?.id ?? null)}
                />
              )}
            </Field>
          )}
          <Field label={t`May do what`}>
            {(props) => (
              <Select
                {...props}
                options={(permissions.data ?? []).map((option) => ({
                  value: option.permission,
                  label: `${labelOfResource(i18n, resourceOf(option.permission))}: ${option.description}`,
                }))}
                value={permission}
                onValueChange={(value) => set("permission", value)}
              />
            )}
          </Field>
          {resource === "lead" || resource === "customer" ? (
            <ExplainRecord key={resource} type={resource} id={record} onChange={(id) => set("id", id)} />
          ) : (
            <Field label={t`Id of the record`} description={t`Left empty, to any of them.`}>
              {(props) => (
                <Input
                  {...props}
                  key={resource}
                  defaultValue={record ?? ""}
                  onChange={({ target }) =>
                    set("id", idPattern.test(target.value.trim()) ? target.value.trim() : null)
                  }
                />
              )}
            </Field>
          )}
        </div>
        {permissions.data && <Explanation permission={permission} user={user} id={record} />}
        <p className="text-sm text-text-muted">
          <Trans>Share the address of this page to share the answer.</Trans>
        </p>
      </div>
    </>
  );
}
