import "@testing-library/jest-dom/vitest";
import { cleanup, configure } from "@testing-library/react";
import { afterAll, afterEach, beforeAll, beforeEach, vi } from "vitest";
import { activateLocale } from "@/lib/i18n";
import { useAuth } from "@/stores/auth";
import { server } from "./server";

// The first test that opens a screen waits until it is compiled.
configure({ asyncUtilTimeout: 10_000 });

// What happy-dom lacks: animations, and sizes of what is drawn.
Element.prototype.getAnimations ??= () => [];
Object.defineProperty(HTMLElement.prototype, "clientHeight", { value: 800 });

beforeAll(async () => {
  server.listen({ onUnhandledRequest: "error" });
  await activateLocale();
});

beforeEach(() => {
  vi.spyOn(window, "scrollTo").mockImplementation(() => {});
});

afterEach(() => {
  cleanup();
  server.resetHandlers();
  useAuth.setState(useAuth.getInitialState());
  localStorage.clear();
  sessionStorage.clear();
});

afterAll(() => server.close());
