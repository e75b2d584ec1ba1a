import { useEffect, useRef, useState } from 'react';
import { Button } from '../components/Button.tsx';
import { TextField } from '../components/fields.tsx';
import { networkError } from '../failure-text.ts';
import { useI18n, useSending } from '../setup-context.tsx';
import { Stage } from './Stage.tsx';

interface NetworkJoinProps {
  readonly plugin: string;
  readonly ssid: string;
  /** The network does not show itself, so a person gives its name too. */
  readonly hidden: boolean;
  readonly onName: (ssid: string) => void;
  /** Back to the list: joined, or not. */
  readonly onLeave: () => void;
}

/** Asks for a network's password. It goes to the host and nowhere else, and is never saved. */
export function NetworkJoin({ plugin, ssid, hidden, onName, onLeave }: NetworkJoinProps) {
  const { t } = useI18n();
  const { send, busy, failure } = useSending();
  const [password, setPassword] = useState('');
  const [missing, setMissing] = useState<'ssid' | 'password'>();
  const nameField = useRef<HTMLInputElement>(null);
  const passwordField = useRef<HTMLInputElement>(null);
  // The question is part of the one before: go straight to where the answer is typed.
  useEffect(() => (hidden ? nameField : passwordField).current?.focus(), [hidden]);

  const join = async () => {
    const gap = ssid === '' ? 'ssid' : password === '' && !hidden ? 'password' : undefined;
    setMissing(gap);
    if (gap !== undefined) {
      (gap === 'ssid' ? nameField : passwordField).current?.focus();
      return;
    }
    const result = await send({
      type: 'network.connect',
      ssid,
      ...(password === '' ? {} : { password }),
      ...(hidden ? { hidden } : {}),
    });
    if (result.ok) onLeave();
    else passwordField.current?.focus();
  };

  const wrongPassword = failure?.code === 'network/wrong-password';
  const refusal = failure === undefined ? undefined : t(networkError(failure));
  const passwordError = missing === 'password' ? t('network.join.passwordMissing') : undefined;
  return (
    <Stage
      screen="network-join"
      plugin={plugin}
      icon="lock"
      keepsFocus
      title={hidden ? t('network.join.hiddenTitle') : t('network.join.title', { ssid })}
      help={hidden ? t('network.join.hiddenHelp') : t('network.join.help')}
      error={wrongPassword ? undefined : refusal}
      onBack={onLeave}
      onSubmit={() => {
        if (!busy) void join();
      }}
      primary={
        <Button action="primary" kind="primary" busy={busy}>
          {t('network.join.action')}
        </Button>
      }
    >
      <div className="stack narrow">
        {hidden && (
          <TextField
            ref={nameField}
            label={t('network.join.ssid')}
            name="ssid"
            value={ssid}
            maxLength={32}
            onChange={onName}
            error={missing === 'ssid' ? t('network.join.ssidMissing') : undefined}
          />
        )}
        <TextField
          ref={passwordField}
          label={hidden ? t('network.join.optionalPassword') : t('network.join.password')}
          name="password"
          secret
          value={password}
          maxLength={63}
          onChange={setPassword}
          error={passwordError ?? (wrongPassword ? refusal : undefined)}
        />
      </div>
    </Stage>
  );
}
