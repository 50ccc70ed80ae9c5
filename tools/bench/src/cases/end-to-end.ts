// Control plane: the whole job between two of our own processes: `load` into `serve`, every digest verified on both sides.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { folderOf } from '../datasets/dataset.ts';
import { noSync, ruler } from '../native/build.ts';
import { scratchFolder } from '../paths.ts';
import { loadIntoServe, loadSample, type PairOptions } from '../run/load-run.ts';
import { startMeasured } from '../run/measured-process.ts';
import { host, movePair, warm } from '../run/pair.ts';
import { type PullOptions, pullFromServe } from '../run/pull-run.ts';
import { tlsFlags } from '../run/tls-files.ts';
import { type Case, type Measured, madeOf, sized, takeTurns } from './case.ts';

const synced = async (dataFile: string, bytes: number): Promise<Measured> => {
  const out = join(scratchFolder, 'synced');
  rmSync(out, { force: true });
  try {
    const { cost } = await startMeasured([
      'dd',
      `if=${dataFile}`,
      `of=${out}`,
      'bs=1M',
      'conv=fdatasync',
      'status=none',
    ]).ended;
    return { ...cost, bytes };
  } finally {
    rmSync(out, { force: true });
  }
};

/** The data file only: its directory is the table's. */
const rulerIntoFile = async (dataFile: string): Promise<Measured> =>
  (
    await movePair(
      (port, out) => [ruler, 'recv', host, port, out],
      (port) => [ruler, 'send', dataFile, host, port],
    )
  ).sent;

export const endToEndCase: Case = {
  name: 'end-to-end',
  needs: (quick) => [sized(quick, '1gib', 'none'), sized(quick, '1gib', 'lz4')],
  run: async (context) => {
    const plain = madeOf(context, '1gib', 'none');
    const lz4 = madeOf(context, '1gib', 'lz4');
    await warm(plain.dataFile);
    await warm(lz4.dataFile);
    const tls = await tlsFlags();
    const toCache: PairOptions = { serveEnvironment: { LD_PRELOAD: noSync } };
    const overTls: PairOptions = { loadArguments: tls.load, serveArguments: tls.serve };
    const loading =
      (options: PairOptions, dataset = plain) =>
      async () =>
        loadSample((await loadIntoServe(dataset, options)).load);
    const pulling =
      (options: PullOptions, dataset = plain) =>
      async () =>
        (await pullFromServe({ ...dataset, dataDirectory: folderOf(dataset) }, options)).pull;
    const pullToCache: PullOptions = { pullEnvironment: { LD_PRELOAD: noSync } };
    return takeTurns(context, context.quick ? 2 : 5, {
      'ruler send → recv': () => rulerIntoFile(plain.dataFile),
      'load → serve, page cache': loading(toCache),
      'load → serve, page cache, LZ4 table': loading(toCache, lz4),
      'load → serve, page cache, TLS': loading({ ...toCache, ...overTls }),
      'pull ← serve, page cache': pulling(pullToCache),
      'pull ← serve, page cache, LZ4 table': pulling(pullToCache, lz4),
      'dd conv=fdatasync': () => synced(plain.dataFile, plain.dataBytes),
      'load → serve, durable': loading({}),
      'pull ← serve, durable': pulling({}),
      'load → serve, durable, TLS': loading(overTls),
    });
  },
};
