import { assertNever, type Stage } from '#shared';
import type { Translator } from './i18n/translator.ts';

/** What the header calls the step that is up, and what a frame is called for screen readers. */
export function stepName(stage: Stage, { t, text }: Translator): string {
  switch (stage.kind) {
    case 'starting':
      return t('step.starting');
    case 'core':
      return t(`step.${stage.builtin}`);
    case 'plugin':
    case 'working':
    case 'failure':
      return text(stage.description) ?? stage.plugin;
    case 'stop':
      return t('step.stopped');
    case 'finished':
      return t('step.finished');
    default:
      return assertNever(stage);
  }
}
