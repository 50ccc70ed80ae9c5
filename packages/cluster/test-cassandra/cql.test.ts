// What connectCluster says of running nodes: schema with every feature, ring, login.

import { connectCluster } from '@scamander/cluster';
import { Murmur3Partitioner, replicationText } from '@scamander/ring';
import { releases, withNode } from '@scamander-tools/real-cassandra';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { refusal, value } from '../test/harness.ts';

/** 4.0 had other names for what must be allowed first. */
const allowed = (family: string) =>
  family === '4.0'
    ? { enable_materialized_views: true, enable_sasi_indexes: true, cdc_enabled: true }
    : { materialized_views_enabled: true, sasi_indexes_enabled: true, cdc_enabled: true };

const statements = (keyspace: string, hasSai: boolean): readonly string[] => [
  `CREATE KEYSPACE ${keyspace} WITH replication = {'class':'NetworkTopologyStrategy','dc1':1}`,
  `CREATE TYPE ${keyspace}.address (street text, zip int)`,
  `CREATE TABLE ${keyspace}.heroes (city text, born int, name text, "Epithet" text static, age bigint,
     tags map<text, frozen<list<int>>>, home frozen<address>, gone int, PRIMARY KEY ((city, born), name))
     WITH CLUSTERING ORDER BY (name DESC) AND compression = {'enabled': 'false'} AND cdc = true`,
  `ALTER TABLE ${keyspace}.heroes DROP gone`,
  `CREATE INDEX heroes_age ON ${keyspace}.heroes (age)`,
  `CREATE CUSTOM INDEX heroes_name ON ${keyspace}.heroes ("Epithet") USING 'org.apache.cassandra.index.sasi.SASIIndex'`,
  ...(hasSai
    ? [`CREATE CUSTOM INDEX heroes_home ON ${keyspace}.heroes (home) USING 'StorageAttachedIndex'`]
    : []),
  `CREATE MATERIALIZED VIEW ${keyspace}.by_name AS SELECT name, city, born, age FROM ${keyspace}.heroes
     WHERE city IS NOT NULL AND born IS NOT NULL AND name IS NOT NULL PRIMARY KEY (name, city, born)`,
  `CREATE TABLE ${keyspace}.ships (id uuid PRIMARY KEY, oars counter)`,
];

for (const release of releases()) {
  const options = { yaml: allowed(release.family) };

  test(`${release.name}: schema, ring and names of what is not there`, () =>
    withNode(
      release,
      async (node) => {
        const cql = await node.cql();
        const hasSai = Number.parseFloat(release.family) >= 5;
        for (const statement of statements('troy_cluster', hasSai)) await cql.execute(statement);
        const contactPoints = [{ host: node.address, port: node.nativePort }];
        const cluster = value(await connectCluster({ contactPoints }));
        try {
          assert.is(cluster.name, node.settings.clusterName);
          assert.is(cluster.partitioner, Murmur3Partitioner);
          assert.ok(cluster.releaseVersion.startsWith(release.family));

          const nodes = value(await cluster.nodes());
          assert.is(nodes.length, 1);
          assert.equal(nodes[0]?.endpoint, { host: node.address, port: node.storagePort });
          assert.equal(nodes[0]?.native, { host: node.address, port: node.nativePort });
          assert.is(nodes[0]?.tokens.length, node.settings.numTokens);
          assert.ok(value(await cluster.schemaAgreement()).agreed);

          const keyspace = value(await cluster.keyspace('troy_cluster'));
          assert.is(replicationText(keyspace.replication), 'NetworkTopologyStrategy dc1:1');
          assert.equal([keyspace.tables, keyspace.views], [['heroes', 'ships'], ['by_name']]);

          const table = value(await cluster.table('troy_cluster', 'heroes'));
          const { rows } = await cql.execute(
            "SELECT id FROM system_schema.tables WHERE keyspace_name = 'troy_cluster' AND table_name = 'heroes'",
          );
          assert.is(table.id, String(rows[0]?.['id']));
          assert.equal(
            table.columns.map(({ name, kind, order }) => `${name} ${kind} ${order}`),
            [
              'city partition_key none',
              'born partition_key none',
              'name clustering desc',
              'Epithet static none',
              'age regular none',
              'home regular none',
              'tags regular none',
            ],
          );
          assert.equal(
            table.indexes.map(({ kind }) => kind),
            hasSai ? ['secondary', 'sai', 'sasi'] : ['secondary', 'sasi'],
          );
          assert.equal([table.views, table.compression, table.cdc], [['by_name'], undefined, true]);
          assert.equal(
            table.droppedColumns.map(({ name, type }) => `${name} ${type}`),
            ['gone int'],
          );
          assert.ok(Math.abs((table.droppedColumns[0]?.droppedAtMs ?? 0) - Date.now()) < 600_000);
          assert.is(value(await cluster.table('troy_cluster', 'by_name')).kind, 'view');
          assert.ok(value(await cluster.table('troy_cluster', 'ships')).counter);

          assert.match(
            refusal(await cluster.keyspace('Troy'), 'SCM_CLUSTER_UNKNOWN_KEYSPACE'),
            /troy_cluster/,
          );
          assert.match(
            refusal(await cluster.table('troy_cluster', 'horses'), 'SCM_CLUSTER_UNKNOWN_TABLE'),
            /it has heroes, ships/,
          );
        } finally {
          await cluster.close();
        }
        refusal(await cluster.nodes(), 'SCM_CLUSTER_CLOSED');
      },
      options,
    ));
}

const [login] = releases().slice(-1);
if (login !== undefined) {
  test(`${login.name}: login`, () =>
    withNode(
      login,
      async (node) => {
        const contactPoints = [{ host: node.address, port: node.nativePort }];
        const nobody = await connectCluster({ contactPoints });
        refusal(nobody, 'SCM_CLUSTER_LOGIN');
        const stranger = await connectCluster({
          contactPoints,
          username: 'paris',
          password: 'helen',
        });
        refusal(stranger, 'SCM_CLUSTER_LOGIN');
        refusal(await connectCluster({ contactPoints, tls: {} }), 'SCM_CLUSTER_TLS');
      },
      { yaml: { authenticator: 'PasswordAuthenticator' } },
    ));
}

test.run();
