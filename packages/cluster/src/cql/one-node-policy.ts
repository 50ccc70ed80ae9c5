// Control plane. Keeps the driver with one node: system.local and system.peers_v2 are views of one node and must come from the same.
// Called by the driver.
import {
  type Client,
  type ExecutionOptions,
  type Host,
  type HostMap,
  policies,
  types,
} from 'cassandra-driver';

type PlanCallback = (error: Error, iterator: Iterator<Host>) => void;

/** The driver tells success by an error that is null, which its types do not say. */
const NO_ERROR = null as unknown as Error;

/** Every query goes to the pinned host; before one is pinned, to the first that works, contact points first. */
export class OneNodePolicy extends policies.loadBalancing.LoadBalancingPolicy {
  #hosts: HostMap | undefined;
  #pinned: string | undefined;

  /** From now on only this host, `address:port` as the driver names it. */
  pin(address: string): void {
    this.#pinned = address;
  }

  override init(_client: Client, hosts: HostMap, callback: (error: Error) => void): void {
    this.#hosts = hosts;
    callback(NO_ERROR);
  }

  override getDistance(host: Host): types.distance {
    return this.#pinned === undefined || host.address === this.#pinned
      ? types.distance.local
      : types.distance.ignored;
  }

  override newQueryPlan(
    _keyspace: string,
    _options: ExecutionOptions | null,
    callback: PlanCallback,
  ): void {
    const all = this.#hosts?.values() ?? [];
    const hosts = all.filter((host) => this.#pinned === undefined || host.address === this.#pinned);
    callback(NO_ERROR, hosts.values());
  }
}
