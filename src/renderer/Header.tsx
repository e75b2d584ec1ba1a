import type { Stage } from '#shared';
import logo from '../../resources/brand/logo.svg';
import { NoticeBanner } from './NoticeBanner.tsx';
import { AskBanner } from './steps/AskBanner.tsx';
import { stepName } from './step-name.ts';
import { useI18n, useSnapshot } from './setup-context.tsx';

/** The maker's mark, and how far setup is. */
export function Header({ stage }: { readonly stage: Stage }) {
  const translator = useI18n();
  const progress = useSnapshot((snapshot) => snapshot.progress);
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
      {/* On other screens they scroll with the content; into a frame we cannot put them. */}
      {stage.kind === 'plugin' && (
        <div className="column">
          <NoticeBanner />
          <AskBanner />
        </div>
      )}
    </header>
  );
}
