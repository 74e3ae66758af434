import { Trans, useLingui } from "@lingui/react/macro";
import { type LoaderFunctionArgs, redirect, useNavigate, useSearchParams } from "react-router";
import { resumeSession, useAuth } from "@/stores/auth";
import { AuthPage } from "./auth-page";
import { LoginForm } from "./login-form";

/** A path of this console, whatever the link said. */
function safePath(next: string | null): string {
  return next?.startsWith("/") && !/^\/[/\\]/.test(next) ? next : "/";
}

export async function loader({ request }: LoaderFunctionArgs) {
  const isSignedIn = await resumeSession().catch(() => false);
  return isSignedIn ? redirect(safePath(new URL(request.url).searchParams.get("next"))) : null;
}

export function Component() {
  const { t } = useLingui();
  const navigate = useNavigate();
  const [parameters] = useSearchParams();
  return (
    <AuthPage title={t`Sign in`}>
      <LoginForm
        onSignedIn={(signedIn) => {
          useAuth.getState().setAuth(signedIn);
          navigate(safePath(parameters.get("next")), { replace: true });
        }}
      />
      <p className="mt-4 text-sm text-text-muted">
        <Trans>Forgot your password? Ask somebody who manages users for a link to set a new one.</Trans>
      </p>
    </AuthPage>
  );
}
