import { useEffect, useState } from "react";

/** The value as it was when it last rested: what is typed is sent once, not letter by letter. */
export function useDebounce<T>(value: T, milliseconds = 300): T {
  const [rested, setRested] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), milliseconds);
    return () => clearTimeout(timer);
  }, [value, milliseconds]);
  return rested;
}
