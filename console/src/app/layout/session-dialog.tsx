import { useLingui } from "@lingui/react/macro";
import { Dialog, DialogBody } from "@/components/ui/dialog";
import { LoginForm } from "@/features/auth/login-form";
import { useAuth } from "@/stores/auth";

/** Asks to sign in again over the page whose session has ended. What is on the page stays, and requests wait. */
export default function SessionDialog() {
  const { t } = useLingui();
  const user = useAuth((state) => state.user);
  const leave = () => {
    useAuth.getState().clearAuth();
    window.location.assign("/login");
  };
  return (
    <Dialog
      open
      onOpenChange={leave}
      dismissible={false}
      size="small"
      title={t`Sign in again`}
      description={t`Your session has ended. What you were doing is still here.`}
    >
      <DialogBody>
        <LoginForm
          emailId={user?.emailId}
          onSignedIn={(signedIn) => {
            // Somebody else must not see the page of who was here before.
            if (user && signedIn.user.id !== user.id) window.location.assign("/");
            else useAuth.getState().setAuth(signedIn);
          }}
        />
      </DialogBody>
    </Dialog>
  );
}
