import { render } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { afterEach, expect, test, vi } from "vitest";
import { usePreferences } from "@/stores/preferences";
import { useHotkey } from "./hotkeys";

const label = { id: "label" };
const run = vi.fn();

function Screen({ keys = "c" }: { keys?: string }) {
  useHotkey(keys, label, run);
  return <input aria-label="Field" />;
}

afterEach(() => {
  run.mockReset();
  usePreferences.setState(usePreferences.getInitialState());
});

test("runs on its key while the screen is there", async () => {
  const user = userEvent.setup();
  const { unmount } = render(<Screen />);
  await user.keyboard("c");
  expect(run).toHaveBeenCalledTimes(1);
  unmount();
  await user.keyboard("c");
  expect(run).toHaveBeenCalledTimes(1);
});

test("runs on one key after the other", async () => {
  const user = userEvent.setup();
  render(<Screen keys="g l" />);
  await user.keyboard("lgxl");
  expect(run).not.toHaveBeenCalled();
  await user.keyboard("gl");
  expect(run).toHaveBeenCalledTimes(1);
});

test("never runs while somebody types, but with Ctrl it does", async () => {
  const user = userEvent.setup();
  const { getByLabelText, rerender } = render(<Screen />);
  await user.type(getByLabelText("Field"), "c");
  expect(run).not.toHaveBeenCalled();
  rerender(<Screen keys="mod+k" />);
  await user.keyboard("{Control>}k{/Control}");
  expect(run).toHaveBeenCalledTimes(1);
});

test("does not run behind a dialog", async () => {
  const user = userEvent.setup();
  render(
    <>
      <Screen />
      <div role="dialog" />
    </>,
  );
  await user.keyboard("c");
  expect(run).not.toHaveBeenCalled();
});

test("single keys can be turned off", async () => {
  const user = userEvent.setup();
  usePreferences.setState({ singleKeyShortcuts: false });
  render(<Screen />);
  await user.keyboard("c");
  expect(run).not.toHaveBeenCalled();
});

test("runs while a toast is there, which takes no keys", async () => {
  const user = userEvent.setup();
  render(
    <>
      <Screen />
      <div role="dialog" aria-modal="false" />
    </>,
  );
  await user.keyboard("c");
  expect(run).toHaveBeenCalledTimes(1);
});
