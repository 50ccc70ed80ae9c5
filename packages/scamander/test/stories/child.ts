// One side of a load as a process of its own, which stops dead at the moment it is told to, so that its parent can kill it there.
// Not a test by itself; bundled by children.ts.
//
// argv: serve DATA STOP_AT [PORT] | load SOURCE PORT STOP_AT | resume SOURCE PORT LEDGER STOP_AT | both SOURCE DATA NETWORK ENTIRE | copy SOURCE DATA NETWORK ENTIRE | pulled SOURCE DATA NETWORK ENTIRE | pull PORT INTO TABLES STOP_AT [UNIT_BYTES]   (STOP_AT: the how manieth moment, or the name of one; 0: never; ENTIRE: auto, or never for sections)
import { writeSync } from 'node:fs';
import { nodeFileSystem, type ReceiveFileSystem } from '@scamander/sstable-io';
import { memoryNetwork } from '@scamander/transport';
import { copy } from '../../src/copy/copy.ts';
import { load } from '../../src/load/load.ts';
import { type FrontDoorParts, systemParts } from '../../src/parts.ts';
import { pull } from '../../src/pull/pull.ts';
import { DEFAULT_RETRY } from '../../src/retry/policy.ts';
import { serve } from '../../src/serve/serve.ts';
import { tablesOf } from './tables-of.ts';

const [mode, ...argv] = process.argv.slice(2) as [string, ...string[]];

/** Reaches the parent before the next statement runs. */
const tell = (line: string): void => {
  writeSync(1, `${line}\n`);
};

/** Counts what happens, and stops the whole process at one of them: its main thread, as a debugger would. */
const moments = (stopAt: string): ((what: string) => void) => {
  let count = 0;
  return (what) => {
    count += 1;
    if (String(count) !== stopAt && what !== stopAt) return;
    tell(`stopped ${count} ${what}`);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  };
};

/** Every change of the disk is a moment before and after it. */
const watched = (moment: (what: string) => unknown): ReceiveFileSystem =>
  new Proxy(nodeFileSystem, {
    get: (target, name) => {
      const step = Reflect.get(target, name) as (...inputs: unknown[]) => Promise<unknown>;
      return async (...inputs: unknown[]) => {
        moment(`before ${String(name)}`);
        const result = await step(...inputs);
        moment(`after ${String(name)}`);
        return result;
      };
    },
  });

const runServe = async ([data = '', stopAt = '', port = '0']: string[]): Promise<void> => {
  const moment = moments(stopAt);
  let isListening = false;
  const node = await serve(
    { dataDirectory: data, listen: { host: '127.0.0.1', port: Number(port) } },
    { ...systemParts, fileSystem: watched((what) => isListening && moment(what)) },
  );
  if (node._tag === 'Left') throw new Error(node.left.message);
  node.right.events$.subscribe(({ type }) => moment(type));
  isListening = true;
  tell(`listening ${node.right.endpoint.port}`);
};

const runLoad = async ([source = '', port = '', stopAt = '']: string[]): Promise<void> => {
  const moment = moments(stopAt);
  const running = load({
    paths: [source],
    target: { kind: 'direct', nodes: [{ host: '127.0.0.1', port: Number(port) }] },
  });
  running.events$.subscribe(({ type }) => moment(type));
  const result = await running.result;
  tell(`done ${result._tag === 'Right' ? result.right.verdict : result.left.code}`);
};

const runResumed = async ([
  source = '',
  port = '',
  ledger = '',
  stopAt = '',
]: string[]): Promise<void> => {
  const moment = moments(stopAt);
  const running = load({
    paths: [source],
    target: { kind: 'direct', nodes: [{ host: '127.0.0.1', port: Number(port) }] },
    ...{ ledger, sessionBytes: 1, retry: { ...DEFAULT_RETRY, attempts: 1 } },
  });
  running.events$.subscribe(({ type }) => moment(type));
  const result = await running.result;
  const report = result._tag === 'Right' ? result.right : undefined;
  const codes = report?.problems.map(({ code }) => code) ?? [];
  const statuses = report?.receipt.deliveries.map(({ status }) => status) ?? [];
  tell(
    `done ${result._tag === 'Right' ? result.right.verdict : result.left.code} ${[...codes, ...statuses].join(' ')}`,
  );
};

const runBoth = async ([source = '', data = '', network = '', entire]: string[]): Promise<void> => {
  const memory = memoryNetwork();
  const parts = (host: string): FrontDoorParts =>
    network === 'memory'
      ? { ...systemParts, transport: () => memory.transport(host) }
      : systemParts;
  const node = await serve(
    {
      dataDirectory: data,
      listen: { host: '127.0.0.1', port: 0 },
      tables: await tablesOf([source]),
    },
    parts('127.0.0.1'),
  );
  if (node._tag === 'Left') throw new Error(node.left.message);
  const result = await load(
    {
      paths: [source],
      target: { kind: 'direct', nodes: [node.right.endpoint] },
      entire: entire === 'never' ? 'never' : 'auto',
    },
    { parts: parts('127.0.0.9') },
  ).result;
  await node.right.close();
  const verdict = result._tag === 'Right' ? result.right.verdict : result.left.code;
  tell(`done ${verdict} ${process.resourceUsage().maxRSS}`);
};

/** From one node to two others, all in this process. SOURCE is a data directory. */
const runCopy = async ([source = '', data = '', network = '', entire]: string[]): Promise<void> => {
  const memory = memoryNetwork();
  const parts = (host: string): FrontDoorParts =>
    network === 'memory'
      ? { ...systemParts, transport: () => memory.transport(host) }
      : systemParts;
  const tables = await tablesOf([source]);
  const started = async (dataDirectory: string, host: string) => {
    const node = await serve({ dataDirectory, listen: { host, port: 0 }, tables }, parts(host));
    if (node._tag === 'Left') throw new Error(node.left.message);
    return node.right;
  };
  const from = await started(source, '127.0.0.1');
  const to = [await started(`${data}/1`, '127.0.0.1'), await started(`${data}/2`, '127.0.0.1')];
  const result = await copy(
    {
      names: tables.map(({ keyspace, table }) => ({ keyspace, table })),
      source: { kind: 'direct', nodes: [from.endpoint] },
      target: { kind: 'direct', nodes: to.map(({ endpoint }) => endpoint) },
      listen: { host: '127.0.0.1', port: 0 },
      entire: entire === 'never' ? 'never' : 'auto',
    },
    { parts: parts('127.0.0.1') },
  ).result;
  await Promise.all([from, ...to].map((node) => node.close()));
  const verdict = result._tag === 'Right' ? result.right.verdict : result.left.code;
  tell(`done ${verdict} ${process.resourceUsage().maxRSS}`);
};

/** Out of a node into a directory, both in this process. SOURCE is a data directory. */
const runPulled = async ([
  source = '',
  data = '',
  network = '',
  entire,
]: string[]): Promise<void> => {
  const memory = memoryNetwork();
  const parts = (host: string): FrontDoorParts =>
    network === 'memory'
      ? { ...systemParts, transport: () => memory.transport(host) }
      : systemParts;
  const node = await serve(
    {
      dataDirectory: source,
      listen: { host: '127.0.0.1', port: 0 },
      entire: entire === 'never' ? 'never' : 'auto',
    },
    parts('127.0.0.1'),
  );
  if (node._tag === 'Left') throw new Error(node.left.message);
  const result = await pull(
    {
      names: (await tablesOf([source])).map(({ keyspace, table }) => ({ keyspace, table })),
      source: { kind: 'direct', nodes: [node.right.endpoint] },
      listen: { host: '127.0.0.1', port: 0 },
      into: data,
      digests: 'sha256',
    },
    { parts: parts('127.0.0.1') },
  ).result;
  await node.right.close();
  const verdict = result._tag === 'Right' ? result.right.verdict : result.left.code;
  tell(`done ${verdict} ${process.resourceUsage().maxRSS}`);
};

/** Tables of the keyspace `demo`, from one node into a directory. Large units are cut, so that there are several. */
const runPull = async ([
  port = '',
  into = '',
  tables = '',
  stopAt = '',
  unitBytes = '8000',
]: string[]): Promise<void> => {
  const moment = moments(stopAt);
  const running = pull(
    {
      names: tables.split(',').map((table) => ({ keyspace: 'demo', table })),
      source: { kind: 'direct', nodes: [{ host: '127.0.0.1', port: Number(port) }] },
      into,
      unitBytes: Number(unitBytes),
      retry: { ...DEFAULT_RETRY, attempts: 1 },
    },
    { parts: { ...systemParts, fileSystem: watched(moment) } },
  );
  running.events$.subscribe(({ type }) => moment(type));
  const result = await running.result;
  const codes = result._tag === 'Right' ? result.right.problems.map(({ code }) => code) : [];
  const verdict = result._tag === 'Right' ? result.right.verdict : result.left.code;
  tell(`done ${[verdict, ...codes].join(' ')}`);
};

if (mode === 'serve') await runServe(argv);
else if (mode === 'pull') await runPull(argv);
else if (mode === 'pulled') await runPulled(argv);
else if (mode === 'copy') await runCopy(argv);
else if (mode === 'load') await runLoad(argv);
else if (mode === 'resume') await runResumed(argv);
else await runBoth(argv);
