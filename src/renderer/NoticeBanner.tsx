import { Button } from './components/Button.tsx';
import { Icon } from './components/Icon.tsx';
import { useI18n, useSetup, useSnapshotOrNone } from './setup-context.tsx';

/** What a person should know once, until it is closed. Nothing when there is nothing to know. */
export function NoticeBanner() {
  const { t } = useI18n();
  const { send } = useSetup();
  const notice = useSnapshotOrNone((snapshot) => snapshot.notice);
  if (notice === undefined) return null;
  return (
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
  );
}
