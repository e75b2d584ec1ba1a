import { MIN_PASSWORD_LENGTH } from '#shared';
import { useRef, useState } from 'react';
import { Button } from '../components/Button.tsx';
import { TextField } from '../components/fields.tsx';
import { useI18n } from '../setup-context.tsx';
import { useCoreScreen, type CoreScreenProps } from './core-screen.ts';
import { useDraft } from './draft.ts';
import {
  checkProfile,
  profileAnswers,
  readProfile,
  userNameOf,
  type ProfileField,
  type ProfileForm,
} from './profile-form.ts';
import { Stage } from './Stage.tsx';

const FIELDS = ['fullName', 'userName', 'password'] as const satisfies readonly ProfileField[];

/** The person's account on this device, now or later. */
export function ProfileScreen({ stage }: CoreScreenProps) {
  const { t } = useI18n();
  const draft = useDraft<ProfileForm>({ stage, read: readProfile });
  const { complete, back, busy, error } = useCoreScreen<'profile'>(stage, draft.save);
  const form = draft.value;
  const [asked, setAsked] = useState(false);
  const fullName = useRef<HTMLInputElement>(null);
  const userName = useRef<HTMLInputElement>(null);
  const password = useRef<HTMLInputElement>(null);
  // Not before the first try: nobody wants to be told off for what is not finished.
  const errors = asked ? checkProfile(form, t) : {};

  const finish = () => {
    setAsked(true);
    const found = checkProfile(form, t);
    const first = FIELDS.find((field) => found[field] !== undefined);
    if (first !== undefined) {
      ({ fullName, userName, password })[first].current?.focus();
      return;
    }
    draft.drop();
    void complete(profileAnswers(form));
  };
  const count = MIN_PASSWORD_LENGTH;
  return (
    <Stage
      screen="profile"
      plugin={stage.plugin}
      icon="person"
      title={t('profile.title')}
      help={t('profile.help')}
      error={error}
      onBack={back}
      onSubmit={() => {
        if (!busy) finish();
      }}
      secondary={
        <Button
          action="later"
          onPress={() => {
            draft.drop();
            void complete({ later: true });
          }}
        >
          {t('profile.later')}
        </Button>
      }
      primary={
        <Button action="primary" kind="primary" busy={busy}>
          {t('action.continue')}
        </Button>
      }
    >
      <div className="stack narrow">
        <TextField
          ref={fullName}
          label={t('profile.fullName')}
          name="fullName"
          autoComplete="name"
          maxLength={128}
          value={form.fullName}
          onChange={(value) => draft.change({ fullName: value })}
          error={errors.fullName}
        />
        <TextField
          ref={userName}
          label={t('profile.userName')}
          hint={t('profile.userNameHint')}
          name="userName"
          autoComplete="username"
          technical
          maxLength={32}
          value={userNameOf(form)}
          onChange={(value) => draft.change({ userName: value })}
          error={errors.userName}
        />
        <TextField
          ref={password}
          label={t('profile.password')}
          hint={t('profile.passwordHint', { count })}
          name="password"
          autoComplete="new-password"
          secret
          maxLength={128}
          value={form.password}
          onChange={(value) => draft.change({ password: value })}
          error={errors.password}
        />
      </div>
    </Stage>
  );
}
