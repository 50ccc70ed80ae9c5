// Control plane. What nodes answered when they were asked last. Made by load and copy; asked again by the ring watch and before a new try.
import { endpointText } from '@scamander/wire-codec';
import type { FrontDoorParts } from '../parts.ts';
import { mayAnswerLater } from '../retry/retryable.ts';
import { type Probe, type ProbeInput, type ProbeNews, probeNodes } from './probe.ts';
import type { TargetNode } from './target.ts';

/** See the head of this file. */
export class Probes {
  readonly #parts: FrontDoorParts;
  readonly #input: ProbeInput;
  readonly #known = new Map<string, Probe>();
  readonly #askedMs = new Map<string, number>();

  constructor(parts: FrontDoorParts, input: ProbeInput) {
    this.#parts = parts;
    this.#input = input;
  }

  /** By endpoint text. */
  get all(): ReadonlyMap<string, Probe> {
    return this.#known;
  }

  of({ endpoint }: TargetNode): Probe | undefined {
    return this.#known.get(endpointText(endpoint));
  }

  /** Asks these nodes now. News are told where an answer is not what it was. */
  async ask(nodes: readonly TargetNode[]): Promise<void> {
    const before = new Map(this.#known);
    const isNews = ({ replica, version, problem }: ProbeNews): boolean => {
      const known = before.get(replica);
      return known === undefined || known.version !== version || known.error?.message !== problem;
    };
    const answers = await probeNodes(nodes, this.#parts, {
      ...this.#input,
      emit: (news) => {
        if (isNews(news)) this.#input.emit(news);
      },
    });
    for (const [replica, probe] of answers) {
      this.#known.set(replica, probe);
      this.#askedMs.set(replica, this.#parts.clock.nowMs());
    }
  }

  /** Those that did not answer, may answer later, and were not asked for so long; and those that were never asked. */
  due(nodes: readonly TargetNode[], afterMs: number): readonly TargetNode[] {
    const now = this.#parts.clock.nowMs();
    return nodes.filter((node) => {
      const error = this.of(node)?.error;
      const asked = this.#askedMs.get(endpointText(node.endpoint));
      if (asked === undefined) return true;
      return error !== undefined && mayAnswerLater(error) && now - asked >= afterMs;
    });
  }
}
