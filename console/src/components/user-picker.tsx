import { useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { useAssignable } from "@/api/users";
import { useDebounce } from "@/lib/use-debounce";
import { Person } from "./person";
import { Combobox } from "./ui/combobox";
import type { Control } from "./ui/field";

type Picked = { id: string; name: string };

type Props = Partial<Control> & {
  value: Picked | null;
  onValueChange: (user: Picked | null) => void;
  /** Is not offered. */
  without?: string;
  placeholder?: string;
  "aria-label"?: string;
};

/** Chooses a person who may be given something, or nobody. */
export function UserPicker({ value, onValueChange, without, placeholder, ...control }: Props) {
  const { t } = useLingui();
  const [search, setSearch] = useState("");
  const { users, isPending } = useAssignable(useDebounce(search));
  return (
    <Combobox<Picked>
      {...control}
      items={users.filter(({ id }) => id !== without)}
      value={value}
      onValueChange={onValueChange}
      onSearch={setSearch}
      isLoading={isPending}
      placeholder={placeholder ?? t`Nobody`}
      renderItem={(user) => <Person user={user} />}
    />
  );
}
