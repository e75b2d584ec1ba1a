import { createContext, use, useEffect, useEffectEvent, useState, type ReactNode } from 'react';

const AnnounceContext = createContext<(text: string) => void>(() => undefined);

/** Reads the title of the screen out when it comes up, and again when its language changes. */
export function useAnnounce(text: string): void {
  const announce = use(AnnounceContext);
  useEffect(() => announce(text), [announce, text]);
}

/** Screen readers queue what they are told: more often than this, they would lag behind. */
const CALM_MS = 1_500;

/**
 * Reads out what is going on, the latest only, and only so often: work can change faster than anybody
 * can listen. The title of the screen comes first.
 */
export function useAnnounceLatest(text: string | undefined): void {
  const announce = use(AnnounceContext);
  const say = useEffectEvent(() => {
    if (text !== undefined) announce(text);
  });
  useEffect(() => {
    const timer = setInterval(say, CALM_MS);
    return () => clearInterval(timer);
  }, []);
}

/**
 * One live region for the whole app, in place from the start: screen readers miss what a region says
 * that comes with its text.
 */
export function Announcer({ children }: { readonly children: ReactNode }) {
  const [text, setText] = useState('');
  return (
    <AnnounceContext value={setText}>
      {children}
      <div className="visually-hidden" role="status" aria-live="polite" data-part="announcer">
        {text}
      </div>
    </AnnounceContext>
  );
}
