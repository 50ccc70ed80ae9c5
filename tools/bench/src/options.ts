// Control plane: the arguments of `npm run bench`. Pure; called by main.ts.
import { parseArgs } from 'node:util';

/** What a run shall do. */
export type BenchOptions = {
  /** Names of cases; empty means all. */
  readonly only: readonly string[];
  /** Small data and few rounds: tries the harness. */
  readonly quick: boolean;
  /** Where else the results go. */
  readonly jsonFile: string | undefined;
  /** Keeps the results in docs/performance.json and renders the page. */
  readonly write: boolean;
  /** Renders the page from what is kept, and runs nothing. */
  readonly render: boolean;
  /** Removes the cache, and runs nothing. */
  readonly clean: boolean;
  /** Takes the command line as it was built before. */
  readonly skipBuild: boolean;
  readonly help: boolean;
};

export const helpText = `npm run bench [-- OPTIONS]

  --only NAME     this case only; may be given again
  --quick         small data, few rounds: tries the harness, is never written to docs/
  --json FILE     also write the results there
  --write         keep the results in docs/performance.json and render docs/PERFORMANCE.md
  --render        render docs/PERFORMANCE.md from docs/performance.json; run nothing
  --clean         remove the datasets and programs of earlier runs; run nothing
  --skip-build    measure the command line as it was built before
`;

/** Throws a TypeError that says what is wrong. */
export const parseOptions = (argv: readonly string[], known: readonly string[]): BenchOptions => {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      only: { type: 'string', multiple: true, default: [] },
      quick: { type: 'boolean', default: false },
      json: { type: 'string' },
      write: { type: 'boolean', default: false },
      render: { type: 'boolean', default: false },
      clean: { type: 'boolean', default: false },
      'skip-build': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const unknown = values.only.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new TypeError(`unknown case ${unknown.join(', ')}; known: ${known.join(', ')}`);
  if (values.quick && values.write)
    throw new TypeError('--quick measures nothing that is worth keeping: it goes without --write');
  return {
    only: values.only,
    quick: values.quick,
    jsonFile: values.json,
    write: values.write,
    render: values.render,
    clean: values.clean,
    skipBuild: values['skip-build'],
    help: values.help,
  };
};
