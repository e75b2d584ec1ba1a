import type { ReactNode } from 'react';
import { useI18n } from '../setup-context.tsx';
import { Icon } from './Icon.tsx';

/** What only technicians need, closed at first. */
export function Details({ children }: { readonly children: ReactNode }) {
  const { t } = useI18n();
  return (
    <details className="details">
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
