import { describe, expect, test } from '@jest/globals';
import { assembleComment, bannerRoom, contentOf, type MergedBanner } from './banner.ts';
import { type Marker, readMarker, writeMarker } from './marker.ts';
import { beginPromotion, type Promotion, passOn, type StageState, tellStage } from './promotion.ts';

const at = '2026-11-24T05:20:00.000Z';
const later = '2026-11-24T06:02:00.000Z';
const told = { at, run: '4711' };
const stages = ['shared', 'dev', 'staging', 'prod'].map(scope => ({ scope, approval: scope === 'prod' }));
const [shared, dev, staging, prod] = stages as [Stage, Stage, Stage, Stage];
type Stage = (typeof stages)[number];

const verified = { is: 'verified', ...told } as const;
const stopped: StageState = {
  is: 'stopped',
  ...told,
  applied: true,
  places: ['staging'],
  job: '99',
  cause: '`web` could not pull its image.',
};

const marker: Marker = { pull: 42, file: 'platform.yaml', head: 'a'.repeat(40), run: '1', attempt: 1, state: 'merged' };
const merged: MergedBanner = {
  is: 'merged',
  head: marker.head,
  headSha: marker.head,
  mergeSha: 'c0ffee0'.padEnd(40, '0'),
  runs: 'https://github.com/contoso/platform/actions/runs',
};
const content = '### Plan\n\ntext\n';
/** What stands above the plan. */
const shown = (promotion: Promotion, more: Partial<MergedBanner> = {}) =>
  assembleComment('', { ...merged, ...more, promotion }, content)
    .replace(/\n\n<!--[\s\S]*/, '')
    .trim();

const states = ({ stages }: Promotion) => stages.map(({ scope, state }) => `${scope} ${state.is}`);

describe('what becomes of a merged change', () => {
  const begun = beginPromotion(stages, undefined, told);
  const through = (...names: readonly Stage[]) =>
    names.reduce(
      (promotion, stage) => passOn(tellStage(promotion, stage, verified), stage, { ...told, at: later }),
      begun,
    );

  test('its first stage begins, and each that is verified gives its turn to the next', () => {
    expect(states(begun)).toEqual(['shared promoting', 'dev waiting', 'staging waiting', 'prod waiting']);
    expect(states(through(shared, dev))).toEqual([
      'shared verified',
      'dev verified',
      'staging promoting',
      'prod waiting',
    ]);
    expect(states(through(...stages))).toEqual(stages.map(({ scope }) => `${scope} verified`));
  });

  test('promoting', () => {
    expect(shown(through(shared, dev))).toBe(
      [
        '> [!NOTE]',
        `> **Promoting: staging since 2026-11-24 06:02 UTC.** Merged as \`c0ffee0\`. Below is what was planned for \`aaaaaaa\`.`,
        '>',
        '> | Environment |  |',
        '> | :-- | :-- |',
        '> | shared | [verified](https://github.com/contoso/platform/actions/runs/4711) 2026-11-24 05:20 UTC |',
        '> | dev | [verified](https://github.com/contoso/platform/actions/runs/4711) 2026-11-24 05:20 UTC |',
        '> | staging | [promoting](https://github.com/contoso/platform/actions/runs/4711) since 2026-11-24 06:02 UTC |',
        '> | prod | to come, with an approval |',
      ].join('\n'),
    );
    expect(shown(through(shared, dev, staging))).toContain(' since 2026-11-24 06:02 UTC, asks for an approval |');
  });

  test.each<readonly [string, Promotion, RegExp]>([
    ['verified', through(...stages), /^> \[!NOTE\]\n> \*\*Verified in prod at 2026-11-24 05:20 UTC\.\*\* Merged as /],
    [
      'stopped',
      tellStage(through(shared, dev), staging, stopped),
      /^> \[!WARNING\]\n> \*\*Stopped in staging\.\*\* `web` could not pull its image\. \[Its job\]\(https:\/\/github\.com\/contoso\/platform\/actions\/runs\/4711\/job\/99\) says more\. Merged as /,
    ],
    [
      'stopped before its apply, nobody knows why',
      tellStage(begun, shared, { is: 'stopped', ...told, applied: false, places: [] }),
      /> \*\*Stopped in shared, before anything was applied\.\*\* \[Run 4711\]\(https:\/\/github\.com\/contoso\/platform\/actions\/runs\/4711\) says more\./,
    ],
    [
      'stopped in two regions',
      tellStage(begun, prod, { ...stopped, places: ['prod · westeurope', 'prod · northeurope'] }),
      /> \*\*Stopped in prod · westeurope and prod · northeurope\.\*\*/,
    ],
    [
      'left',
      tellStage(through(...stages), prod, { is: 'left', ...told, to: 'b'.repeat(40), reason: 'Orders fail' }),
      /^> \[!WARNING\]\n> \*\*prod went back from this to `bbbbbbb`\.\*\* Orders fail\. Merged as/,
    ],
  ])('%s', (_, promotion, expected) => {
    expect(shown(promotion)).toMatch(expected);
  });

  test('that its last commit was never planned is not forgotten meanwhile', () => {
    const text = shown(begun, { headSha: 'f'.repeat(40) });
    expect(text).toMatch(/^> \[!WARNING\]\n> \*\*Promoting: shared since /);
    expect(text).toContain('**Merged as `c0ffee0`, but `fffffff` was never planned.**');
  });

  test('run again from the start, what is proved stands until its turn comes', () => {
    const again = beginPromotion(stages, tellStage(through(shared, dev), staging, stopped), { at: later, run: '4711' });
    expect(states(again)).toEqual(['shared promoting', 'dev verified', 'staging waiting', 'prod waiting']);
    expect(states(passOn(tellStage(again, shared, verified), shared, told))).toContain('dev promoting');
  });

  test('a stage that nobody announced is told', () => {
    expect(states(tellStage(undefined, dev, verified))).toEqual(['dev verified']);
  });
});

describe('the marker', () => {
  const promotion = tellStage(beginPromotion(stages, undefined, told), staging, stopped);

  test('keeps it', () => {
    expect(readMarker(writeMarker({ ...marker, promotion }))).toEqual({ ...marker, promotion });
  });

  test.each([
    ['an id that is a path', { ...stopped, run: '../../evil' }],
    ['a time that is a sentence', { ...stopped, at: '@everyone' }],
  ])('%s is none of ours', (_, state) => {
    const forged = tellStage(promotion, dev, state as StageState);
    expect(readMarker(writeMarker({ ...marker, promotion: forged }))).toBeUndefined();
  });

  test('hostile words stay words, and there is room for the longest', () => {
    const hostile = '@org/team #1 [x](https://e.example) <b>|'.repeat(40);
    const seven = Array.from({ length: 7 }, (_, index) => ({ scope: `${index}${hostile}`, approval: true }));
    const stop: StageState = { ...stopped, places: seven.map(({ scope }) => scope), cause: hostile.slice(0, 300) };
    const forged = seven.reduce(
      (given, stage) => tellStage(given, stage, stop),
      beginPromotion(seven, undefined, told),
    );
    const text = shown(forged);
    expect(text).not.toMatch(/@org|<b>|\]\(https:\/\/e\.example/);
    expect(text.split('\n').every(line => line.startsWith('>'))).toBe(true);
    const body = assembleComment('', { ...merged, promotion: forged }, content);
    expect(contentOf(body)).toBe(content);
    // Names as long as GitHub lets an environment have come from the platform file.
    const real = seven.map((stage, index) => ({ ...stage, scope: `environment-${index}`.padEnd(32, 'x') }));
    const longest = real.reduce(
      (given, stage) =>
        tellStage(given, stage, { ...stop, places: real.map(({ scope }) => `${scope} · germanywestcentral`) }),
      beginPromotion(real, undefined, told),
    );
    const one = tellStage(
      beginPromotion(real, undefined, told),
      real[6] as Stage,
      longest.stages[6]?.state as StageState,
    );
    const grown = writeMarker({ ...marker, promotion: one }).length + shown(one).length - writeMarker(marker).length;
    expect(grown).toBeLessThan(bannerRoom);
  });
});
