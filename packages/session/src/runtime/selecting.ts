// Control plane. Asks the program for the files that answer a peer's requests (spec: streaming-4.0-plus §6.4). Called by the session
// runtime of a follower. Several requests are independent: what two of them name comes twice, as from a node.
import type { StreamRequest } from '@scamander/wire-codec';
import { isLeft } from 'fp-ts/lib/Either.js';
import type { StreamErrorType } from '../errors.ts';
import { FILES_PER_SESSION_MAX } from '../limits.ts';
import type { SessionInput } from '../machine/inputs.ts';
import { numberFiles } from '../machine/model.ts';
import type { OutgoingFile, OutgoingFiles } from '../ports.ts';
import { fileCause, transferCause } from './causes.ts';
import { outgoingInfo } from './file-sender.ts';
import { guarded, type SessionLink } from './session-link.ts';

/** The files found so far, to be released by the caller, and what to tell the session. */
export interface Selected {
  readonly files: readonly OutgoingFile[];
  readonly input: SessionInput;
}

/** Selects for each request in turn; stops at the first failure and when the session ends. */
export const selectFiles = async (
  outgoing: OutgoingFiles | undefined,
  requests: readonly StreamRequest[],
  link: SessionLink,
): Promise<Selected> => {
  const { planId, sessionIndex, peer, operation, pendingRepair, previewKind } = link.identity;
  const { version } = link.wireContext();
  const info = { planId, sessionIndex, peer, operation, pendingRepair, previewKind, version };
  const files: OutgoingFile[] = [];
  const failed = (error: StreamErrorType): Selected => ({
    files,
    input: { type: 'PrepareFailed', error },
  });
  if (outgoing === undefined)
    return { files, input: { type: 'Refuse', reason: 'nothing here answers requests' } };
  for (const request of requests) {
    const answer = await guarded(() => outgoing.select(request, info));
    if (answer instanceof Error) return failed(transferCause(answer, link.peer, request.keyspace));
    if (isLeft(answer)) return failed(fileCause(answer.left, link.peer));
    for (const file of answer.right) files.push(file);
    if (link.closing || files.length > FILES_PER_SESSION_MAX) break;
  }
  return { files, input: { type: 'FilesSelected', files: numberFiles(files.map(outgoingInfo)) } };
};
