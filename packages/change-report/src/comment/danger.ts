import { count, sentenceList, shorten } from '@suite/foundation';
import { allowanceId, needsAllowance } from '../allowance.ts';
import { alert } from '../markdown/blocks.ts';
import { link, prose } from '../markdown/escape.ts';
import { type Section, weights } from '../markdown/section.ts';
import type { Change, Check } from '../model.ts';
import { byRisk, isAtLeast } from '../risk.ts';
import { capital, describeReason, forms, quoted, quotedTitle } from '../sentences.ts';
import { areas, type CommentContent, type PlacedChange, placedChanges, type Row } from './content.ts';
import { productionFirst } from './headline.ts';

const shownAlerts = 12;
const sentenceLimit = 1500;

/**
 * What nobody may miss: environments without a plan, checks that block, and what is deleted, replaced or rotated, with why,
 * what stops, and what to write to allow it. What happens alike in several places is told once.
 */
export function dangerSections({ rows, file, problems, run }: CommentContent): Section[] {
  const alerts = [
    ...problems.map(problem => alert('CAUTION', `**Nothing was planned.** ${prose(shorten(problem, sentenceLimit))}`)),
    ...rows.filter(({ missing }) => missing !== undefined).map(missingAlert),
    ...failureAlerts(rows),
    ...blockAlerts(rows),
    ...changeAlerts(rows, file),
  ];
  const shown = alerts.slice(0, shownAlerts);
  const others = alerts.length - shown.length;
  if (others > 0) {
    shown.push(`**${count(others, 'more warning')}** in the ${link(`summaries of run ${run.id}`, run.url)}.`);
  }
  return shown.map(markdown => ({ holds: { quantity: 1, singular: 'alert' }, weight: weights.danger, markdown }));
}

function missingAlert(row: Row): string {
  const { actions = [], reason = '', url } = row.missing ?? {};
  // Where something else was planned, it has to be said of what there is none.
  const layers = areas.filter(area => area.actions.some(name => actions.includes(name))).map(({ title }) => title);
  const what = row.reports.length === 0 ? '' : ` (${sentenceList(layers).toLowerCase()})`;
  const log = url === undefined ? '' : ` (${link('its log', url)})`;
  return alert(
    'CAUTION',
    `**There is no plan of ${prose(row.title)}${what}:** ${prose(shorten(reason, sentenceLimit))}${log}. What would happen there is not known.`,
  );
}

function failureAlerts(rows: readonly Row[]): string[] {
  const failed = (row: Row) =>
    row.reports.flatMap(({ verdict, checks }) =>
      verdict === 'failed' ? checks.filter(({ status }) => status === 'failed') : [],
    );
  return grouped(rows, failed, ({ message, remedy }) => `${message} ${remedy ?? ''}`).map(([check, places]) =>
    alert('CAUTION', `**The plan of ${prose(sentenceList(places))} failed.** ${sentences(check)}`),
  );
}

/** Checks that block and that no change below tells of. */
function blockAlerts(rows: readonly Row[]): string[] {
  const blocked = (row: Row) =>
    row.reports.flatMap(({ changes, checks }) => {
      const told = new Set(changes.filter(needsAllowance).map(({ allowKey }) => allowanceId(allowKey)));
      return checks.filter(({ id, status }) => status === 'blocked' && !told.has(id));
    });
  return grouped(rows, blocked, ({ name, message, remedy }) => `${name} ${message} ${remedy ?? ''}`).map(
    ([check, places]) =>
      alert(
        'CAUTION',
        `**${prose(sentenceList(places))} ${places.length === 1 ? 'is' : 'are'} blocked: ${prose(shorten(check.name, 120))}.** ${sentences(check)}`,
      ),
  );
}

function sentences({ message, remedy }: Check): string {
  return prose(shorten(remedy === undefined ? message : `${message} ${remedy}`, sentenceLimit));
}

/** Things of the same text, with all the places that have them. */
function grouped<T>(
  rows: readonly Row[],
  find: (row: Row) => readonly T[],
  text: (thing: T) => string,
): [T, string[]][] {
  const found = new Map<string, [T, string[]]>();
  for (const row of rows) {
    for (const thing of find(row)) {
      const known = found.get(text(thing));
      if (known === undefined) found.set(text(thing), [thing, [row.title]]);
      else known[1].push(row.title);
    }
  }
  return [...found.values()];
}

function changeAlerts(rows: readonly Row[], file: string): string[] {
  const dangerous = placedChanges(rows)
    .filter(({ change }) => isAtLeast(change.risk, 'high') || needsAllowance(change))
    .toSorted((left, right) => byRisk(left.change, right.change) || productionFirst(left.row, right.row));
  const groups = new Map<string, PlacedChange[]>();
  for (const placed of dangerous) {
    const key = sameText(placed.change);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [placed]);
    else group.push(placed);
  }
  return [...groups.values()].map(group => changeAlert(group, file));
}

function sameText(change: Change): string {
  return [change.kind, change.title, change.effect ?? '', ...change.reasons.map(describeReason)].join('\n');
}

function changeAlert(group: readonly PlacedChange[], file: string): string {
  const change = group[0]?.change as Change;
  const blocked = group.filter(placed => allowanceOf(placed)?.status === 'blocked');
  const why = change.reasons.slice(0, 3).map(describeReason).join('; ');
  const order = change.createBeforeDelete === true ? ', the new one first' : '';
  const facts = [why === '' ? '' : `${capital(why)}.`, change.effect ?? '', remedyOf(change, blocked, group, file)];
  const places = sentenceList(group.map(({ row }) => row.title));
  const head = `${places} ${group.length === 1 ? forms[change.kind].verb : forms[change.kind].infinitive} ${quotedTitle(change)}${order}`;
  return alert(
    blocked.length > 0 ? 'CAUTION' : 'WARNING',
    `**${prose(head)}.** ${prose(shorten(facts.filter(fact => fact !== '').join(' '), sentenceLimit))}`,
  );
}

function allowanceOf({ report, change }: PlacedChange): Check | undefined {
  return report.checks.find(({ id }) => id === allowanceId(change.allowKey ?? ''));
}

function remedyOf(
  change: Change,
  blocked: readonly PlacedChange[],
  group: readonly PlacedChange[],
  file: string,
): string {
  if (change.allowKey === undefined) return '';
  if (blocked.length > 0) {
    const scopes = [...new Set(blocked.map(({ row }) => row.scope))];
    return `If it is meant, add ${quoted(change.allowKey)} to \`allow:\` of ${sentenceList(scopes)} in ${quoted(file)}.`;
  }
  return group.some(placed => allowanceOf(placed)?.status === 'passed') ? `${quoted(change.allowKey)} is allowed.` : '';
}
