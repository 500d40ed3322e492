/** What a command changes outside of its machine, and where it is cut off at each of it. */
export type Cut =
  /** A test that plays it: the file, and a piece of it. */
  | { readonly file: string; readonly says: string }
  /** Why there is nothing to cut off. */
  | { readonly nothing: string };

const looks = { nothing: 'It reads, and writes files of its own machine alone.' };
const played = (file: string, says: string): Cut => ({ file, says });
const inBundles = (file: string, says: string) => played(`test/bundles/${file}.test.ts`, says);
/** One comment, issue or pull request is made as a whole, and found again by its mark. */
const comments = played(
  'actions/plan-comment/src/charts/propose-charts.test.ts',
  'a branch of somebody else is left alone; one that a killed run left is made anew',
);
const marked = {
  nothing: 'It makes or edits one comment or issue by one request each, which the next run finds by its mark.',
};

/** Every command of every action. */
export const kills: Readonly<Record<string, Readonly<Record<string, Cut>>>> = {
  'provision-aks': {
    plan: inBundles('stored-plan', "describe('a machine is lost'"),
    apply: inBundles('adopt-killed', "openStoredMatrix(sandbox, 'shared', 'apply')"),
    verify: looks,
    drift: looks,
    survey: looks,
    destroy: inBundles('destroy-killed', "openStoredMatrix(sandbox, 'dev', 'destroy')"),
    unlock: played('actions/provision-aks/src/unlock-killed.test.ts', '`unlock: $'),
    check: looks,
    'lock-providers': looks,
    bootstrap: played('actions/provision-aks/src/bootstrap/killed.test.ts', '`bootstrap: $'),
  },
  'deploy-platform': {
    plan: looks,
    apply: inBundles('platform-interruption', "countCells('deploy-platform apply'"),
    verify: looks,
    drift: looks,
    destroy: inBundles('destroy-platform', 'killed in the middle: the same review is taken up again'),
    versions: looks,
    charts: looks,
  },
  'push-acr': {
    plan: looks,
    push: inBundles('push-acr-killed', "['push', 'dev']"),
    promote: inBundles('push-acr-killed', "['promote', 'staging']"),
    verify: looks,
    // What `lock: true` does at the end of both.
    lock: inBundles('push-acr-killed', "lock: 'true'"),
  },
  'sync-argocd': {
    plan: looks,
    sync: inBundles('sync-argocd', 'the machine is lost'),
    wait: looks,
    verify: looks,
    drift: looks,
    // The same deliveries, of what ran before.
    rollback: inBundles('sync-argocd', 'the machine is lost'),
    base: looks,
  },
  'gpu-smoke-test': {
    run: inBundles('gpu-smoke-test', "countCells('gpu-smoke-test run'"),
    // What the next start of a test does as well.
    sweep: inBundles('gpu-smoke-test', 'and its post stage with it: the next start takes it away'),
  },
  'promotion-gate': {
    bundle: looks,
    check: looks,
    record: inBundles('gate-killed', "['record',"),
    ledger: looks,
    retire: inBundles('gate-killed', "    'retire',"),
    choose: looks,
    find: looks,
    limits: looks,
    pause: looks,
    halt: looks,
  },
  'plan-comment': {
    write: marked,
    announce: marked,
    close: marked,
    find: looks,
    promotion: marked,
    drift: marked,
    versions: marked,
    'update-charts': comments,
    summary: looks,
  },
};
