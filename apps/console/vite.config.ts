import { defineConfig } from 'vite';

/** The console's page: one HTML file and hashed assets, nothing inline, so that the strictest content security policy fits. */
export default defineConfig({
  root: import.meta.dirname + '/web',
  // The suite's own code from its sources, whether or not it is built.
  resolve: { conditions: ['module', 'browser'] },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    target: 'es2022',
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
