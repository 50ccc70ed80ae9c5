// Control plane. Names of releases before 2.2: those of 0.7 to 2.1 are read, older and temporary ones recognised so that they can be refused in
// words (spec: sstable-index-and-stats §1.2, sstable-old-formats §2). Called by file names only. Pure.

/** What a legacy name says; releases before 0.7 wrote no version. */
export interface LegacyName {
  readonly version: string;
  readonly component: string;
  /** A `tmp` or `tmplink` file, which a node removes when it starts. */
  readonly temporary: boolean;
}

/** A name of 0.7 to 2.1, which says of itself whose it is. */
export interface SelfDescribingName {
  /** Undefined up to 1.0, when all tables of a keyspace lay in one folder. */
  readonly keyspace: string | undefined;
  readonly table: string;
  /** Set when the files are those of a built-in secondary index: they lie beside those of the table. */
  readonly indexName: string | undefined;
  readonly version: string;
  readonly id: string;
  readonly component: string;
  /** What precedes the component, such as `ks-table-ka-1-`. */
  readonly prefix: string;
}

/** `[keyspace-]table[.index]-version-generation-component` of `f` to `ka`. */
const SELF_DESCRIBING =
  /^((?:(\w+)-)?(\w+)(?:\.([\w.]+))?-([fgh]|h[a-z]|i[a-z]|j[b-z]|k[a-z])-(\d{1,10})-)([\w.+]+)$/;

/** Reads a name of 0.7 to 2.1; undefined for other names, temporary ones among them. */
export const parseSelfDescribingName = (fileName: string): SelfDescribingName | undefined => {
  const [, prefix, keyspace, table, indexName, version, id, component] =
    SELF_DESCRIBING.exec(fileName) ?? [];
  if (prefix === undefined || version === undefined || fileName.endsWith('.tmp')) return undefined;
  if (keyspace === undefined ? version >= 'ia' : table === 'tmp' && version < 'ia')
    return undefined;
  return { keyspace, table, indexName, version, id, component, prefix } as SelfDescribingName;
};

/** `[keyspace-]table[.index]-[tmp-]version-generation-component`, read from the right. */
const WITH_VERSION = /^(?:\w+-)??[\w.]+-(tmp-|tmplink-)?([a-k][a-z]?)-\d+-(\w+\.\w+)$/;
/** 0.6: `table-[tmp-]generation-component`. */
const WITHOUT_VERSION = /^\w+-(tmp-)?\d+-(\w+\.db)$/;
/** 2.2 put the marker first: `tmp-la-2-big-Data.db`. */
const MARKER_FIRST = /^tmp(?:link)?-(l[a-z])-\d+-big-([\w.+]+)$/;

/** Reads a name of 2.1 or before, or a temporary one of 2.2; undefined for other names. */
export const parseLegacyName = (fileName: string): LegacyName | undefined => {
  const marked = MARKER_FIRST.exec(fileName);
  if (marked !== null)
    return { version: marked[1] as string, component: marked[2] as string, temporary: true };
  const versioned = WITH_VERSION.exec(fileName);
  if (versioned !== null)
    return {
      version: versioned[2] as string,
      component: versioned[3] as string,
      temporary: versioned[1] !== undefined,
    };
  const oldest = WITHOUT_VERSION.exec(fileName);
  if (oldest === null) return undefined;
  return { version: '', component: oldest[2] as string, temporary: oldest[1] !== undefined };
};

/** Which releases to upgrade with: each rewrites the versions that it reads with `nodetool upgradesstables`. */
export const upgradeAdvice = (version: string): string => {
  const found = version === '' ? 'no version letter' : `version ${version}`;
  return `an SSTable name of Cassandra 1.2 or earlier (${found}): run nodetool upgradesstables with Cassandra 1.2, then 2.0, then 3.11`;
};
