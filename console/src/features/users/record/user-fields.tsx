import { useLingui } from "@lingui/react/macro";
import { useQueryClient } from "@tanstack/react-query";
import { useMayRecord } from "@/api/me";
import { type User, userQuery } from "@/api/users";
import { FieldList, FieldRow, FieldText } from "@/components/field-list";
import { RelativeTime } from "@/components/relative-time";
import { TextFields } from "@/components/text-fields";
import { Card } from "@/components/ui/card";
import { useUpdateUser } from "../mutations";

const textFields = [
  { field: "name", type: "text" },
  { field: "emailId", type: "email" },
] as const;

/** Who it is. Both fields are editable where they stand. */
export function UserFields({ user }: { user: User }) {
  const { t } = useLingui();
  const queryClient = useQueryClient();
  const mayUpdate = useMayRecord("user", "update", user.id);
  const update = useUpdateUser();
  return (
    <Card title={t`Details`}>
      <FieldList>
        <TextFields<(typeof textFields)[number]["field"], User>
          subject={user}
          fields={textFields}
          labels={{ name: t`Name`, emailId: t`Email` }}
          disabledReason={!mayUpdate && t`You may not change this user`}
          onSave={(current, field, value) =>
            update.mutateAsync({ user: current, changes: { [field]: value } })
          }
          reload={() => queryClient.fetchQuery({ ...userQuery(user.id), staleTime: 0 })}
        />
        <FieldRow label={t`Created`}>
          <FieldText>
            <RelativeTime at={user.createdAt} />
          </FieldText>
        </FieldRow>
      </FieldList>
    </Card>
  );
}
