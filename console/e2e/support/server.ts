import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The first Admin of each database that a test has. */
export const admin = {
  name: "Admin",
  emailId: "admin@example.org",
  password: "violet-tandem-otter-77",
};

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  if (address === null || typeof address === "string") throw new Error("There is no free port");
  return address.port;
}

/** Runs the program, with an empty database unless it is to have demo data, and stops it. */
export async function startServer({
  binary = process.env.CRM_BIN ?? join(import.meta.dirname, "../../../target/debug/crm"),
  demoLeads = 0,
} = {}) {
  const folder = await mkdtemp(join(tmpdir(), "crm-e2e-"));
  // Started by root the program runs Postgres as another user, who must be able to enter.
  await chmod(folder, 0o755);
  const port = await freePort();
  // Nothing else of this process: the program refuses settings that it does not know, such as CRM_BIN.
  const env = {
    ...pick(["PATH", "HOME", "TMPDIR", "CRM_PG_BIN"]),
    PORT: String(port),
    CRM_DATA_DIR: join(folder, "data"),
    CRM_ADMIN_EMAIL: admin.emailId,
    CRM_ADMIN_PASSWORD: admin.password,
    CRM_LOG: "warn",
    // Tests receive what webhooks tell.
    CRM_PLUGINS__NOTIFICATIONS__ALLOWED_NETWORKS: '["127.0.0.0/8"]',
  };
  const run = (parameters: string[]) =>
    spawn(binary, parameters, { env, stdio: ["ignore", "inherit", "inherit"] });
  const server = run(["serve"]);
  const url = `http://127.0.0.1:${port}`;
  await untilReady(url, server);
  if (demoLeads > 0) {
    const [code] = await once(run(["demo", "--leads", String(demoLeads)]), "exit");
    if (code !== 0) throw new Error(`The demo data ended with exit code ${code}`);
  }
  return {
    url,
    stop: async () => {
      server.kill("SIGTERM");
      if (server.exitCode === null) await once(server, "exit");
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function pick(names: string[]): NodeJS.ProcessEnv {
  return Object.fromEntries(names.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
}

async function untilReady(url: string, server: ChildProcess): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline) {
    if (server.exitCode !== null) throw new Error(`The server ended with exit code ${server.exitCode}`);
    const isReady = await fetch(`${url}/health/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isReady) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error("The server did not become ready within a minute");
}
