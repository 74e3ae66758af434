import { useLingui } from "@lingui/react/macro";
import { useQueryClient } from "@tanstack/react-query";
import { Keyboard, LogOut, Settings } from "lucide-react";
import { useNavigate } from "react-router";
import { client } from "@/api/client";
import { unwrap } from "@/api/errors";
import { useMe } from "@/api/me";
import { notifyError } from "@/components/problem";
import { Avatar } from "@/components/ui/avatar";
import { IconButton } from "@/components/ui/icon-button";
import { Menu, MenuGroup, MenuItem, MenuSeparator } from "@/components/ui/menu";
import { useAuth } from "@/stores/auth";

export function UserMenu({ onOpenShortcuts }: { onOpenShortcuts: () => void }) {
  const { t } = useLingui();
  const me = useMe();
  const navigate = useNavigate();
  const queryClient = useQueryClient();

  const signOut = async () => {
    try {
      await unwrap(client.POST("/api/auth/logout"));
    } catch (error) {
      // Signed out here all the same would be a lie: the cookie still works.
      notifyError(error);
      return;
    }
    useAuth.getState().clearAuth();
    await navigate("/login");
    queryClient.clear();
  };

  return (
    <Menu
      trigger={<IconButton label={t`Account of ${me.name}`} icon={<Avatar name={me.name} size="medium" />} />}
    >
      <MenuGroup
        label={
          <>
            <span className="block text-base text-text">{me.name}</span>
            {me.emailId}
          </>
        }
      >
        <MenuSeparator />
      </MenuGroup>
      <MenuItem icon={<Settings size={16} aria-hidden />} onClick={() => navigate("/settings/profile")}>
        {t`Settings`}
      </MenuItem>
      <MenuItem icon={<Keyboard size={16} aria-hidden />} onClick={onOpenShortcuts}>
        {t`Keyboard shortcuts`}
      </MenuItem>
      <MenuItem icon={<LogOut size={16} aria-hidden />} onClick={signOut}>
        {t`Sign out`}
      </MenuItem>
    </Menu>
  );
}
