// Control plane. Column names as CQL writes them (ColumnIdentifier#toCQLString): in double quotes unless they can stand without. Called by the
// writers of the dump formats once per column; pure.

/** Words that can't be names without quotes (the CQL appendix "Reserved keywords"; the same in 3.0 to 5.0). */
const RESERVED = new Set(
  (
    'add allow alter and apply asc authorize batch begin by columnfamily create default delete desc describe drop entries execute from full ' +
    'grant if in index infinity insert into is keyspace limit materialized mbean mbeans modify nan norecursive not null of on or order ' +
    'primary rename replace revoke schema select set table to token truncate unlogged unset update use using view where with'
  ).split(' '),
);

/** The name as it stands in CQL. */
export const cqlIdentifier = (name: string): string =>
  /^[a-z][a-z0-9_]*$/.test(name) && !RESERVED.has(name) ? name : `"${name.replaceAll('"', '""')}"`;
