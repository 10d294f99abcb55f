/** What the house style says and a machine can hold: no `any`, short functions, one direction of imports, each library in one place. */
import { defineConfig, globalIgnores } from 'eslint/config'
import tseslint from 'typescript-eslint'

const tests = ['**/*.test.ts', '**/testing/**/*.ts', 'demo/e2e/**/*.ts', 'demo/scanners/**/*.ts', 'backend/store/store-contract.ts', 'backend/store/contract/**/*.ts']
const useCases = ['sign-in', 'sessions', 'users', 'sites'].map((folder) => `backend/${folder}/**/*.ts`)
/** Long by nature: markup and styles in one template. */
const templates = ['**/*-page.ts', '**/*styles.ts', 'backend/sign-in/letter.ts', 'widget/**/*-view.ts', 'widget/**/*-views.ts']

/** Tables: one line for each endpoint, or a handful of short handlers over the same services. */
const tables = ['backend/routes.ts', 'backend/handlers/**/*.ts', 'backend/admin/admin-*.ts']

/** Library → the only places that may import it. */
const homes = {
  jose: ['backend/tokens/**', 'widget/verify.ts', 'widget/verify-keys.ts'],
  nodemailer: ['backend/delivery/smtp.ts', 'backend/delivery/compose.ts'],
  lowdb: ['backend/store/lowdb/**'],
  ioredis: ['backend/store/redis/**'],
  bowser: ['backend/http/**'],
  'ipaddr.js': ['backend/http/**'],
  'koa-ratelimit': ['backend/http/**'],
}

/** A test reads answers as JSON and looks at what it likes. */
const looseInTests = ['assignment', 'member-access', 'argument', 'call', 'return'].map((kind) => [`@typescript-eslint/no-unsafe-${kind}`, 'off'])

const libraryPattern = (name) => ({ regex: `^${name.replace('.', '\\.')}(/|$)`, message: `${name} is imported in ${homes[name].join(' and ')} only.` })
const onlyLibraries = (names) => ({ 'no-restricted-imports': ['error', { patterns: names.map(libraryPattern) }] })
const housed = [...new Set(Object.values(homes).flat())].map((place) => ({
  files: [place],
  rules: onlyLibraries(Object.keys(homes).filter((name) => !homes[name].includes(place))),
}))

const direction = (patterns) => ({ '@typescript-eslint/no-restricted-imports': ['error', { patterns }] })
const adapters = ['**/store/lowdb/**', '**/store/redis/**', '**/delivery/smtp.ts', '**/delivery/mail-thread.ts', '**/delivery/sms.ts', '**/delivery/outbox.ts']

export default defineConfig(
  globalIgnores(['dist/', 'coverage/', 'data/', 'widget/frameworks/', 'demo/examples/*/']),
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: {
      parserOptions: { project: ['backend/tsconfig.json', 'widget/tsconfig.json', 'demo/tsconfig.json', 'demo/sandbox/page/tsconfig.json'], tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true, varsIgnorePattern: '^_', argsIgnorePattern: '^_' }],
      '@typescript-eslint/prefer-promise-reject-errors': ['error', { allowThrowingUnknown: true }],
      // Ports are written as methods and built as plain objects of closures: there is no `this` to lose.
      '@typescript-eslint/unbound-method': 'off',
      // A port answers with a promise whether its adapter has to wait or not.
      '@typescript-eslint/require-await': 'off',
      'max-lines': ['error', 250],
      'max-lines-per-function': ['error', 40],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      ...onlyLibraries(Object.keys(homes)),
    },
  },
  ...housed,
  {
    files: useCases,
    rules: direction([
      { group: adapters, message: 'A use case speaks to ports, never to an adapter.' },
      { group: ['koa', '@koa/*'], allowTypeImports: true, message: 'A use case knows no Koa.' },
    ]),
  },
  {
    files: ['backend/store/**/*.ts', 'backend/delivery/**/*.ts'],
    rules: direction([{ group: ['koa', '@koa/*', '**/routes.ts', '**/app.ts'], message: 'An adapter knows no HTTP.' }]),
  },
  {
    files: ['widget/**/*.ts'],
    rules: direction([
      { group: ['**/backend/**', '!**/backend/protocol.ts'], message: 'The widget knows the wire alone: backend/protocol.ts.' },
      { group: ['**/backend/protocol.ts'], allowTypeImports: true, message: 'Types only: no schema may reach the widget.' },
    ]),
  },
  {
    files: ['widget/console/**/*.ts'],
    rules: direction([{ group: ['**/backend/**', '!**/backend/faults.ts'], message: 'The console knows the wire, and the words for what is wrong with a field.' }]),
  },
  { files: tables, rules: { 'max-lines-per-function': ['error', 80] } },
  { files: templates, rules: { 'max-lines-per-function': ['error', 120] } },
  {
    files: tests,
    rules: { 'max-lines-per-function': 'off', 'max-lines': 'off', 'no-restricted-imports': 'off', '@typescript-eslint/no-restricted-imports': 'off', ...Object.fromEntries(looseInTests) },
  },
  {
    // node:test gives back a promise that its runner awaits.
    files: tests,
    rules: { '@typescript-eslint/no-floating-promises': ['error', { allowForKnownSafeCalls: [{ from: 'package', name: ['test', 'it', 'describe', 'suite'], package: 'node:test' }] }] },
  },
  { files: ['**/*.js'], rules: { 'max-lines': ['error', 250], 'max-lines-per-function': ['error', 40], eqeqeq: 'error', 'no-unused-vars': 'error' } },
)
