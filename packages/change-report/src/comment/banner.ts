import { shorten } from '@suite/foundation';
import { alert } from '../markdown/blocks.ts';
import { codeSpan, link, prose } from '../markdown/escape.ts';
import { clockTime } from '../markdown/summary.ts';
import type { Promotion } from './promotion.ts';
import { describePromotion } from './promotion-banner.ts';

/** What has become of a plan that was commented. */
export type Banner =
  | { readonly is: 'none' }
  /** A plan of another commit is being made. */
  | { readonly is: 'outdated'; readonly head: string; readonly newHead: string; readonly run?: PageOf }
  /** The same commit is planned again. */
  | { readonly is: 'superseded'; readonly head: string; readonly run: PageOf }
  /** `headSha` is what was merged; another commit than the planned one was never planned. */
  | MergedBanner
  | { readonly is: 'closed' }
  /** Of an issue: a later run could not look again. `why` is one sentence in which backticks mark code. */
  | { readonly is: 'unread'; readonly why: string; readonly run: PageOf }
  /** Of an issue about drift: nothing of it is there any more. `at`: ISO 8601. */
  | { readonly is: 'clean'; readonly at: string; readonly run: PageOf }
  /** Of an issue about charts: nothing is newer any more. `at`: ISO 8601. */
  | { readonly is: 'current'; readonly at: string; readonly run: PageOf };

export interface MergedBanner {
  readonly is: 'merged';
  readonly head: string;
  readonly headSha: string;
  readonly mergeSha?: string;
  readonly promotion?: Promotion;
  /** Address of the repository's runs, without an id. */
  readonly runs: string;
}

export interface PageOf {
  readonly id: string;
  readonly url: string;
}

// Ends the part of a comment that says what has become of it.
const seam = '<!-- platform-plan:body -->';
/** Room that a comment leaves for a later banner, and for what its marker then knows of a promotion. */
export const bannerRoom = 6000;

/** A comment: marker, banner and content. */
export function assembleComment(marker: string, banner: Banner, content: string): string {
  const told = describeBanner(banner);
  return [marker, ...(told === '' ? [] : [told, '']), seam, content].join('\n');
}

/**
 * The content of a comment that stands there. Somebody may have edited it by hand: browsers write CRLF, and the seam may be
 * gone, doubled or moved to the end.
 */
export function contentOf(body: string): string {
  const lines = body.replace(/\r\n?/g, '\n').split('\n');
  const at = lines.lastIndexOf(seam);
  const below = lines.slice(at + 1);
  if (at !== -1 && below.some(line => line.trim() !== '')) return below.join('\n');
  // Without a seam the marker, the banner and blank lines are not the content.
  const own = lines.filter(
    (line, index) => line !== seam && !(index === 0 && /^<!-- platform-(?:plan|drift|charts):/.test(line)),
  );
  const from = own.findIndex(line => line.trim() !== '' && !line.startsWith('>'));
  return from === -1 ? '' : own.slice(from).join('\n');
}

function describeBanner(banner: Banner): string {
  switch (banner.is) {
    case 'none':
      return '';
    case 'outdated': {
      const { head, newHead, run } = banner;
      const progress =
        run === undefined ? 'There is no plan of it yet.' : `${link(`Run ${run.id}`, run.url)} was started to plan it.`;
      return alert(
        'IMPORTANT',
        `**Outdated: ${codeSpan(short(newHead))} was pushed.** ${progress} Below is the plan of ${codeSpan(short(head))}.`,
      );
    }
    case 'superseded':
      return alert(
        'IMPORTANT',
        `**Superseded.** ${link(`Run ${banner.run.id}`, banner.run.url)} was started to plan ${codeSpan(short(banner.head))} again. Below is the plan that was made before.`,
      );
    case 'merged':
      return describeMerge(banner);
    case 'closed':
      return alert('NOTE', '**Closed without a merge.** Nothing of this is applied.');
    case 'unread':
      return alert(
        'WARNING',
        `**${link(`Run ${banner.run.id}`, banner.run.url)} could not look at everything:** ${prose(shorten(banner.why, 500))} Below is what the run before it found.`,
      );
    case 'clean':
      return alert(
        'NOTE',
        `**Clean since ${clockTime(banner.at)}**, as ${link(`run ${banner.run.id}`, banner.run.url)} saw. Below is what had been changed.`,
      );
    case 'current':
      return alert(
        'NOTE',
        `**Nothing newer since ${clockTime(banner.at)}**, as ${link(`run ${banner.run.id}`, banner.run.url)} saw. Below is what had been newer.`,
      );
  }
}

/** How far it has come stands first, because that is what people look for then. */
function describeMerge({ head, headSha, mergeSha, promotion, runs }: MergedBanner): string {
  const merge = mergeSha === undefined ? '' : ` as ${codeSpan(short(mergeSha))}`;
  const planned = `Below is what was planned for ${codeSpan(short(head))}.`;
  const wasPlanned = head === headSha;
  const merged = wasPlanned ? `Merged${merge}` : `Merged${merge}, but ${codeSpan(short(headSha))} was never planned`;
  const told = promotion === undefined ? undefined : describePromotion(promotion, runs);
  if (told === undefined) return alert(wasPlanned ? 'NOTE' : 'WARNING', `**${merged}.** ${planned}`);
  const rest = wasPlanned ? `${merged}. ${planned}` : `**${merged}.** ${planned}`;
  const rows = told.table.split('\n').map(line => `> ${line}`);
  return [alert(wasPlanned ? told.kind : 'WARNING', `${told.verdict} ${rest}`.trim()), '>', ...rows].join('\n');
}

function short(sha: string): string {
  return sha.slice(0, 7);
}
