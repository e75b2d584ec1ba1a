import type { ReactNode } from 'react';

const SHAPES = {
  globe: (
    <>
      <circle cx="12" cy="12" r="9" />
      <path d="M3 12h18M12 3c2.6 2.5 4 5.6 4 9s-1.4 6.5-4 9c-2.6-2.5-4-5.6-4-9s1.4-6.5 4-9Z" />
    </>
  ),
  wifi: (
    <path d="M2.5 9a14 14 0 0 1 19 0M5.5 12.500a9.5 9.5 0 0 1 13 0M8.6 16a5 5 0 0 1 6.8 0M12 19.500h.01" />
  ),
  cable: (
    <>
      <path d="M7 4h10v7a5 5 0 0 1-10 0ZM12 16v5" />
      <path d="M10 4v3M14 4v3" />
    </>
  ),
  lock: (
    <>
      <rect x="5" y="11" width="14" height="9" rx="2" />
      <path d="M8 11V8a4 4 0 0 1 8 0v3" />
    </>
  ),
  update: (
    <>
      <path d="M20 12a8 8 0 0 1-14.3 4.900M4 12a8 8 0 0 1 14.3-4.9" />
      <path d="M19 3v4.500h-4.500M5 21v-4.500h4.5" />
    </>
  ),
  document: (
    <>
      <path d="M6 3h8l4 4v14H6Z" />
      <path d="M9.5 11h5M9.5 14.500h5M9.5 18h3" />
    </>
  ),
  person: (
    <>
      <circle cx="12" cy="8" r="4" />
      <path d="M4.5 20.500c.8-4 3.7-6 7.5-6s6.7 2 7.5 6" />
    </>
  ),
  sliders: (
    <>
      <path d="M4 7h8M18 7h2M4 17h2M12 17h8" />
      <circle cx="15" cy="7" r="2.5" />
      <circle cx="9" cy="17" r="2.5" />
    </>
  ),
  sunrise: (
    <>
      <path d="M6 16a6 6 0 0 1 12 0M12 3v3M4.2 8.200l2 2M19.8 8.200l-2 2M2 16h2M20 16h2M5 20h14" />
    </>
  ),
  check: <path d="m4.5 12.5 5 5 10-11" />,
  alert: (
    <>
      <path d="M12 3.5 22 20.500H2Z" />
      <path d="M12 10v5M12 17.800h.01" />
    </>
  ),
  info: (
    <>
      <circle cx="12" cy="12" r="9" />
      <path d="M12 11v5.500M12 7.800h.01" />
    </>
  ),
  eye: (
    <>
      <path d="M2 12c2.4-4.3 5.7-6.5 10-6.500s7.6 2.2 10 6.500c-2.4 4.3-5.7 6.5-10 6.500S4.4 16.3 2 12Z" />
      <circle cx="12" cy="12" r="3" />
    </>
  ),
  eyeOff: (
    <>
      <path d="M6 6.800C4.4 8 3.1 9.7 2 12c2.4 4.3 5.7 6.5 10 6.5 2.2 0 4.1-.6 5.8-1.700M10 5.700c.6-.1 1.3-.2 2-.2 4.3 0 7.6 2.2 10 6.5-.6 1.2-1.3 2.1-2 3M4 3l16 18" />
    </>
  ),
  plus: <path d="M12 5v14M5 12h14" />,
  close: <path d="m6 6 12 12M18 6 6 18" />,
  circle: <circle cx="12" cy="12" r="8" />,
  forbidden: (
    <>
      <circle cx="12" cy="12" r="9" />
      <path d="m5.7 5.7 12.6 12.6" />
    </>
  ),
  skip: <path d="m5 6 7 6-7 6ZM17 6v12" />,
  question: (
    <>
      <circle cx="12" cy="12" r="9" />
      <path d="M9.3 9.500a2.8 2.8 0 1 1 4 2.500c-.9.4-1.3.9-1.3 1.900M12 16.900h.01" />
    </>
  ),
  power: <path d="M12 3v9M7 6.200a8 8 0 1 0 10 0" />,
  clock: (
    <>
      <circle cx="12" cy="12" r="9" />
      <path d="M12 7v5.200l3.4 2" />
    </>
  ),
  pause: <path d="M8.500 5v14M15.500 5v14" />,
  down: <path d="m6 9.5 6 6 6-6" />,
  back: <path d="m14.5 5-7 7 7 7" />,
} satisfies { readonly [name: string]: ReactNode };

export type IconName = keyof typeof SHAPES;

/** Those that point along the text, and so are mirrored where it runs from right to left. */
const DIRECTED: ReadonlySet<IconName> = new Set<IconName>(['back', 'skip']);

/** A line drawing in the colour of the text. Decoration only: what it says stands beside it in words. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <Drawing className={DIRECTED.has(name) ? 'icon-directed' : undefined}>{SHAPES[name]}</Drawing>
  );
}

/** Waves of a Wi-Fi network by its strength, 0..100: four steps, the missing ones faint. */
export function SignalIcon({ signal }: { readonly signal: number }) {
  const waves = ['M12 19.500h.01', 'M8.6 16a5 5 0 0 1 6.8 0', 'M5.5 12.500a9.5 9.5 0 0 1 13 0'];
  const paths = [...waves, 'M2.5 9a14 14 0 0 1 19 0'];
  const step = Math.min(3, Math.floor(signal / 25));
  return (
    <Drawing>
      {paths.map((path, index) => (
        <path key={path} d={path} opacity={index <= step ? 1 : 0.25} />
      ))}
    </Drawing>
  );
}

interface DrawingProps {
  readonly children: ReactNode;
  readonly className?: string | undefined;
}

function Drawing({ children, className }: DrawingProps) {
  return (
    <svg
      aria-hidden="true"
      viewBox="0 0 24 24"
      width="24"
      height="24"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.8"
      strokeLinecap="round"
      strokeLinejoin="round"
      className={className}
    >
      {children}
    </svg>
  );
}
