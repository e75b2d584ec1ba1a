import { Announcer } from './announcer.tsx';
import { useAppearance } from './appearance.ts';
import { CrashBoundary } from './CrashBoundary.tsx';
import { Header } from './Header.tsx';
import { StageScreen } from './screens/StageScreen.tsx';
import { StartingScreen } from './screens/ResultScreens.tsx';
import { useSettledStage } from './settled-stage.ts';
import { usePreferences, useSnapshotOrNone } from './setup-context.tsx';
import type { Stage } from '#shared';

/** The whole window: header, and the one stage below it. */
export function App() {
  useAppearance(usePreferences());
  const stage = useSnapshotOrNone((snapshot) => snapshot.stage);
  return (
    <Announcer>
      <div className="app">
        <CrashBoundary>
          {stage === undefined ? <StartingScreen /> : <Setup stage={stage} />}
        </CrashBoundary>
      </div>
    </Announcer>
  );
}

function Setup({ stage }: { readonly stage: Stage }) {
  const { shown, settled } = useSettledStage(stage);
  return (
    <div className="app-rows">
      <Header stage={shown} />
      {/* What is over but still up must not be pressed again. */}
      <div className="app-stage" inert={!settled}>
        <StageScreen key={keyOf(shown)} stage={shown} />
      </div>
    </div>
  );
}

/** A new screen starts with nothing of the one before, even for the same plugin. */
function keyOf(stage: Stage): string {
  return 'plugin' in stage ? `${stage.kind} ${stage.plugin ?? ''}` : stage.kind;
}
