// Control plane: the JVM arguments of a node and of the tools, from plain values. Pure; called by node.ts and java-tool.ts.

const exported = [
  'java.base/java.lang.ref',
  'java.base/jdk.internal.misc',
  'java.base/jdk.internal.ref',
  'java.base/sun.nio.ch',
  'java.management.rmi/com.sun.jmx.remote.internal.rmi',
  'java.rmi/sun.rmi.registry',
  'java.rmi/sun.rmi.server',
  'java.rmi/sun.rmi.transport.tcp',
  'java.sql/java.sql',
  'jdk.unsupported/sun.misc',
];

const opened = [
  'java.base/java.io',
  'java.base/java.lang',
  'java.base/java.lang.module',
  'java.base/java.lang.reflect',
  'java.base/java.math',
  'java.base/java.net',
  'java.base/java.nio',
  'java.base/java.nio.charset',
  'java.base/java.nio.file.spi',
  'java.base/java.time',
  'java.base/java.util',
  'java.base/java.util.concurrent',
  'java.base/java.util.concurrent.atomic',
  'java.base/java.util.concurrent.locks',
  'java.base/jdk.internal.loader',
  'java.base/jdk.internal.math',
  'java.base/jdk.internal.module',
  'java.base/jdk.internal.ref',
  'java.base/jdk.internal.reflect',
  'java.base/jdk.internal.util.jar',
  'java.base/jdk.internal.vm',
  'java.base/sun.nio.ch',
  'java.base/sun.nio.fs',
  'java.rmi/sun.rmi.transport.tcp',
  'jdk.management/com.sun.management.internal',
];

/** Doors that Cassandra walks through on Java 17 (its conf/jvm17-server.options), wide enough for 4.0, 4.1, 5.0 and 6.0. */
export const moduleOptions: readonly string[] = [
  ...exported.map((name) => `--add-exports=${name}=ALL-UNNAMED`),
  ...opened.map((name) => `--add-opens=${name}=ALL-UNNAMED`),
  '-Djava.security.manager=allow',
];

/** A JVM that starts soon and stays small: one compiler tier, one collector thread, no pre-touched heap. */
export const smallJvmOptions = (heapMb: number): string[] => [
  `-Xms${Math.min(heapMb, 128)}m`,
  `-Xmx${heapMb}m`,
  '-Xss512k',
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1',
  '-XX:-UsePerfData',
  '-XX:+ExitOnOutOfMemoryError',
  '-Xshare:auto',
  '-Xlog:disable',
  '-Djava.net.preferIPv4Stack=true',
];

export type NodeJvm = {
  readonly jars: readonly string[];
  readonly address: string;
  readonly jmxPort: number;
  readonly folder: string;
  readonly heapMb: number;
  readonly properties: Readonly<Record<string, string>>;
  /** Extra JVM options, such as those of shared class data. */
  readonly options: readonly string[];
};

/** The jamm agent of the class path; Cassandra measures memtables with it. */
export const agentOption = (jars: readonly string[]): string => {
  const jamm = jars.find((jar) => /\/jamm-[^/]+\.jar$/.test(jar));
  if (jamm === undefined) throw new Error('the class path has no jamm jar');
  return `-javaagent:${jamm}`;
};

const systemProperties = (properties: Readonly<Record<string, string>>): string[] =>
  Object.entries(properties).map(([name, value]) => `-D${name}=${value}`);

const configurationOf = (folder: string): Record<string, string> => ({
  'cassandra.config': `file://${folder}/cassandra.yaml`,
  'cassandra.storagedir': folder,
  'cassandra.logdir': folder,
  'cassandra-rackdc.properties': `file://${folder}/cassandra-rackdc.properties`,
  'logback.configurationFile': `file://${folder}/logback.xml`,
});

/** Arguments of `java` for one node, main class last. */
export const nodeArguments = (node: NodeJvm): string[] => {
  const properties = {
    ...configurationOf(node.folder),
    // Else a node closes its standard output once it is up (CassandraDaemon.activate), and the log ends there.
    'cassandra-foreground': 'yes',
    // Default 100,000 rows: 3 to 5 s of every start, for a number that small memtables do not need exactly.
    'cassandra.memtable_row_overhead_computation_step': '200',
    'cassandra.skip_wait_for_gossip_to_settle': '0',
    'cassandra.superuser_setup_delay_ms': '0',
    'com.sun.management.jmxremote.port': String(node.jmxPort),
    'com.sun.management.jmxremote.rmi.port': String(node.jmxPort),
    'com.sun.management.jmxremote.host': node.address,
    'com.sun.management.jmxremote.authenticate': 'false',
    'com.sun.management.jmxremote.ssl': 'false',
    'java.rmi.server.hostname': node.address,
    'java.awt.headless': 'true',
    'java.io.tmpdir': `${node.folder}/tmp`,
    ...node.properties,
  };
  return [
    ...smallJvmOptions(node.heapMb),
    ...moduleOptions,
    ...node.options,
    agentOption(node.jars),
    ...systemProperties(properties),
    '-cp',
    node.jars.join(':'),
    'org.apache.cassandra.service.CassandraDaemon',
  ];
};

export type ToolJvm = {
  readonly jars: readonly string[];
  readonly folder: string;
  readonly heapMb: number;
  /** Extra JVM options, such as those of shared class data. */
  readonly options: readonly string[];
  readonly mainClass: string;
  readonly arguments: readonly string[];
};

/** Arguments of `java` for a tool of the same release, which reads the node's configuration. */
export const toolArguments = (tool: ToolJvm): string[] => [
  ...smallJvmOptions(tool.heapMb),
  ...moduleOptions,
  ...tool.options,
  agentOption(tool.jars),
  '-Dcom.sun.jndi.rmiURLParsing=legacy',
  ...systemProperties({
    ...configurationOf(tool.folder),
    'cassandra.config': `file://${tool.folder}/cassandra-tools.yaml`,
    'logback.configurationFile': `file://${tool.folder}/logback-tools.xml`,
    'java.io.tmpdir': `${tool.folder}/tmp`,
    'user.home': `${tool.folder}/tmp`,
  }),
  '-cp',
  tool.jars.join(':'),
  tool.mainClass,
  ...tool.arguments,
];
