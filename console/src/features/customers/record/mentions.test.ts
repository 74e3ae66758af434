import { expect, test } from "vitest";
import { withMentions } from "./mentions";

test("takes the longest name first, and leaves other words alone", () => {
  const mentioned = [
    { id: "1", name: "Ada" },
    { id: "2", name: "Ada King" },
  ];
  expect(withMentions("@Ada King, @Ada and @Grace", mentioned)).toBe("@[2], @[1] and @Grace");
});
