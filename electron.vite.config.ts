import { chmod, copyFile, mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';
import { build, type Plugin } from 'vite';

const root = import.meta.dirname;
const at = (path: string) => resolve(root, path);

/** `#shared` points into the sources, so it must be bundled, never left for Node to resolve. */
const alias = { '#shared': at('src/shared/index.ts') };

/**
 * Left outside the bundle: fastify and what hangs on it look for their own files at run time.
 * Everything else is bundled, because reading one file beats resolving two hundred at each start.
 */
const EXTERNAL = [/^fastify($|\/)/, /^@fastify\//];

/** The command line is started by its file (`npx firstlight`); its shebang line is in the source. */
function executable(name: string): Plugin {
  return {
    name: 'firstlight:executable',
    writeBundle: ({ dir }) => chmod(resolve(dir ?? 'out/main', `${name}.js`), 0o755),
  };
}

/**
 * Builds what plugin screens load beside their own files. A build of its own, since it must come
 * out as one file without a chunk shared with the renderer: it is served on other origins.
 */
function frameClient(): Plugin {
  return {
    name: 'firstlight:frame-client',
    closeBundle: async () => {
      await build({
        configFile: false,
        root,
        logLevel: 'warn',
        resolve: { alias },
        build: {
          outDir: at('out/client'),
          target: 'es2022',
          minify: true,
          lib: {
            entry: at('src/client/firstlight-client.ts'),
            formats: ['es'],
            fileName: () => 'firstlight-client.js',
          },
        },
      });
      await mkdir(at('out/client'), { recursive: true });
      await copyFile(
        at('src/client/firstlight-client.css'),
        at('out/client/firstlight-client.css'),
      );
    },
  };
}

export default defineConfig({
  main: {
    resolve: { alias },
    // The floor of the device's clock, where signatures have dates.
    define: { __BUILD_TIME__: String(Date.now()) },
    plugins: [executable('cli')],
    build: {
      externalizeDeps: false,
      // The machine's own Node runs the command line, which may be 20.
      target: 'node20',
      rolldownOptions: {
        // Who takes one thing from the barrel does not load all schemas along with it.
        treeshake: { moduleSideEffects: [{ test: /\/src\/shared\//, sideEffects: false }] },
        external: EXTERNAL,
        input: {
          index: at('src/main/index.ts'),
          preview: at('src/main/preview.ts'),
          cli: at('src/main/cli/main.ts'),
          'plugin-process': at('src/main/plugins/plugin-process.ts'),
          // What plugins import as `firstlight/sdk`.
          sdk: at('src/sdk/index.ts'),
          'file-reader-process': at('src/main/update/sources/file-reader-process.ts'),
          'journal-worker': at('src/main/execution/journal/journal-worker.ts'),
          // `npm start` reads the command line with it before it picks a shell.
          'shell-options': at('src/main/shell-options.ts'),
        },
        output: { entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
  },
  preload: {
    resolve: { alias },
    build: {
      // A sandboxed preload can require nothing but `electron`: one CommonJS file.
      externalizeDeps: false,
      rolldownOptions: {
        input: { index: at('src/preload/index.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: at('src/renderer'),
    resolve: { alias },
    plugins: [react(), frameClient()],
    build: {
      outDir: at('out/renderer'),
      minify: true,
      // Inlined assets would be `data:` addresses, which the content security policy refuses.
      assetsInlineLimit: 0,
      rolldownOptions: { input: at('src/renderer/index.html') },
    },
  },
});
