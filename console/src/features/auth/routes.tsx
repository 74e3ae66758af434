import type { Feature } from "@/lib/feature";

export const auth: Feature = {
  publicRoutes: [
    { path: "/login", lazy: () => import("./login-page") },
    { path: "/set-password", lazy: () => import("./set-password-page") },
    { path: "/setup", lazy: () => import("./setup-page") },
  ],
};
