// Nx plugin of this workspace: gives every package and tool its targets, so that no package.json repeats them.
// Called by Nx when it builds the project graph; it may not read anything but the folder listing.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

const runCommands = (command, rest) => ({
  executor: 'nx:run-commands',
  options: { command, cwd: '{projectRoot}' },
  cache: true,
  ...rest,
});

const testCommand =
  'node --import tsx -C @scamander/source ../../tools/testing/src/run-uvu.ts coverage/results.json';

const targetsFor = (root, workspaceRoot) => {
  const targets = {
    lint: runCommands('biome check .', { inputs: ['default', '{workspaceRoot}/biome.json'] }),
  };
  if (existsSync(join(workspaceRoot, root, 'test'))) {
    targets.test = runCommands(testCommand, {
      inputs: [
        'default',
        '^production',
        '{workspaceRoot}/tools/testing/src/**/*',
        { env: 'SCAMANDER_SHARED' },
      ],
      outputs: ['{projectRoot}/coverage'],
    });
  }
  if (root.startsWith('packages/')) {
    targets.build = runCommands('tsc -b tsconfig.lib.json', {
      dependsOn: ['^build'],
      inputs: ['production', '^production'],
      outputs: ['{projectRoot}/dist'],
    });
    targets.typecheck = runCommands('tsc -b tsconfig.test.json', {
      inputs: ['default', '^production'],
      outputs: [],
    });
  }
  return targets;
};

const projectFor = (file, workspaceRoot) => {
  const root = dirname(file);
  return [file, { projects: { [root]: { root, targets: targetsFor(root, workspaceRoot) } } }];
};

export const name = 'scamander-workspace';

export const createNodesV2 = [
  '{packages,tools}/*/package.json',
  (files, _options, context) => files.map((file) => projectFor(file, context.workspaceRoot)),
];
