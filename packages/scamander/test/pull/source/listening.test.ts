import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { TlsOptions } from '../../../src/load/options.ts';
import type { SourceOptions } from '../../../src/pull/options.ts';
import { type Listening, openListening } from '../../../src/pull/source/listening.ts';
import { memoryNetwork, nodeAt, openedSource, sourceOptions, US } from '../asking.ts';

const NODE = nodeAt(1);

/** What the node at 10.0.0.1:7000 would be told. */
const told = async (more: Partial<SourceOptions>): Promise<{ at: string; announced: string }> => {
  let found: { at: string; announced: string } | undefined;
  await openedSource(memoryNetwork(), sourceOptions([NODE], more), async ({ source, parts }) => {
    const probes = new Map([
      ['10.0.0.1:7000', { version: 12 as const, error: undefined, localHost: '192.168.0.4' }],
    ]);
    const opened = await openListening(source, probes, parts);
    if (opened._tag === 'Left') throw new Error(opened.left.message);
    const listening: Listening = opened.right;
    const announced = listening.announcedTo(NODE);
    found = {
      at: listening.at.host,
      announced: `${announced.host} ${announced.port - listening.at.port}`,
    };
    await listening.close();
  });
  if (found === undefined) throw new Error('nothing was opened');
  return found;
};

const refused = async (more: Partial<SourceOptions>): Promise<readonly unknown[]> => {
  let found: readonly unknown[] = [];
  await openedSource(
    memoryNetwork(),
    sourceOptions([NODE], more),
    async ({ source, probes, parts }) => {
      const opened = await openListening(source, probes, parts);
      if (opened._tag === 'Right') await opened.right.close();
      else found = [opened.left.code, opened.left.kind, opened.left.where];
    },
  );
  return found;
};

test('a listener on one address is announced as that', async () => {
  assert.equal(await told({ listen: { host: US, port: 0 } }), { at: US, announced: `${US} 0` });
});

test('a listener on every address is announced as what the node saw of us', async () => {
  assert.equal(await told({ listen: { host: '0.0.0.0', port: 0 } }), {
    at: '0.0.0.0',
    announced: '192.168.0.4 0',
  });
});

test('an announced address stands over both, and its port where it has one', async () => {
  const listen = { host: US, port: 7100 };
  assert.equal(await told({ listen, announce: { host: '203.0.113.7', port: 0 } }), {
    at: US,
    announced: '203.0.113.7 0',
  });
  assert.equal(await told({ listen, announce: { host: '203.0.113.7', port: 7200 } }), {
    at: US,
    announced: '203.0.113.7 100',
  });
});

test('what can’t work is refused before anything is asked', async () => {
  assert.equal(await refused({ announce: { host: 'pull.example', port: 7000 } }), [
    'SCM_PULL_ANNOUNCE',
    'usage',
    '--announce',
  ]);
  assert.equal(await refused({ announce: NODE }), ['SCM_PULL_ANNOUNCE', 'usage', '--announce']);
  const tls: TlsOptions = { ca: 'PEM' };
  assert.equal(await refused({ tls }), [
    'SCM_PULL_NO_CERTIFICATE',
    'usage',
    '--tls-cert, --tls-key',
  ]);
});

test('a port that is taken is said with its address', async () => {
  const network = memoryNetwork();
  const at = { host: US, port: 7100 };
  const taken = await network.transport(US).listen(at);
  assert.is(taken._tag, 'Right');
  await openedSource(
    network,
    sourceOptions([NODE], { listen: at }),
    async ({ source, probes, parts }) => {
      const opened = await openListening(source, probes, parts);
      assert.equal(opened._tag === 'Left' && [opened.left.code, opened.left.where], [
        'SCM_PULL_LISTEN',
        '10.0.0.9:7100',
      ]);
    },
  );
});

test.run();
