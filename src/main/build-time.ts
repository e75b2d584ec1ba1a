/** Put in by the build (electron.vite.config.ts); absent when the sources run as they are. */
declare const __BUILD_TIME__: number | undefined;

/** When the app was built, in Unix milliseconds: it cannot be earlier than that now. */
export function buildTime(): number {
  return typeof __BUILD_TIME__ === 'undefined' ? 0 : __BUILD_TIME__;
}
