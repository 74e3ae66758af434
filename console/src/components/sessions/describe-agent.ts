// What names itself after others comes before them.
const browsers: [RegExp, string][] = [
  [/Edg\w*\//, "Edge"],
  [/OPR\//, "Opera"],
  [/Firefox\//, "Firefox"],
  [/Chrom(e|ium)\//, "Chrome"],
  [/Safari\//, "Safari"],
];
const systems: [RegExp, string][] = [
  [/Windows/, "Windows"],
  [/Android/, "Android"],
  [/iPhone|iPad/, "iOS"],
  [/Mac OS X/, "macOS"],
  [/CrOS/, "ChromeOS"],
  [/Linux/, "Linux"],
];

const firstOf = (names: [RegExp, string][], agent: string) =>
  names.find(([pattern]) => pattern.test(agent))?.[1];

/** Which browser on which system calls itself so, or else what it calls itself. */
export function describeAgent(agent: string): { browser: string; system: string | null } {
  const browser = firstOf(browsers, agent);
  return browser ? { browser, system: firstOf(systems, agent) ?? null } : { browser: agent, system: null };
}
