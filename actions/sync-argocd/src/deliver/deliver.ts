import { commitOn } from './commit.ts';
import { editsFor } from './edits.ts';
import { demandExact } from './exact.ts';
import { type CommitNote, type CommitText, deliveryMessage } from './message.ts';
import type { DeliverPorts } from './ports.ts';
import type { Cargo, DeliveredApp, Delivery, Edits } from './types.ts';

export interface DeliveryRequest {
  readonly branch: string;
  readonly apps: readonly DeliveredApp[];
  readonly cargo: Cargo;
  readonly note: CommitNote;
  /** The head that was reviewed: on any other nothing is committed. Undefined: on whatever is there. */
  readonly planned?: string;
}

/** The branch is no longer where it was planned at; nothing was written. */
export class MovedOn extends Error {
  override readonly name = 'MovedOn';
}

/**
 * Writes images and versions of charts into the environment's folders of the GitOps repository, as one commit or none. Whoever is killed leaves
 * either; the next run finds which.
 */
export function deliver({ note, ...request }: DeliveryRequest, ports: DeliverPorts): Promise<Delivery> {
  return commitCargo(request, ports, ({ places, files }) => {
    const changing = places.filter(({ file }) => files.some(({ path }) => path === file));
    return deliveryMessage(request.apps, changing, note);
  });
}

/** Puts images and versions where they belong, whichever they are, with the message that is made of what changes. */
export async function commitCargo(
  { branch, apps, cargo, planned }: Omit<DeliveryRequest, 'note'>,
  ports: DeliverPorts,
  messageOf: (edits: Edits) => CommitText,
): Promise<Delivery> {
  let edits: Edits = { files: [], places: [] };
  const { commit, changed } = await commitOn(
    branch,
    async head => {
      if (planned !== undefined && head !== planned) throw new MovedOn(`${branch} is at ${head}`);
      const now = await editsFor(await ports.at(head), apps, cargo);
      // When the commit turns out to have been made, the edits are those that made it.
      if (now.files.length > 0 || edits.files.length === 0) edits = now;
      await demandExact(ports.gitops, head, now.files);
      return { additions: now.files.map(({ path, after }) => ({ path, content: after })), message: messageOf(now) };
    },
    ports,
  );
  return { commit, changed, files: changed ? edits.files.map(({ path }) => path) : [], places: edits.places };
}
