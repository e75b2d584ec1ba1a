import { useEffect, useState } from 'react';

/** Under this, waiting shows nothing: a screen that only flashes up is worse than none. */
export const FLASH_MS = 300;
/** Over this, a screen says what is happening. */
export const EXPLAIN_MS = 3_000;
/** Over this, a screen offers a way on. */
export const WAY_ON_MS = 10_000;

/** Turns true when the component has stood for so long. */
export function useAfter(milliseconds: number): boolean {
  const [passed, setPassed] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setPassed(true), milliseconds);
    return () => clearTimeout(timer);
  }, [milliseconds]);
  return passed;
}
