import { asObject, type JsonObject, UserError } from '@suite/foundation';
import { parseKubernetesYaml } from '../yaml/kubernetes-yaml.ts';
import { readTarGz } from './tar.ts';

/** What stands in the Chart.yaml of a packed chart. Throws a UserError for an archive without one. */
export async function chartMetadata(archive: Uint8Array): Promise<JsonObject> {
  const file = [...(await readTarGz(archive))].find(([path]) => /^(?:\.\/)?[^/]+\/Chart\.yaml$/.test(path))?.[1];
  if (file === undefined) throw new UserError({ message: 'The archive is no chart: it has no Chart.yaml.' });
  return asObject(parseKubernetesYaml(file.toString('utf8')));
}
