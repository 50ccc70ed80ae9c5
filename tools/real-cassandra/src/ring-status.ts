// Control plane: what `nodetool status` says, as data. Pure; called by ring.ts, tests and main.ts.

/** One line of `nodetool status`. */
export type MemberStatus = {
  /** `UN`: up and normal; `UJ` joining, `DN` down, … */
  readonly state: string;
  readonly address: string;
};

/** Members that the output lists. */
export const parseStatus = (output: string): MemberStatus[] =>
  [...output.matchAll(/^([UD][NLJM])\s+(\S+)/gm)].map(([, state = '', address = '']) => ({
    state,
    address,
  }));

/** Whether exactly these members are there and all are up and normal. */
export const allUpAndNormal = (
  members: readonly MemberStatus[],
  addresses: readonly string[],
): boolean =>
  members.length === addresses.length &&
  addresses.every((address) =>
    members.some((member) => member.address === address && member.state === 'UN'),
  );
