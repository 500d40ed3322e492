import { expect, test } from '@jest/globals';
import { manualClock } from '@suite/foundation/testing';
import type { KubernetesObject } from '@suite/kubernetes';
import { watchScaleDown } from './scale-down.ts';

const minute = 60_000;
const object = (kind: string, name: string, owner?: string): KubernetesObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, namespace: 'jupyter', ...(owner === undefined ? {} : { ownerReferences: [{ kind: owner }] }) },
});

/** Nodes that are there until they are taken away. */
function world() {
  let tell = (_: readonly string[]) => {};
  const clock = manualClock();
  const said: string[] = [];
  const ports = {
    clock,
    log: { info: (line: string) => void said.push(line) },
    signal: new AbortController().signal,
    cluster: {
      list: async () => [object('Pod', 'ada'), object('Pod', 'exporter', 'DaemonSet')],
      follow: (_: unknown, onChange: (all: ReadonlyMap<string, KubernetesObject>) => boolean, signal: AbortSignal) =>
        new Promise<void>((resolve, reject) => {
          tell = names => {
            if (onChange(new Map(names.map(name => [`/${name}`, object('Node', name)])))) resolve();
          };
          signal.addEventListener('abort', () => reject(signal.reason), { once: true });
          tell(['old', 'new']);
        }),
    },
  };
  return { ports, clock, said, tell: (names: readonly string[]) => tell(names) };
}

test('nothing came, nothing has to go', async () => {
  expect(await watchScaleDown([], world().ports)).toEqual([
    { check: 'Scale-down', level: 'fine', evidence: 'No node came for the test.' },
  ]);
});

test('ends with the last node that came, and says so all the while', async () => {
  const { ports, clock, said, tell } = world();
  const watching = watchScaleDown(['new'], ports);
  await clock.advance(11 * minute);
  tell(['old']);
  expect(await watching).toEqual([{ check: 'Scale-down', level: 'fine', evidence: 'new went after 11 min.' }]);
  expect(said.length).toBeGreaterThan(40);
});

test('a node that stays is a warning that names who keeps it', async () => {
  const { ports, clock } = world();
  const watching = watchScaleDown(['new'], ports);
  await clock.advance(26 * minute);
  const [finding] = await watching;
  expect(finding).toMatchObject({ level: 'warning', evidence: expect.stringContaining('with jupyter/ada.') });
});
