import { assertNever, type Stage } from '#shared';
import { PluginScreen } from '../plugin-frame/PluginScreen.tsx';
import type { CoreScreenProps } from './core-screen.ts';
import { FailureScreen } from './FailureScreen.tsx';
import { FinishScreen } from './FinishScreen.tsx';
import { NetworkScreen } from './NetworkScreen.tsx';
import { ProfileScreen } from './ProfileScreen.tsx';
import { ProvisionScreen } from './ProvisionScreen.tsx';
import { FinishedScreen, StartingScreen } from './ResultScreens.tsx';
import { StopScreen } from './StopScreen.tsx';
import { TermsScreen } from './TermsScreen.tsx';
import { UpdateScreen } from './UpdateScreen.tsx';
import { WelcomeScreen } from './WelcomeScreen.tsx';
import { WorkingScreen } from './WorkingScreen.tsx';

/** The one screen that belongs to what the host shows now. */
export function StageScreen({ stage }: { readonly stage: Stage }) {
  switch (stage.kind) {
    case 'starting':
      return <StartingScreen />;
    case 'core':
      return <CoreStageScreen stage={stage} />;
    case 'plugin':
      return <PluginScreen stage={stage} />;
    case 'working':
      return <WorkingScreen stage={stage} />;
    case 'failure':
      return <FailureScreen stage={stage} />;
    case 'stop':
      return <StopScreen stage={stage} />;
    case 'finished':
      return <FinishedScreen outcome={stage.outcome} />;
    default:
      return assertNever(stage);
  }
}

function CoreStageScreen({ stage }: CoreScreenProps) {
  switch (stage.builtin) {
    case 'welcome':
      return <WelcomeScreen stage={stage} />;
    case 'network':
      return <NetworkScreen stage={stage} />;
    case 'update':
      return <UpdateScreen stage={stage} />;
    case 'terms':
      return <TermsScreen stage={stage} />;
    case 'profile':
      return <ProfileScreen stage={stage} />;
    case 'provision':
      return <ProvisionScreen stage={stage} />;
    case 'finish':
      return <FinishScreen stage={stage} />;
    default:
      return assertNever(stage.builtin);
  }
}
