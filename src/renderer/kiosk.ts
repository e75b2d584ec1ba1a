/** Keys that zoom a page in every browser, together with Control or Command. */
const ZOOM_KEYS = new Set(['+', '-', '=', '_', '0']);

/**
 * Takes from the page what makes it look like a browser: context menu, zoom, dragging and dropping.
 * The returned function gives it back. Plugin frames are documents of their own and do this for
 * themselves, in the client that the app serves.
 */
export function guardKiosk(page: Document): () => void {
  const ended = new AbortController();
  const { signal } = ended;
  const prevent = (event: Event) => event.preventDefault();
  for (const type of ['contextmenu', 'dragstart', 'dragover', 'drop']) {
    page.addEventListener(type, prevent, { signal });
  }
  page.addEventListener(
    'wheel',
    (event) => {
      if (event.ctrlKey) event.preventDefault();
    },
    // Passive listeners, the default here, cannot prevent anything.
    { signal, passive: false },
  );
  page.addEventListener(
    'keydown',
    (event) => {
      if ((event.ctrlKey || event.metaKey) && ZOOM_KEYS.has(event.key)) event.preventDefault();
    },
    { signal },
  );
  return () => ended.abort();
}
