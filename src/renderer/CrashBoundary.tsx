import { Component, type ReactNode } from 'react';
import { Button } from './components/Button.tsx';
import { Stage } from './screens/Stage.tsx';
import { useI18n } from './setup-context.tsx';

interface Props {
  readonly children: ReactNode;
}

/** A bug in a screen must not leave a person before an empty window: the host still knows all. */
export class CrashBoundary extends Component<Props, { readonly crashed: boolean }> {
  override state = { crashed: false };

  static getDerivedStateFromError() {
    return { crashed: true };
  }

  override render() {
    return this.state.crashed ? <CrashScreen /> : this.props.children;
  }
}

function CrashScreen() {
  const { t } = useI18n();
  return (
    <Stage
      screen="crash"
      icon="alert"
      tone="danger"
      calm
      title={t('crash.title')}
      help={t('crash.help')}
      primary={
        // The page comes back with a fresh snapshot, at the same place.
        <Button action="retry" kind="primary" onPress={() => location.reload()}>
          {t('crash.action')}
        </Button>
      }
    />
  );
}
