import { createContext, use, useEffect, useState, type ReactNode } from 'react';

const AnnounceContext = createContext<(text: string) => void>(() => undefined);

/** Reads the title of the screen out when it comes up, and again when its language changes. */
export function useAnnounce(text: string): void {
  const announce = use(AnnounceContext);
  useEffect(() => announce(text), [announce, text]);
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
