// Runs after `npm ci` and `npm install` at the root, so that `npx scamander` starts fast at once. Does nothing where the build tools were
// left out (`--omit=dev`): the command line then runs from its sources or its installed bundle.
try {
  await import('esbuild');
} catch {
  process.exit(0);
}
await import('./build.mjs');
