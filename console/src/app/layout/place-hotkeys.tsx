import { useNavigate } from "react-router";
import type { Command, NavigationEntry } from "@/lib/feature";
import { useHotkey } from "@/lib/hotkeys";

type Props = { navigation: NavigationEntry[]; commands: Command[] };

/** Makes the shortcuts of the navigation and of commands work. */
export function PlaceHotkeys({ navigation, commands }: Props) {
  return (
    <>
      {navigation.map(
        ({ key, ...place }) => key && <PlaceHotkey key={place.to} {...place} keys={`g ${key}`} />,
      )}
      {commands.map(({ keys, ...place }) => keys && <PlaceHotkey key={place.to} {...place} keys={keys} />)}
    </>
  );
}

function PlaceHotkey({ to, label, keys }: Command & { keys: string }) {
  const navigate = useNavigate();
  useHotkey(keys, label, () => navigate(to));
  return null;
}
