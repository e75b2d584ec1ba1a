import { useAnnounceLatest } from '../announcer.tsx';
import { Button } from '../components/Button.tsx';
import { Alert } from '../components/feedback.tsx';
import { Icon } from '../components/Icon.tsx';
import { useI18n, useSnapshotOrNone } from '../setup-context.tsx';
import { pendingAsks, type Ask } from './asks.ts';
import { decisionOf, useDeciding } from './decision.ts';

/**
 * What work in the background wants to know while a person is busy with another screen. It waits
 * there and takes nothing away: whoever types goes on typing.
 */
export function AskBanner() {
  const executions = useSnapshotOrNone((snapshot) => snapshot.executions) ?? {};
  const [ask] = pendingAsks(executions, undefined);
  return ask === undefined ? null : <Banner key={ask.id} ask={ask} />;
}

function Banner({ ask }: { readonly ask: Ask }) {
  const translator = useI18n();
  const { decide, isBusy, error } = useDeciding();
  const { title, choices } = decisionOf(ask, translator);
  useAnnounceLatest(title);
  return (
    <section
      className="notice ask"
      aria-label={translator.t('question.pending')}
      data-ask={ask.kind}
      data-plugin={ask.plugin}
    >
      <Icon name="question" />
      <div className="ask-words">
        <p>{title}</p>
        <div className="ask-answers">
          {choices.map((choice) => (
            <Button
              key={choice.action}
              action={choice.action}
              busy={isBusy(choice)}
              onPress={() => decide(choice)}
            >
              {choice.label}
            </Button>
          ))}
        </div>
        <Alert>{error}</Alert>
      </div>
    </section>
  );
}
