import { create } from "zustand";
import { publicClient } from "@/api/public-client";
import type { components } from "@/api/schema";

type SignedIn = components["schemas"]["SignedIn"];

type AuthState = {
  user: SignedIn["user"] | null;
  /** Only ever in memory: scripts of others find nothing to steal in storage. */
  token: string | null;
  /** Whether a token is being renewed. */
  loading: boolean;
  /** Whether a session ended under an open page, which then asks to sign in over what it shows. */
  expired: boolean;
  setAuth: (signedIn: SignedIn) => void;
  clearAuth: () => void;
  /** Renews the token by the cookie; `null` when there is no session any more. */
  refreshToken: () => Promise<string | null>;
};

/** Says that a cookie is worth trying. Without it a first visit asks the server nothing. */
const hint = "crm.session";

let refreshing: Promise<string | null> | undefined;

export const useAuth = create<AuthState>()((set, get) => ({
  user: null,
  token: null,
  loading: false,
  expired: false,
  setAuth: ({ user, token }) => {
    localStorage.setItem(hint, "1");
    set({ user, token, expired: false });
  },
  clearAuth: () => {
    localStorage.removeItem(hint);
    set({ user: null, token: null, expired: false });
  },
  refreshToken: () => {
    refreshing ??= renew()
      .then((signedIn) => {
        if (signedIn) get().setAuth(signedIn);
        else if (get().user) set({ token: null, expired: true });
        else get().clearAuth();
        return signedIn?.token ?? null;
      })
      .finally(() => {
        refreshing = undefined;
        set({ loading: false });
      });
    set({ loading: true });
    return refreshing;
  },
}));

async function renew(): Promise<SignedIn | null> {
  const send = async () => {
    const { data, response } = await publicClient.POST("/api/auth/refresh", { body: {} });
    if (data) return data;
    if (response.status < 500 && response.status !== 429) return null;
    throw new Error(`The session could not be renewed: ${response.status}`);
  };
  // A refresh token works once: two tabs that renew at the same time would end the session.
  return navigator.locks ? navigator.locks.request("crm.refresh", send) : send();
}

/** Signs in by the cookie of an earlier visit, if there may be one. */
export async function resumeSession(): Promise<boolean> {
  const { token, refreshToken } = useAuth.getState();
  if (token) return true;
  if (!localStorage.getItem(hint)) return false;
  return (await refreshToken()) !== null;
}

/** Resolves once somebody signs in over the page whose session ended; rejects when they leave instead. */
export function signedInAgain(): Promise<string> {
  return new Promise((resolve, reject) => {
    const unsubscribe = useAuth.subscribe(({ token, expired }) => {
      if (expired) return;
      unsubscribe();
      if (token) resolve(token);
      else reject(new Error("Signed out"));
    });
  });
}
