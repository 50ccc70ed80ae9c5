// Control plane. What every job that streams may meet on its way, in words. Called by the news of load, pull and copy; pure.
import type { JobNews, StallVerdict } from '@scamander/scamander';
import { durationText, sizeText } from './sizes.ts';

const WHO: Readonly<Record<StallVerdict['who'], string>> = {
  peer: 'stands still',
  disk: 'waits for our disk',
  throttle: 'waits for our own limit',
};

const stallText = (verdict: StallVerdict): string => {
  const { peer, who, waitingFor, sinceMs, lastAcknowledgement, action } = verdict;
  const last = lastAcknowledgement === undefined ? 'none yet' : lastAcknowledgement;
  return `${peer} ${WHO[who]} for ${durationText(sinceMs)}: ${waitingFor} (last acknowledgement: ${last}); ${action}`;
};

/** One line. */
export const jobNewsLine = (news: JobNews): string => {
  switch (news.type) {
    case 'Resumed':
      return `run ${news.run} of this job: ${news.acknowledged} pieces (${sizeText(news.bytes)}) were acknowledged before and are left out`;
    case 'Retrying':
      return `${news.peer}: try ${news.attempt} of ${news.attempts} for ${news.table} in ${durationText(news.afterMs)}: ${news.reason}`;
    case 'Rerouted': {
      const [first, ...others] = news.ranges;
      const ranges = others.length === 0 ? first : `${first} and ${others.length} more ranges`;
      return `${news.table}: ${ranges} from ${news.to} in place of ${news.from}: ${news.reason}`;
    }
    case 'RingChanged':
      return `the ring has changed: ${news.message}`;
    case 'Stalled':
      return stallText(news.verdict);
    default: {
      const never: never = news;
      return never;
    }
  }
};
