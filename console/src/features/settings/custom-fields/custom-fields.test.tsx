import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { answerFields, someField, tierField } from "@/testing/custom-fields";
import { someProblem } from "@/testing/data";
import { renderRoute } from "@/testing/render";
import { http, server } from "@/testing/server";
import { keyFor } from "./field-schema";

const permissions = ["customField:manage", "lead:read"];
const path = "/settings/custom-fields";

test("a key follows from a name", () => {
  expect(keyFor("Annual revenue (€)")).toBe("annualRevenue");
  expect(keyFor("Größe")).toBe("grosse");
  expect(keyFor("2nd phone")).toBe("ndPhone");
});

test("defines a field with options, under a key that follows from its name", async () => {
  answerFields([]);
  const sent: unknown[] = [];
  server.use(
    http.post("/api/custom-fields", async ({ request, response }) => {
      sent.push(await request.json());
      answerFields([tierField]);
      return response(201).json(tierField);
    }),
  );
  const { user } = renderRoute(path, { permissions });
  expect(await screen.findByText("No fields yet.")).toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "New field" }));
  const dialog = await screen.findByRole("dialog", { name: "New field" });
  await user.click(within(dialog).getByRole("combobox", { name: "Holds" }));
  await user.click(await screen.findByRole("option", { name: "One of some options" }));
  await user.click(within(dialog).getByRole("button", { name: "Create field" }));
  expect(await within(dialog).findByText("Name is required")).toBeInTheDocument();
  expect(within(dialog).getByText("Add at least one option")).toBeInTheDocument();
  await user.type(within(dialog).getByRole("textbox", { name: /Name/ }), "Customer tier");
  expect(within(dialog).getByRole("textbox", { name: /Key/ })).toHaveValue("customerTier");
  await user.click(within(dialog).getByRole("button", { name: "Add an option" }));
  await user.type(within(dialog).getByRole("textbox", { name: "Option 1" }), "Gold");
  await user.click(within(dialog).getByRole("checkbox", { name: "New records must have a value" }));
  await user.click(within(dialog).getByRole("button", { name: "Create field" }));
  expect(await screen.findByText("Tier")).toBeInTheDocument();
  expect(sent).toEqual([
    {
      resource: "lead",
      key: "customerTier",
      label: "Customer tier",
      type: "select",
      isRequired: true,
      options: [{ value: "Gold", label: "Gold", isArchived: false }],
    },
  ]);
});

test("puts an option away, and shows what the server refuses at its field", async () => {
  answerFields([tierField]);
  const sent: unknown[] = [];
  server.use(
    http.patch("/api/custom-fields/{id}", async ({ request, response }) => {
      sent.push(request.headers.get("If-Match"), await request.json());
      return response(400).json(
        someProblem("validation-failed", 400, {
          errors: [{ pointer: "#/label", parameter: null, code: "taken", message: "is taken" }],
        }),
      );
    }),
  );
  const { user } = renderRoute(path, { permissions });
  await user.click(await screen.findByRole("button", { name: "Edit Tier" }));
  const dialog = await screen.findByRole("dialog", { name: "Edit the field Tier" });
  expect(within(dialog).getByRole("textbox", { name: "Key" })).toHaveAttribute("readonly");
  await user.click(within(dialog).getByRole("button", { name: "Archive option 1" }));
  await user.click(within(dialog).getByRole("button", { name: "Restore option 2" }));
  await user.click(within(dialog).getByRole("button", { name: "Save" }));
  await waitFor(() =>
    expect(within(dialog).getByRole("textbox", { name: /Name/ })).toHaveAccessibleDescription("is taken"),
  );
  expect(sent).toEqual([
    '"1"',
    {
      label: "Tier",
      isRequired: false,
      options: [
        { value: "gold", label: "Gold", isArchived: true },
        { value: "tin", label: "Tin", isArchived: false },
      ],
    },
  ]);
});

test("lets two fields change places", async () => {
  const fields = [someField(1), someField(2)] as const;
  answerFields([...fields]);
  const sent: unknown[] = [];
  server.use(
    http.patch("/api/custom-fields/{id}", async ({ params, request, response }) => {
      sent.push(params.id, await request.json());
      return response(200).json(fields[0]);
    }),
  );
  const { user } = renderRoute(path, { permissions });
  expect(await screen.findByRole("button", { name: "Move Field 1 up" })).toBeDisabled();
  await user.click(screen.getByRole("button", { name: "Move Field 1 down" }));
  await waitFor(() => expect(sent).toEqual([fields[0].id, { position: 2 }, fields[1].id, { position: 1 }]));
});

test("archives a field, brings it back, and shows those that are archived", async () => {
  answerFields([tierField]);
  server.use(
    http.delete("/api/custom-fields/{id}", ({ response }) => {
      answerFields([{ ...tierField, isArchived: true }]);
      return response(200).json({ message: "Archived" });
    }),
    http.post("/api/custom-fields/{id}/restore", ({ response }) => {
      answerFields([tierField]);
      return response(200).json(tierField);
    }),
  );
  const { user } = renderRoute(path, { permissions });
  await user.click(await screen.findByRole("button", { name: "More about Tier" }));
  await user.click(await screen.findByRole("menuitem", { name: "Archive" }));
  expect(await screen.findByText("No fields yet.")).toBeInTheDocument();
  await user.click(screen.getByRole("link", { name: "Archived" }));
  await user.click(await screen.findByRole("button", { name: "Restore Tier" }));
  expect(await screen.findByText("No field is archived.")).toBeInTheDocument();
});
