import type { ReactNode } from 'react';
import { useI18n } from '../setup-context.tsx';
import { Icon } from './Icon.tsx';

/**
 * What only technicians need, closed at first. Opened, as much of it comes into view as there is room
 * for: it mostly stands at the lower edge. How it moves there is the style sheet's.
 */
export function Details({ children }: { readonly children: ReactNode }) {
  const { t } = useI18n();
  return (
    <details
      className="details"
      onToggle={({ currentTarget }) => {
        if (currentTarget.open) currentTarget.scrollIntoView({ block: 'nearest' });
      }}
    >
      <summary>
        <Icon name="down" />
        {t('action.details')}
      </summary>
      {children}
    </details>
  );
}

interface RowProps {
  readonly label: string;
  readonly children: ReactNode;
}

/** A name and a value, in a `<dl className="card summary">`. */
export function Row({ label, children }: RowProps) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>
        <bdi>{children}</bdi>
      </dd>
    </div>
  );
}
