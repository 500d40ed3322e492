import { sentenceList, shorten, withFullStop } from '@suite/foundation';
import { table } from '../markdown/blocks.ts';
import { cell, escapeText, link, prose } from '../markdown/escape.ts';
import { clockTime } from '../markdown/summary.ts';
import type { PromotedStage, Promotion } from './promotion.ts';

export interface PromotionBanner {
  readonly kind: 'NOTE' | 'WARNING';
  /** One sentence: how far it has come, or where it stopped and why. */
  readonly verdict: string;
  /** A row for each stage. */
  readonly table: string;
}

const mostCause = 200;
/** Of a name that comes from a marker, which anybody who may edit the comment can change. */
const mostName = 60;
const mostPlaces = 4;
const mostStages = 8;

/** How far a merged change has come. `runs` is the address of the repository's runs, without the id. */
export function describePromotion({ stages }: Promotion, runs: string): PromotionBanner | undefined {
  const shown = stages.slice(0, mostStages);
  if (shown.length === 0) return undefined;
  return {
    ...verdictOf(shown, runs),
    table: table(
      ['Environment', ''],
      shown.map(stage => [escapeText(shorten(stage.scope, mostName)), stateCell(stage, runs)]),
    ),
  };
}

function verdictOf(stages: readonly PromotedStage[], runs: string): Pick<PromotionBanner, 'kind' | 'verdict'> {
  for (const { scope, state } of stages) {
    if (state.is !== 'stopped') continue;
    const { places, applied, cause, job } = state;
    const where = sentenceList((places.length === 0 ? [scope] : places.slice(0, mostPlaces)).map(name => nameOf(name)));
    const when = applied ? '' : ', before anything was applied';
    const why = cause === undefined ? '' : ` ${prose(sentence(cause))}`;
    const page =
      job === undefined
        ? link(`Run ${state.run}`, `${runs}/${state.run}`)
        : link('Its job', `${runs}/${state.run}/job/${job}`);
    return { kind: 'WARNING', verdict: `**Stopped in ${where}${when}.**${why} ${page} says more.` };
  }
  const left = stages.find(stage => stage.state.is === 'left');
  if (left?.state.is === 'left') {
    const { to, reason } = left.state;
    return {
      kind: 'WARNING',
      verdict: `**${nameOf(left.scope)} went back from this to ${cell(to.slice(0, 7))}.** ${prose(sentence(reason))}`,
    };
  }
  const current = stages.find(stage => stage.state.is === 'promoting');
  if (current?.state.is === 'promoting') {
    return { kind: 'NOTE', verdict: `**Promoting: ${nameOf(current.scope)} since ${clockTime(current.state.at)}.**` };
  }
  const last = stages.findLast(stage => stage.state.is === 'verified');
  const at = last?.state.is === 'verified' ? ` at ${clockTime(last.state.at)}` : '';
  return { kind: 'NOTE', verdict: last === undefined ? '' : `**Verified in ${nameOf(last.scope)}${at}.**` };
}

/** What others wrote, as one of our own sentences follows it. */
function sentence(text: string): string {
  return withFullStop(shorten(text, mostCause));
}

function nameOf(name: string): string {
  return escapeText(shorten(name, mostName));
}

function stateCell({ approval, state }: PromotedStage, runs: string): string {
  if (state.is === 'waiting') return approval ? 'to come, with an approval' : 'to come';
  const page = (label: string) => link(label, `${runs}/${state.run}`);
  const at = clockTime(state.at);
  switch (state.is) {
    case 'promoting':
      return `${page('promoting')} since ${at}${approval ? ', asks for an approval' : ''}`;
    case 'verified':
      return `${page('verified')} ${at}`;
    case 'stopped':
      return `**${page('stopped')}** ${at}`;
    case 'left':
      return `**${page('went back')}** ${at}`;
  }
}
