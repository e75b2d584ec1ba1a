import { useId, useState, type ReactNode, type Ref } from 'react';
import { useI18n } from '../setup-context.tsx';
import { Button } from './Button.tsx';
import { Icon } from './Icon.tsx';

interface FieldProps {
  readonly label: string;
  readonly hint?: string;
  /** What is wrong with the value, and what to do. */
  readonly error?: string | undefined;
}

interface TextFieldProps extends FieldProps {
  readonly name: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly secret?: boolean;
  readonly autoComplete?: string;
  readonly maxLength?: number;
  readonly ref?: Ref<HTMLInputElement>;
  /** Technical names are written left to right, unchanged, in every language. */
  readonly technical?: boolean;
}

/** A line of text with its label, hint and error; a secret one with a switch that shows it. */
export function TextField(props: TextFieldProps) {
  const { label, hint, error, name, value, onChange, ref } = props;
  const { secret = false, technical = false, autoComplete = 'off', maxLength } = props;
  const { t } = useI18n();
  const id = useId();
  const [shown, setShown] = useState(false);
  const described = [error !== undefined && `${id}-error`, hint !== undefined && `${id}-hint`];
  const input = (
    <input
      id={id}
      ref={ref}
      className="input"
      name={name}
      type={secret && !shown ? 'password' : 'text'}
      value={value}
      maxLength={maxLength}
      onChange={(event) => onChange(event.target.value)}
      autoComplete={autoComplete}
      autoCapitalize={technical || secret ? 'none' : undefined}
      spellCheck={false}
      dir={technical || secret ? 'ltr' : 'auto'}
      aria-invalid={error === undefined ? undefined : true}
      aria-describedby={described.filter(Boolean).join(' ') || undefined}
    />
  );
  return (
    <div className="field">
      <label className="field-label" htmlFor={id}>
        {label}
      </label>
      {secret ? (
        <div className="input-with-button">
          {input}
          <Button
            action="show-password"
            icon={shown ? 'eyeOff' : 'eye'}
            label={t('password.show')}
            pressed={shown}
            onPress={() => setShown(!shown)}
          />
        </div>
      ) : (
        input
      )}
      {error !== undefined && <FieldError id={`${id}-error`}>{error}</FieldError>}
      {hint !== undefined && (
        <p className="field-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}

interface FieldErrorProps {
  readonly id: string;
  readonly children: ReactNode;
}

function FieldError({ id, children }: FieldErrorProps) {
  return (
    <p className="field-error" id={id}>
      <Icon name="alert" />
      <span>{children}</span>
    </p>
  );
}

interface SelectFieldProps {
  readonly label: string;
  readonly name: string;
  readonly value: string;
  readonly options: readonly { readonly value: string; readonly label: string }[];
  readonly onChange: (value: string) => void;
}

/** One of very many. The system's own list, which keyboards, remotes and screen readers know. */
export function SelectField({ label, name, value, options, onChange }: SelectFieldProps) {
  const id = useId();
  return (
    <div className="field">
      <label className="field-label" htmlFor={id}>
        {label}
      </label>
      <div className="select">
        <select
          id={id}
          className="input"
          name={name}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        >
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
        <Icon name="down" />
      </div>
    </div>
  );
}

interface ToggleProps {
  readonly label: string;
  readonly name: string;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
}

/** On or off, in effect at once. */
export function Switch({ label, name, checked, onChange }: ToggleProps) {
  return (
    <label className="switch">
      <span>{label}</span>
      <input
        type="checkbox"
        role="switch"
        name={name}
        checked={checked}
        onChange={(event) => onChange(event.target.checked)}
      />
    </label>
  );
}

interface CheckboxProps extends ToggleProps {
  readonly error?: string | undefined;
  readonly ref?: Ref<HTMLInputElement>;
}

/** Agreement to a sentence. */
export function Checkbox({ label, name, checked, onChange, error, ref }: CheckboxProps) {
  const id = useId();
  return (
    <div>
      <label className="checkbox">
        <input
          type="checkbox"
          ref={ref}
          name={name}
          checked={checked}
          onChange={(event) => onChange(event.target.checked)}
          aria-invalid={error === undefined ? undefined : true}
          aria-describedby={error === undefined ? undefined : id}
        />
        <span>{label}</span>
      </label>
      {error !== undefined && <FieldError id={id}>{error}</FieldError>}
    </div>
  );
}
