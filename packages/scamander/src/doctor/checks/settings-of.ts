// Control plane. What the checks of settings and work look at. Called by them; pure.
import type { NodeSettings, SelfReport } from '@scamander/cluster';
import type { NodeFacts } from '../facts.ts';

/** What the node told of itself; undefined where it did not. */
export const reportOf = ({ cql }: NodeFacts): SelfReport | undefined =>
  cql?.kind === 'answered' ? cql.report : undefined;

/** Its settings. */
export const settingsOf = (node: NodeFacts): NodeSettings | undefined => reportOf(node)?.settings;
