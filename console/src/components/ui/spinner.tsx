import { LoaderCircle } from "lucide-react";

export function Spinner() {
  return <LoaderCircle size={16} aria-hidden className="animate-spin" />;
}
