import { useEffect, useRef, type ReactNode } from 'react';
import { useAnnounce } from '../announcer.tsx';
import { Button } from '../components/Button.tsx';
import { Alert } from '../components/feedback.tsx';
import { Icon, type IconName } from '../components/Icon.tsx';
import { NoticeBanner } from '../NoticeBanner.tsx';
import { useMoreBelow, useOverflow } from '../overflow.ts';
import { useI18n } from '../setup-context.tsx';
import { AskBanner } from '../steps/AskBanner.tsx';

interface StageProps {
  /** Stable name of the screen for tests, styles and support (`data-screen`). */
  readonly screen: string;
  readonly plugin?: string | undefined;
  readonly icon: IconName;
  readonly tone?: 'normal' | 'danger';
  readonly title: string;
  readonly help?: string | undefined;
  /** In the middle, for screens that ask nothing. */
  readonly calm?: boolean;
  readonly children?: ReactNode;
  /** Why the last action did not work. */
  readonly error?: string | undefined;
  readonly onBack?: (() => void) | undefined;
  /** A way on beside the primary one. */
  readonly secondary?: ReactNode;
  /** The one primary action: always last, at the end of the bottom line. */
  readonly primary?: ReactNode;
  /** The primary action, when the content is a form that it sends. */
  readonly onSubmit?: () => void;
  /** Leaves the focus to a field of the content, where the screen goes on from the one before. */
  readonly keepsFocus?: boolean;
}

/**
 * The one layout of all core screens: a large title, a line of help, the content, and the actions
 * below, which stay in sight while the content scrolls.
 */
export function Stage(props: StageProps) {
  const { screen, plugin, title, help, children, error, onBack, secondary, primary } = props;
  const { t } = useI18n();
  const heading = useRef<HTMLHeadingElement>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const scrolls = useOverflow(scroller);
  const hasMore = useMoreBelow(scroller);
  const { keepsFocus = false } = props;
  useAnnounce(title);
  useEffect(() => {
    // Without scrolling: a notice above the title must stay in sight.
    if (!keepsFocus) heading.current?.focus({ preventScroll: true });
  }, [keepsFocus]);

  const hasActions = onBack !== undefined || secondary !== undefined || primary !== undefined;
  return (
    <main
      className={props.calm === true ? 'stage stage-calm' : 'stage'}
      data-screen={screen}
      data-plugin={plugin}
    >
      <form
        className="stage-form"
        noValidate
        autoComplete="off"
        onSubmit={(event) => {
          event.preventDefault();
          props.onSubmit?.();
        }}
      >
        <div
          ref={scroller}
          className="stage-scroll"
          // What scrolls must be reachable by keyboard, even with nothing in it to stop at.
          {...(scrolls ? { tabIndex: 0, role: 'group', 'aria-label': title } : {})}
        >
          <div className="column stage-body">
            <NoticeBanner />
            {/* The working screen makes room for what is asked itself. */}
            {screen !== 'working' && <AskBanner />}
            <div className="stage-heading">
              <div className={`stage-icon stage-icon-${props.tone ?? 'normal'}`}>
                <Icon name={props.icon} />
              </div>
              <div>
                <h1 ref={heading} tabIndex={-1} className="stage-title">
                  {title}
                </h1>
                {help !== undefined && <p className="stage-help">{help}</p>}
              </div>
            </div>
            {children}
            <Alert>{error}</Alert>
          </div>
        </div>
        {hasMore && (
          <div className="column stage-more" data-part="more">
            <Icon name="down" />
          </div>
        )}
        {hasActions && (
          <div className="stage-actions">
            <div className="column stage-actions-row">
              {onBack !== undefined && (
                <Button action="back" icon="back" className="button-back" onPress={onBack}>
                  <span className="stage-back-label">{t('action.back')}</span>
                </Button>
              )}
              <div className="stage-actions-end">
                {secondary}
                {primary}
              </div>
            </div>
          </div>
        )}
      </form>
    </main>
  );
}
