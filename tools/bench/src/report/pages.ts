// Control plane: what each case shows, how it is taken, and what bounds it, in words. Data only; called by tables.ts and page.ts.

/** The words around a case's table. */
export type CasePage = {
  readonly title: string;
  /** What is measured, and how. */
  readonly how: readonly string[];
  /** What the main column holds; `memory` has none. */
  readonly measure: 'rate' | 'seconds' | 'memory';
  /** The contender that the others are divided by, round by round. */
  readonly reference: string | undefined;
  /** What stands in the way of more. */
  readonly bounds: readonly string[];
};

export const casePages: Readonly<Record<string, CasePage>> = {
  sender: {
    title: 'Sender alone',
    how: [
      'One process sends the 1 GiB Data.db over one loopback connection to `ruler recv … -`, which throws the bytes away inside the kernel. The clock runs from the connection to the receiver’s end of file. Starting Node and the worker thread does not count (a load has both behind it when it sends), but is in the CPU seconds.',
    ],
    measure: 'rate',
    reference: 'ruler send',
    bounds: [
      'By the kernel: the same `sendfile(2)` as the ruler’s, called from a worker thread. It calls once for every buffer of the socket and hears of a full one by `poll(2)`, where the ruler sleeps inside one call; and it reports every 8 MiB, which wakes the main thread on a machine with two cores.',
      'Over buffers (no koffi, or TLS): each byte is copied to the process and back, half a buffer a turn.',
    ],
  },
  receiver: {
    title: 'Receiver to disk alone',
    how: [
      '`ruler send` feeds one process that writes a new file into the page cache, nothing synced. `ruler copy` is read(2) and write(2) over one buffer, `ruler recv` is splice(2) through a pipe, as ours by the kernel.',
    ],
    measure: 'rate',
    reference: 'ruler copy',
    bounds: [
      'Memory: the kernel takes page cache pages, fills and copies them. Every way pays that, and it is nearly all of the CPU time of those by the kernel.',
      'Over buffers three copies instead of one: socket to read buffer, read buffer to write buffer, write buffer to page cache.',
    ],
  },
  'end-to-end': {
    title: 'End to end',
    how: [
      '`scamander load DIR --no-cql --to …` into a fresh `scamander serve`, two processes, page cache warm. The clock is the one of `load`: from the tables it found to the receipt, so it includes verifying the source, the handshake, sending, the receiver’s verification of what came, commit and acknowledgement. “Page cache” preloads a library that makes fsync and fdatasync of `serve` return at once; the product itself has no such switch. “Durable” is how it ships.',
      '`scamander pull` from a `scamander serve` that holds the same table: the clock is the one of `pull`, from asking to its report, no digest but the CRC-32 of what came. Here `pull` is the side that writes.',
      'The ruler moves Data.db alone and verifies nothing.',
    ],
    measure: 'rate',
    reference: 'ruler send → recv',
    bounds: [
      'Processors: every byte goes through four threads, the digest of the source, `sendfile`, `splice` into the file, and the digest of what came, read back from the page cache. All four work at the same time, and nothing but the last few megabytes of the last digest is left after the last byte. The ruler has the middle two only. On two cores the sum of the four counts, not the longest.',
      'LZ4 table: besides, the places of 65,000 chunks are read and compared, on both sides.',
      'Durable: the disk, which begins on the file while it comes. Compare with `dd conv=fdatasync`, which writes the same bytes in the same round, one after the other.',
      'TLS: the processor. Node decrypts 16 KiB at a time on the thread that also runs everything else; the receiver is the slower side.',
    ],
  },
  memory: {
    title: 'Memory',
    how: [
      'Highest resident set of each process over its whole life, as the kernel counts it (wait4), compiled code and shared libraries included.',
    ],
    measure: 'memory',
    reference: undefined,
    bounds: [
      'Node itself takes 40 MB, our modules and those they need most of the rest (the CQL driver, 15 MB, only where a cluster is asked).',
      'The two worker threads, 10 MB each: one moves bytes (not over TLS), one sums them up. They are there for a large file only, and at a node from its start.',
    ],
  },
  'pull-memory': {
    title: 'Memory of pulls and large tables',
    how: [
      '`scamander pull` from `scamander serve`, and `scamander load` into it, two processes each: highest resident set over their whole lives (wait4). The large table has one SSTable for each 4 GB, all of them whole; a run with more than 4 GB (`SCAMANDER_BENCH_GB=20`) is taken once.',
    ],
    measure: 'memory',
    reference: undefined,
    bounds: [
      'As above. The node that is pulled from lists its SSTables, and opens one at a time; the one that pulls sums up what comes while it comes.',
    ],
  },
  'small-load': {
    title: 'A small load',
    how: [
      'A 4 MB table, wall time of the whole process: `node packages/cli/bin/scamander.mjs load DIR …` from its start to its exit code 0 after everything was acknowledged, durable. Into `serve`, and into a real node: there it reads the schema and the ring over CQL and asks for joining nodes by gossip.',
    ],
    measure: 'seconds',
    reference: undefined,
    bounds: [
      'Starting: Node’s own start, and loading the modules of one command; the CQL driver is loaded only where a cluster is asked.',
      'Verifying: an SSTable this small is read to its last key before it is sent; checksums of small files need no worker thread.',
      'The receiver’s fsync of eight small files.',
    ],
  },
  sstableloader: {
    title: 'Beside sstableloader',
    how: [
      'Both tools into the same running 4.1.10 node on the same machine, in turns, page cache warm, throttles off, the table truncated after each run. sstableloader is started with the options of its own script (256 MB of heap) on Java 17. Wall time, CPU and memory are those of the loading process alone.',
    ],
    measure: 'seconds',
    reference: undefined,
    bounds: [
      'The node: with one node as the only replica both send entire SSTables, and the node writes and syncs them. sstableloader first starts a JVM, reads the schema and opens the SSTables.',
    ],
  },
  'node-to-node': {
    title: 'Cassandra node to node',
    how: [
      'The anchor: a second 4.1.10 node joins a first one at replication factor 2 and takes the 1 GiB table as entire SSTables, throttles off. Seconds are those between the lines of its own log that begin and end the bootstrap’s stream.',
    ],
    measure: 'rate',
    reference: undefined,
    bounds: ['Cassandra’s own.'],
  },
  dump: {
    title: 'Dump',
    how: [
      'One SSTable of a million rows of events (clustering, a static column, a set, some overwritten and deleted rows; written by 4.1.10, compacted by ours) as JSON to /dev/null, by a process each: 4.1.10’s `sstabledump` and `scamander sstable dump --format json`, whose output is the same. Bytes are those of Data.db as stored: 33 MB become 700 MB of text.',
    ],
    measure: 'rate',
    reference: 'sstabledump',
    bounds: ['Making text of values, on one core.'],
  },
  verify: {
    title: 'Deep verification',
    how: [
      'The same table as the node flushed it, in eight SSTables: `sstableverify --force --extended` on a node’s folder, the node being down. It compares digests and the keys of Data.db and Index.db; it opens an iterator over the rows of each partition and closes it without a look at them, as its run time tells. `scamander sstable verify` compares digests, checksums and the structure of every component; `--deep` decodes every row and cell, checks order, values and times, and compares statistics, filter and index with them.',
    ],
    measure: 'rate',
    reference: 'sstableverify -e',
    bounds: [
      'Ours, deep: decoding rows, on one core: half a microsecond for each row of seven cells, and as much for what is looked at.',
      'sstableverify, and ours without rows: starting the process is most of it.',
    ],
  },
  merge: {
    title: 'Merge',
    how: [
      'The SSTables, which overlap, into one: `nodetool compact` in a running node that has done it once before (seconds are those of the node’s log), and a process `scamander sstable compact` from its start to its end, on one thread.',
    ],
    measure: 'rate',
    reference: 'nodetool compact',
    bounds: [
      'Decoding, merging and encoding rows, on one core; the node’s collector has the other.',
    ],
  },
  'offline-memory': {
    title: 'Memory of offline work',
    how: [
      'Highest resident set of a process over its whole life (wait4), as people start it: `node packages/cli/bin/scamander.mjs sstable …`, its output to /dev/null or to new SSTables. The SSTable has 2 GB of rows of about 1 KB (uncompressed; LZ4 makes them 0.9 GB), 500 MB of them in one partition, the others in 400,000 small ones, with static rows, sets, and range tombstones. The compaction merges it with one of 250 MB that overlaps, a part of the large partition included. The reader alone is a bundle of the library that decodes every row and does nothing with it.',
    ],
    measure: 'memory',
    reference: undefined,
    bounds: [
      'Node itself takes 40 MB; modules, compiled code and the heap of the main thread 30 to 40 MB; all but verification work in a second thread, whose heap is another 30 MB.',
      'Rows live as long as their batch: a window of 256 KiB. What is written waits in a few buffers of 512 KiB. Compressed chunks are the collector’s to free, which takes its time: some 30 MB.',
      'Index of rows: 30 bytes for each 64 KiB of a partition in Index.db; the trie of `da` keeps what does not fill its page yet, up to 20 MB.',
    ],
  },
};
