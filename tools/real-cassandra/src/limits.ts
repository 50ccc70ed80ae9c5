// Control plane: named limits of this tool. Read by every file here; no behaviour.

/** A node must answer CQL within this time of its start; 4.0 to 6.0 take 5 to 20 s on two cores. */
export const readyTimeoutMsMax = 180_000;
/** A node that got SIGTERM and still lives after this is killed. */
export const stopTimeoutMsMax = 20_000;
/** The same for the one node of a release that writes the shared class data while it ends. */
export const archiveTimeoutMsMax = 60_000;
/** Maven downloads about 80 MB per release the first time. */
export const mavenTimeoutMsMax = 900_000;
/** nodetool and the offline tools end within this or are killed. */
export const toolTimeoutMsMax = 300_000;
/** How often readiness is looked at. */
export const pollIntervalMs = 100;
/** Bytes of a node's log that an error carries. */
export const logTailBytesMax = 6_000;
/** Bytes of a tool's output that are kept; the tool is killed beyond. */
export const toolOutputBytesMax = 256 * 1024 * 1024;
/** Addresses tried: 127.0.0.2 up to 127.0.3.254. */
export const loopbackAddressesMax = 1_000;
/** Nodes the pool of one process keeps running; the one unused longest is stopped first. */
export const pooledNodesMax = 6;
/** Heap of a node where the caller does not say. */
export const heapMbDefault = 400;
