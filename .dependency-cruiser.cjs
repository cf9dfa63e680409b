/**
 * Who may import whom: an allow-list. What is not named here is an error.
 * The table stands in words in docs/architecture.md.
 */
const engine = (room) => `^src-main/engine/${room}/`;
const sharedPure = '^shared/(base|model|query)/';
const testFile = '(\\.test\\.tsx?$|/testing/)';
const allow = (from, to, extra = {}) => ({ from: { path: from, pathNot: testFile, ...extra }, to: { path: to } });
const packages = (...names) => `^node_modules/(${names.join('|')})(/|$)`;

module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'no-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true, pathNot: '\\?nodeWorker$' } },
    {
      name: 'protocol-by-its-index',
      comment: 'A protocol imports another one only through its index.ts.',
      severity: 'error',
      from: { path: '^src-main/engine/protocols/([^/]+)/', pathNot: testFile },
      to: { path: '^src-main/engine/protocols/([^/]+)/', pathNot: ['^src-main/engine/protocols/$1/', '/index\\.ts$'] },
    },
    {
      name: 'electron-only-in-app',
      severity: 'error',
      from: { path: '^(src-main|src-renderer|shared)/', pathNot: '^src-main/(app|preload)/' },
      to: { path: packages('electron') },
    },
    {
      name: 'bridge-only',
      comment: 'Widgets know no bridge and no store.',
      severity: 'error',
      from: { path: '^src-renderer/widgets/', pathNot: testFile },
      to: { path: '^src-renderer/(bridge|stores|panels|app)/' },
    },
  ],
  allowed: [
    // Tests may look at everything in their own tree and use the test libraries.
    { from: { path: testFile }, to: {} },
    { from: { path: '^(e2e|scripts|bench|bin|[^/]+$)' }, to: {} },
    // shared
    allow('^shared/base/', '^shared/base/'),
    allow('^shared/model/', '^shared/(base|model)/'),
    allow('^shared/query/', '^shared/(base|model|query)/'),
    allow('^shared/ipc/', ['^shared/', packages('zod')]),
    // engine
    allow(engine('[^/]+'), sharedPure),
    allow(engine('bytes'), engine('bytes')),
    allow(engine('capture'), engine('(bytes|capture)')),
    allow(engine('link'), engine('(bytes|capture|link|net)')),
    allow(engine('net'), engine('(bytes|capture|net)')),
    allow(engine('flow'), engine('(bytes|capture|link|net|flow)')),
    allow(engine('crypto'), engine('(bytes|crypto)')),
    allow(engine('codecs'), engine('(bytes|codecs)')),
    allow(engine('containers'), engine('(bytes|codecs|containers)')),
    allow(engine('protocols'), [
      engine('(bytes|net|flow|crypto|protocols)'),
      packages('sdp-transform', 'hls-parser', 'fast-xml-parser'),
    ]),
    allow(engine('store'), engine('(bytes|capture|store)')),
    allow(engine('analysis'), engine('[^/]+')),
    // main
    allow('^src-main/workers/rpc/', ['^src-main/workers/rpc/', '^shared/']),
    allow('^src-main/workers/', ['^src-main/(engine|media|workers)/', '^shared/', packages('fzstd', '@noble/ciphers')]),
    allow('^src-main/media/', [
      '^src-main/(media|workers)/',
      '^src-main/engine/',
      '^shared/',
      packages('mediabunny', 'ffmpeg-static', '@ffmpeg-installer'),
    ]),
    allow('^src-main/services/', ['^src-main/(services|media|workers|engine)/', '^shared/', '^package\\.json$']),
    allow('^src-main/cli/', ['^src-main/(cli|services|workers|media)/', '^shared/', '^package\\.json$']),
    allow('^src-main/app/', [
      '^src-main/(app|services|workers|media)/',
      '^shared/',
      '^package\\.json$',
      packages('electron'),
    ]),
    allow('^src-main/preload/', ['^shared/ipc/', packages('electron')]),
    { from: { path: '^src-main/(workers|media|services|cli|app|preload)/' }, to: { dependencyTypes: ['core'] } },
    // renderer
    allow('^src-renderer/bridge/', ['^src-renderer/bridge/', '^shared/', packages('react')]),
    allow('^src-renderer/stores/', ['^src-renderer/(stores|bridge)/', '^shared/', packages('zustand', 'react')]),
    allow('^src-renderer/widgets/', [
      '^src-renderer/widgets/',
      sharedPure,
      packages('react', '@mantine', '@tanstack', 'uplot', 'wavesurfer\\.js'),
    ]),
    allow('^src-renderer/panels/', [
      '^src-renderer/(panels|widgets|stores|bridge)/',
      '^src-renderer/app/(theme|palette|commands)',
      '^shared/',
      packages('react', '@mantine', 'zustand'),
    ]),
    allow('^src-renderer/app/', [
      '^src-renderer/',
      '^shared/',
      packages('react', 'react-dom', '@mantine', 'zustand', 'dockview', 'dockview-react'),
    ]),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(out|dist|\\.tsbuild|\\.cache)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.tests.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types'],
    },
  },
};
