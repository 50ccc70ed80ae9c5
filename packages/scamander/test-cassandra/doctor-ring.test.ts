// What doctor() says of a ring that is not whole: a node that joins, one that is down, a schema that went on without it. One release.
import { setTimeout as delay } from 'node:timers/promises';
import { type Node, oneRelease, type Release, startRing } from '@scamander-tools/real-cassandra';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { assertFound, assertNoneWorse, examined, findingsOf, nameOf } from './support/examining.ts';
import { freshKeyspace } from './support/nodes.ts';

const LOOK_EVERY_MS = 200;

const untilLogged = async (node: Node, text: string): Promise<void> => {
  while (!node.log().includes(text)) {
    assert.is(node.hasEnded(), undefined, node.logTail());
    await delay(LOOK_EVERY_MS);
  }
};

/** The oldest of the chosen: its names in gossip are those of all later ones. */
const chosen = (): readonly Release[] => oneRelease('4.1.10');

for (const release of chosen())
  test(`${release.name}: a ring with a node that joins, and one that is down and knows an older schema`, async () => {
    const ring = await startRing({
      version: release.version,
      nodes: 2,
      yaml: release.yaml,
      numTokens: 4,
    });
    try {
      const [first, second] = ring.nodes as [Node, Node];
      const whole = await examined(first);
      assertNoneWorse(whole);
      assert.match(
        assertFound(whole, 'ring-change', 'ok', /no node/).evidence,
        '2 members, 8 tokens',
      );
      for (const node of [first, second]) assertFound(whole, 'dial-back', 'ok', /reaches/, node);

      // In write survey mode a node stays in the state of joining until it is told.
      const joining = await ring.add({
        waitFor: 'storage',
        jvmProperties: { 'cassandra.write_survey': 'true' },
      });
      await untilLogged(joining, 'write survey mode is active');
      const growing = await examined(first);
      const change = assertFound(growing, 'ring-change', 'warning', /is joining/);
      assert.is(change.node, nameOf(joining));
      assert.match(change.evidence, /BOOT.*4 tokens/);
      assertFound(growing, 'storage-port', 'ok', /answers/, joining);
      assertNoneWorse(growing, ['ring-change']);
      const byCql = await examined(first, { gossip: false });
      assert.is(
        assertFound(byCql, 'ring-change', 'warning', /is joining/).node,
        nameOf(joining),
        'the same without a connection back to us',
      );
      await joining.stop();

      await second.kill();
      await freshKeyspace(await first.cql(), 'while_away');
      const short = await examined(first);
      const down = assertFound(short, 'node-down', 'warning', /is down/, second);
      assert.match(down.evidence, /heartbeat stands still/);
      assertFound(short, 'schema-agreement', 'warning', /went down with another schema/, second);
      assertFound(short, 'schema-agreement', 'ok', /that are up hold the same/);
      assert.equal(findingsOf(short, 'node-down', first), []);
      assertFound(short, 'cql', 'info', /it is down/, second);
      assert.equal(
        short.findings.filter(({ severity }) => severity === 'critical'),
        [],
      );
    } finally {
      await ring.stop();
    }
  });

test.run();
