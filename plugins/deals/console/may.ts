import { useMay, useMayRecord } from "@/api/me";

export const useMayDeal = (action: "create" | "update" | "delete" | "assign") =>
  useMay(`deals.deal:${action}`);

export const useMayThisDeal = (action: "update" | "delete", id: string) =>
  useMayRecord("deals.deal", action, id);
