import { expect, test } from "vitest";
import { flag, manyOf, oneOf, readFilter, setParameter, text } from "./list-state";

const shape = {
  search: text,
  status: manyOf(["New", "Qualified"]),
  scope: oneOf(["own", "all"]),
  isArchived: flag,
};

const read = (query: string) => readFilter(shape, new URLSearchParams(query));

test("reads what the URL says, in the types of the API", () => {
  expect(read("search=ada&status=Qualified&status=New&scope=own&isArchived=true")).toEqual({
    search: "ada",
    status: ["New", "Qualified"],
    scope: "own",
    isArchived: true,
  });
});

test("what makes no sense is as if it were not there", () => {
  expect(read("search=&status=Nonsense&scope=mine&isArchived=yes&unknown=1")).toEqual({});
});

test("keeps what makes sense beside what does not", () => {
  expect(read("status=Nonsense&status=New")).toEqual({ status: ["New"] });
});

test("writes several values, and removes a parameter that has none", () => {
  const parameters = new URLSearchParams("status=New&page=2");
  setParameter(parameters, "status", ["New", "Qualified"]);
  expect(parameters.toString()).toBe("page=2&status=New&status=Qualified");
  setParameter(parameters, "status", []);
  setParameter(parameters, "page", null);
  setParameter(parameters, "search", "");
  expect(parameters.toString()).toBe("");
});
