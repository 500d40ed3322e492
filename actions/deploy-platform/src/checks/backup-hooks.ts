import type { Check } from '@suite/change-report';
import { asString, parseJson } from '@suite/foundation';
import { code, finding, named, some } from './finding.ts';
import type { CheckInput } from './input.ts';
import { runningContainers, type Workload, workloadsOf } from './pod-templates.ts';

/**
 * Commands that pods ask of the backup by annotations (Velero, "Backup Hooks"): whether they can run, and anything runs them. Nobody else
 * says so before a backup is needed.
 */
export function checkBackupHooks({ releases, view }: CheckInput): Check[] {
  return releases.flatMap(({ release, objects }) => {
    const hooked = workloadsOf(objects).filter(({ annotations }) => Object.keys(annotations).some(isOfHook));
    if (hooked.length === 0) return [];
    const setting = code(`${release.setting}.values`);
    if (view.backup === undefined) {
      return [
        finding(release, 'backup-hooks', {
          name: 'Commands for the backup are run by one',
          status: 'warning',
          message: `${some(hooked.map(({ object }) => named(object)))} ${hooked.length === 1 ? 'has' : 'have'} commands for a backup, and there is none.`,
          remedy: `Set \`backup: true\` of the environment, or take the annotations out of ${setting}.`,
        }),
      ];
    }
    const wrong = hooked.flatMap(workload => faultsOf(workload).map(fault => `${named(workload.object)}: ${fault}`));
    if (wrong.length === 0) return [];
    return [
      finding(release, 'backup-hooks', {
        name: 'Commands for the backup can be run',
        status: 'warning',
        message: `${some(wrong)}.`,
        remedy: `Set the annotations in ${setting} as Velero has them ("Backup Hooks").`,
      }),
    ];
  });
}

const phases = ['pre.hook.backup.velero.io', 'post.hook.backup.velero.io'] as const;

function isOfHook(annotation: string): boolean {
  return phases.some(phase => annotation.startsWith(`${phase}/`));
}

function faultsOf({ annotations, spec }: Workload): string[] {
  return phases.flatMap(phase => {
    const said = (what: string) => asString(annotations[`${phase}/${what}`]);
    if (!Object.keys(annotations).some(name => name.startsWith(`${phase}/`))) return [];
    const [command, container, onError, timeout] = ['command', 'container', 'on-error', 'timeout'].map(said);
    const faults: string[] = [];
    if (command === undefined || command === '') faults.push(`${code(`${phase}/command`)} is missing`);
    // What is no list is taken for the name of one program.
    else if (command.startsWith('[') && !isListOfText(parseJson(command))) {
      faults.push(`${code(`${phase}/command`)} is no JSON list of text`);
    }
    if (container !== undefined && !runningContainers(spec).some(({ name }) => name === container)) {
      faults.push(`there is no container ${code(container)}`);
    }
    if (onError !== undefined && !['Fail', 'Continue'].includes(onError)) {
      faults.push(`${code(`${phase}/on-error`)} is ${code(onError)}, and is \`Fail\` or \`Continue\``);
    }
    if (timeout !== undefined && !/^(?:\d+(?:\.\d+)?(?:ms|s|m|h))+$/.test(timeout)) {
      faults.push(`${code(`${phase}/timeout`)} is ${code(timeout)}, and is a time such as \`30s\``);
    }
    return faults;
  });
}

function isListOfText(value: unknown): boolean {
  return Array.isArray(value) && value.every(item => typeof item === 'string');
}
