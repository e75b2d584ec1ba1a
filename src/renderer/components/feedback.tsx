import { useEffect, useRef, type ReactNode } from 'react';
import { useI18n } from '../setup-context.tsx';
import { Button } from './Button.tsx';
import { Icon } from './Icon.tsx';

/** Says what went wrong, and is read out at once. Always mounted, so that a change is announced. */
export function Alert({ children }: { readonly children: ReactNode }) {
  return (
    <div role="alert">
      {children !== undefined && (
        <p className="alert">
          <Icon name="alert" />
          <span>{children}</span>
        </p>
      )}
    </div>
  );
}

interface ProgressBarProps {
  readonly label: string;
  /** 0..100; absent while nobody knows. */
  readonly percent?: number | undefined;
}

/** How far some work is. */
export function ProgressBar({ label, percent }: ProgressBarProps) {
  const value = percent === undefined ? undefined : Math.min(100, Math.max(0, percent));
  return (
    <div
      className={value === undefined ? 'progress progress-unknown' : 'progress'}
      role="progressbar"
      aria-label={label}
      aria-valuenow={value === undefined ? undefined : Math.round(value)}
    >
      <div
        className="progress-fill"
        style={value === undefined ? {} : { inlineSize: `${value}%` }}
      />
    </div>
  );
}

interface ConfirmProps {
  readonly title: string;
  readonly text: string;
  readonly action: string;
  readonly onConfirm: () => void;
  readonly onCancel: () => void;
}

/** Asks once more before something that cannot be undone. Escape and Cancel change nothing. */
export function Confirm({ title, text, action, onConfirm, onCancel }: ConfirmProps) {
  const { t } = useI18n();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      className="dialog"
      role="alertdialog"
      aria-labelledby="confirm-title"
      aria-describedby="confirm-text"
      onCancel={onCancel}
    >
      <h2 id="confirm-title">{title}</h2>
      <p id="confirm-text">{text}</p>
      <div className="dialog-actions">
        <Button action="cancel" onPress={onCancel}>
          {t('action.cancel')}
        </Button>
        <Button action="restart" kind="danger" onPress={onConfirm}>
          {action}
        </Button>
      </div>
    </dialog>
  );
}
