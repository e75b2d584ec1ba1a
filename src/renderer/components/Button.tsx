import type { ReactNode } from 'react';
import { Icon, type IconName } from './Icon.tsx';

/** Stable names of what buttons do, for tests and page objects (`data-action`). */
export type ActionId =
  'primary' | 'back' | 'skip' | 'retry' | 'restart' | 'offline' | 'later' | 'scan' | 'dismiss';

interface ButtonProps {
  readonly action?: ActionId | 'cancel' | 'show-password' | `answer-${string}`;
  readonly children?: ReactNode;
  readonly kind?: 'primary' | 'quiet' | 'danger';
  readonly icon?: IconName;
  /** Accessible name where there is an icon only. */
  readonly label?: string;
  /** Shows that it is at work; it then takes no second press, but keeps the focus. */
  readonly busy?: boolean;
  readonly pressed?: boolean;
  readonly className?: string;
  /** Absent on the button that submits its form. */
  readonly onPress?: () => void;
}

/** The one button of the app. */
export function Button(props: ButtonProps) {
  const { action, children, kind = 'quiet', icon, label, busy = false, pressed, onPress } = props;
  const classes = [
    'button',
    `button-${kind}`,
    props.className,
    children === undefined && 'button-icon',
  ];
  return (
    <button
      type={onPress === undefined ? 'submit' : 'button'}
      className={classes.filter(Boolean).join(' ')}
      data-action={action}
      aria-label={label}
      aria-pressed={pressed}
      // Not `disabled`, which would throw the focus back to the start of the page.
      aria-disabled={busy || undefined}
      onClick={busy ? preventDefault : onPress}
    >
      {busy ? <span className="spinner" aria-hidden="true" /> : icon && <Icon name={icon} />}
      {children}
    </button>
  );
}

function preventDefault(event: { readonly preventDefault: () => void }) {
  event.preventDefault();
}
