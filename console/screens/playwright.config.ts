import { defineConfig } from "@playwright/test";
import journeys from "../playwright.config";

/** Pictures of every screen for docs/screens. */
export default defineConfig({ ...journeys, testDir: "." });
