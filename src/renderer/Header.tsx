import type { Notice, Stage } from '#shared';
import logo from '../../resources/brand/logo.svg';
import { Button } from './components/Button.tsx';
import { Icon } from './components/Icon.tsx';
import { stepName } from './step-name.ts';
import { useI18n, useSetup, useSnapshot } from './setup-context.tsx';

/** The maker's mark, how far setup is, and what a person should know once. */
export function Header({ stage }: { readonly stage: Stage }) {
  const translator = useI18n();
  const progress = useSnapshot((snapshot) => snapshot.progress);
  const notice = useSnapshot((snapshot) => snapshot.notice);
  const step = stepName(stage, translator);
  const share = progress.total === 0 ? 0 : progress.done / progress.total;
  return (
    <header>
      <div
        className="header-progress"
        role="progressbar"
        aria-label={translator.t('app.progress')}
        aria-valuenow={Math.round(share * 100)}
        aria-valuetext={`${step}, ${translator.percent(share)}`}
      >
        <div className="header-progress-fill" style={{ inlineSize: `${share * 100}%` }} />
      </div>
      <div className="column header-row">
        <img className="header-logo" src={logo} alt="" draggable={false} />
        <span className="header-step" data-part="step">
          {step}
        </span>
      </div>
      {notice !== undefined && <NoticeBanner notice={notice} />}
    </header>
  );
}

function NoticeBanner({ notice }: { readonly notice: Notice }) {
  const { t } = useI18n();
  const { send } = useSetup();
  return (
    <div className="column">
      <div className="notice" role="status" data-notice={notice.code}>
        <Icon name="info" />
        <p>
          {notice.code === 'session/damaged'
            ? t('notice.damaged')
            : t('notice.any', { message: notice.message })}
        </p>
        <Button
          action="dismiss"
          icon="close"
          label={t('action.dismiss')}
          onPress={() => void send({ type: 'notice.dismiss' })}
        />
      </div>
    </div>
  );
}
