import type { AttributeChange, Change } from '@suite/change-report';

const versions = /(?:^|\.)(?:kubernetes_version|orchestrator_version)$/;

/**
 * Drift without what Azure does by itself: patches of Kubernetes inside the minor that was asked for. The plan starts from
 * the version that runs, so there is nothing to be done about them.
 */
export function withoutAutomaticUpgrades(drift: readonly Change[]): Change[] {
  return drift.flatMap(change => {
    const attributes = change.attributes.filter(attribute => !isPatch(attribute));
    const onlyPatches = change.kind === 'update' && attributes.length === 0 && change.attributes.length > 0;
    return onlyPatches ? [] : [{ ...change, attributes }];
  });
}

function isPatch({ path, before, after }: AttributeChange): boolean {
  if (!versions.test(path) || before.is !== 'shown' || after.is !== 'shown') return false;
  return minorOf(before.text) === minorOf(after.text);
}

function minorOf(version: string): string {
  return version.split('.').slice(0, 2).join('.');
}
