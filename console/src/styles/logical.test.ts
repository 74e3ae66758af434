import { expect, test } from "vitest";

/** Classes that mean the left or the right, where the start or the end is meant: `ms-2`, not `ml-2`. */
const physical =
  /(?<=["'`\s:])-?(?:(?:[mp][lr]|left|right|(?:border|rounded)-[lr]|rounded-[tb][lr]|scroll-[mp][lr])-[\w./[\]]+|(?:text|float)-(?:left|right)|border-[lr])(?=["'`\s])/g;

const sources = import.meta.glob<string>(["../**/*.{tsx,css}", "../../../plugins/*/console/**/*.tsx"], {
  query: "?raw",
  import: "default",
  eager: true,
});

test("screens are laid out by start and end, so that they can be read from right to left", () => {
  expect(Object.keys(sources).length).toBeGreaterThan(150);
  const found = Object.entries(sources).flatMap(([path, source]) => [
    ...[...source.matchAll(physical)].map(([name]) => `${path}: ${name}`),
    ...(path.endsWith(".css")
      ? [...source.matchAll(/(margin|padding|border)-(left|right)|(?<=\s)(left|right):/g)]
      : []
    ).map(([name]) => `${path}: ${name}`),
  ]);
  expect(found).toEqual([]);
});

test("finds such a class", () => {
  expect("<p className='flex ml-2 sm:-mr-1 text-left ms-1 start-2'>".match(physical)).toEqual([
    "ml-2",
    "-mr-1",
    "text-left",
  ]);
});
