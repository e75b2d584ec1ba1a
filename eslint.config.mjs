// @ts-check
import tseslint from 'typescript-eslint';
import reactHooks from 'eslint-plugin-react-hooks';

/** Folders that decide and never act: no Node, no Electron, no clock, no randomness. */
const PURE = [
  'src/shared/**/*.ts',
  'src/main/plan/**/*.ts',
  'src/main/flow/**/*.ts',
  'src/main/execution/*.ts',
  'src/main/execution/graph/**/*.ts',
  'src/main/execution/machine/**/*.ts',
];
const TESTS = ['**/*.test.ts', '**/*.test.tsx', '**/*.test-support.ts', 'e2e/**/*.ts'];

/** What a folder must not import: arrows point one way. */
const border = (files, patterns, message) => ({
  files,
  ignores: TESTS,
  rules: { 'no-restricted-imports': ['error', { patterns: [{ group: patterns, message }] }] },
});
const ELECTRON = ['electron', 'electron/*'];
const NODE = ['node:*', 'fs', 'path', 'crypto', 'child_process', 'os'];

export default tseslint.config(
  { ignores: ['out', 'node_modules', '.firstlight', 'playwright-report', 'test-results', 'dist'] },
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrors: 'none' },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      'no-console': 'error',
      eqeqeq: 'error',
    },
  },
  { files: ['src/renderer/**/*.{ts,tsx}'], ...reactHooks.configs.flat.recommended },
  border(
    ['src/**/*.{ts,tsx}'],
    ELECTRON,
    'electron belongs to src/main/index.ts, src/main/electron and src/preload.',
  ),
  {
    files: ['src/main/index.ts', 'src/main/electron/**', 'src/preload/**'],
    rules: { 'no-restricted-imports': 'off' },
  },
  border(
    PURE,
    [
      ...ELECTRON,
      ...NODE,
      '**/session/**',
      '**/plugins/**',
      '**/update/**',
      '**/device/**',
      '**/state/**',
      '**/transport/**',
      '**/cli/**',
      '**/renderer/**',
    ],
    'This folder is pure: no Electron, no Node, no runner.',
  ),
  border(
    ['src/renderer/**/*.{ts,tsx}'],
    [...ELECTRON, ...NODE, '**/main/**', '**/preload/**'],
    'The renderer knows the host only through the bridge of src/shared.',
  ),
  border(
    ['src/sdk/**/*.ts'],
    ['**/main/**', '**/renderer/**'],
    'The SDK stands on src/shared alone.',
  ),
  {
    files: PURE,
    ignores: TESTS,
    rules: {
      'no-restricted-globals': ['error', 'process', 'Buffer', 'setTimeout', 'setInterval', 'fetch'],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'Pure code reads no clock.' },
        { object: 'Math', property: 'random', message: 'Pure code has no randomness.' },
      ],
      'no-restricted-syntax': [
        'error',
        {
          selector: "NewExpression[callee.name='Date'][arguments.length=0]",
          message: 'Pure code reads no clock.',
        },
      ],
    },
  },
  { files: TESTS, rules: { '@typescript-eslint/no-non-null-assertion': 'off' } },
  {
    files: ['bench/**', 'scripts/**', 'src/main/cli/**', 'plugins/**'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['**/*.mjs', '**/*.js'],
    extends: [tseslint.configs.disableTypeChecked],
  },
);
