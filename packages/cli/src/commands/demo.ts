// Control plane. `scamander demo` (= npm start): the main job on an embedded node, over real TCP, with nothing installed.
// Called by program.ts. Starts a node in a fresh folder, loads the shipped samples into it, compares every byte, says what to try next.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type EmbeddedNode,
  type LoadReport,
  load,
  type ScamanderErrorType,
  serve,
} from '@scamander/scamander';
import { discover, openSSTable, type SSTableFiles } from '@scamander/sstable-io';
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import type { CommandResult, Context, Flags } from '../context.ts';
import { EXIT, transferExitCode } from '../exit-codes.ts';
import { errorText } from '../output/errors.ts';
import { eventLine, jsonLine } from '../output/json-lines.ts';
import { newsLine, reportText } from '../output/load-text.ts';
import { TransferProgress } from '../output/progress.ts';
import { complain, say, type Terminal, tell } from '../output/terminal.ts';

/** The samples lie beside the sources and in the published package alike: one data directory for each release and version. */
const sampleFolders = async (): Promise<readonly string[]> => {
  let at = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(at, 'samples')) && dirname(at) !== at) at = dirname(at);
  const folder = join(at, 'samples');
  const entries = existsSync(folder) ? await readdir(folder, { withFileTypes: true }) : [];
  return entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(folder, name))
    .sort();
};

const fingerprint = async (files: SSTableFiles, component: string): Promise<string> =>
  createHash('sha256')
    .update(
      await readFile(join(files.descriptor.directory, `${files.descriptor.prefix}${component}`)),
    )
    .digest('hex');

/** Statistics.db is rewritten by every receiver (level, repair state), TOC.txt is written anew. */
const REWRITTEN = new Set(['Statistics.db', 'TOC.txt']);

type Comparison = {
  readonly sstables: number;
  readonly components: number;
  readonly differences: readonly string[];
};

const compare = async (
  sources: readonly SSTableFiles[],
  received: readonly SSTableFiles[],
): Promise<Comparison> => {
  const differences: string[] = [];
  let components = 0;
  const there = new Map<string, SSTableFiles>();
  for (const files of received)
    there.set(`${files.descriptor.tableId}/${await fingerprint(files, 'Data.db')}`, files);
  for (const source of sources) {
    const twin = there.get(`${source.descriptor.tableId}/${await fingerprint(source, 'Data.db')}`);
    if (twin === undefined) {
      differences.push(`${source.descriptor.table}: not received`);
      continue;
    }
    for (const component of source.components.keys()) {
      if (REWRITTEN.has(component) || !twin.components.has(component)) continue;
      components += 1;
      if ((await fingerprint(source, component)) !== (await fingerprint(twin, component))) {
        differences.push(`${twin.descriptor.table}: ${component} differs`);
      }
    }
    const opened = await openSSTable(twin);
    if (isLeft(opened)) {
      differences.push(opened.left.message);
      continue;
    }
    const report = await opened.right.verify('deep');
    await opened.right.close();
    differences.push(...report.errors.map((error) => error.message));
  }
  return { sstables: sources.length, components, differences };
};

const failed = (message: string, where: string): ScamanderErrorType => ({
  code: 'SCM_DEMO',
  kind: 'failed',
  message,
  where,
  lost: 'nothing',
  advice: 'run npm test; if it passes, please report this',
  retryable: true,
});

const transfer = async (
  node: EmbeddedNode,
  paths: readonly string[],
  terminal: Terminal,
  context: Context,
): Promise<Either<ScamanderErrorType, { report: LoadReport; interrupted: boolean }>> => {
  const interrupt = context.interruptible(() => tell(terminal, 'ending'));
  const running = load(
    { paths, target: { kind: 'direct', nodes: [node.endpoint] } },
    { signal: interrupt.signal },
  );
  const progress = new TransferProgress(terminal, undefined, context.world.nowMs);
  const subscription = running.events$.subscribe((event) => {
    if (terminal.json) terminal.stdout.write(eventLine(event));
    if (event.type === 'Planned') progress.expect(event.plan.bytes);
    progress.see(event);
    if (event.type === 'Problem') progress.above(errorText(event.error));
    else if (!terminal.json && !terminal.quiet) {
      const line = newsLine(event, terminal.verbose);
      if (line !== undefined) progress.above(line);
    }
  });
  const report = await running.result;
  subscription.unsubscribe();
  progress.stop();
  interrupt.stop();
  return isLeft(report)
    ? report
    : right({ report: report.right, interrupted: interrupt.interrupted() });
};

const run = async (data: string, terminal: Terminal, context: Context): Promise<CommandResult> => {
  const samples = await sampleFolders();
  const sources = await discover(samples);
  const tables = sources.tables.flatMap(({ keyspace, table, tableId }) =>
    tableId === undefined ? [] : [{ keyspace, table, tableId }],
  );
  if (tables.length === 0)
    return left(failed('the sample SSTables are missing', 'packages/cli/samples'));
  const node = await serve({ dataDirectory: data, listen: { host: '127.0.0.1', port: 0 }, tables });
  if (isLeft(node)) return node;
  tell(
    terminal,
    `an embedded node listens on ${node.right.endpoint.host}:${node.right.endpoint.port}`,
  );
  const done = await transfer(node.right, samples, terminal, context);
  await node.right.close();
  if (isLeft(done)) return done;
  const received = await discover([data]);
  const comparison = await compare(
    sources.tables.flatMap(({ sstables }) => sstables),
    received.tables.flatMap(({ sstables }) => sstables),
  );
  const { report, interrupted } = done.right;
  const code = interrupted ? EXIT.interrupted : transferExitCode(report.verdict);
  if (terminal.json) {
    terminal.stdout.write(
      jsonLine({
        type: 'result',
        exitCode: comparison.differences.length > 0 ? EXIT.failed : code,
        comparison,
        ...report,
      }),
    );
  } else {
    say(terminal, reportText(report));
    say(
      terminal,
      `${comparison.sstables} SSTables verified to the last key, ${comparison.components} components byte-identical, ${comparison.differences.length} differences`,
    );
    for (const difference of comparison.differences) complain(terminal, `  ${difference}`);
    say(
      terminal,
      `next:\n  npx scamander sstable describe ${join('packages', 'cli', 'samples')}\n  npx scamander load SNAPSHOT_FOLDER --to A_NODE_OF_YOUR_CLUSTER --dry-run`,
    );
  }
  return right(comparison.differences.length > 0 ? EXIT.failed : code);
};

/** Runs the command. */
export const runDemo = async (
  flags: Flags,
  terminal: Terminal,
  context: Context,
): Promise<CommandResult> => {
  const keep = flags['keep'];
  if (typeof keep === 'string') {
    await mkdir(keep, { recursive: true });
    return run(keep, terminal, context);
  }
  const folder = await mkdtemp(join(tmpdir(), 'scamander-demo-'));
  try {
    return await run(folder, terminal, context);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
