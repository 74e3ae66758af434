import { createClient } from "@crm/client";

let token: string | undefined;
const crm = createClient(process.env.CRM ?? "http://127.0.0.1:3000", () => token);
const body = { emailId: process.env.CRM_ADMIN_EMAIL ?? "", password: process.env.CRM_ADMIN_PASSWORD ?? "" };
const { data: session, error } = await crm.POST("/api/auth/login", { body });
if (error) throw new Error(error.detail);
token = session.token;
await crm.POST("/api/leads", { body: { name: "Ada Lovelace", emailId: "ada@example.org" } });
const { data: page } = await crm.GET("/api/leads", { params: { query: { search: "ada" } } });
for (const lead of page?.leads ?? []) console.log(lead.name, lead.emailId, lead.status);
