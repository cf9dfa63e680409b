import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';

/** The oldest runtime that has to run the bundles: the development runtime, and the Node of the command line. */
const nodeTarget = 'node18';
const chromiumTarget = 'chrome114';

/** Packages that find their binaries beside themselves; every other one is bundled. */
const unbundled = ['@ffmpeg-installer/ffmpeg', 'ffmpeg-static'];
const bundled = ['@noble/ciphers', 'fzstd', 'mediabunny', 'sdp-transform', 'zod'];

const commonJs = { format: 'cjs', entryFileNames: '[name].cjs', chunkFileNames: 'chunks/[name]-[hash].cjs' } as const;

export default defineConfig({
  main: {
    build: {
      target: nodeTarget,
      sourcemap: true,
      externalizeDeps: { include: unbundled, exclude: bundled },
      rolldownOptions: {
        input: { index: resolve('src-main/app/index.ts'), cli: resolve('src-main/cli/index.ts') },
        output: commonJs,
      },
    },
  },
  preload: {
    build: {
      target: nodeTarget,
      rolldownOptions: { input: { index: resolve('src-main/preload/index.ts') }, output: commonJs },
    },
  },
  renderer: {
    root: resolve('src-renderer'),
    plugins: [react()],
    build: {
      target: chromiumTarget,
      outDir: resolve('out/renderer'),
      minify: true,
      sourcemap: true,
      rolldownOptions: { input: resolve('src-renderer/index.html') },
    },
  },
});
