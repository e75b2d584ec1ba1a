import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './App.tsx';
import { connect } from './connect.ts';
import { guardKiosk } from './kiosk.ts';
import { SetupContext } from './setup-context.tsx';
import { createSetup } from './store.ts';

const setup = createSetup({
  bridge: connect(window),
  wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
});
// Both last as long as the page.
setup.start();
guardKiosk(document);

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <SetupContext value={setup}>
      <App />
    </SetupContext>
  </StrictMode>,
);
