import { parseImageReference } from '@suite/platform-file';
import type { Finding } from '../verdict.ts';
import type { ImageFacts } from './facts.ts';
import { blocked, fine, unknown, warning } from './finding.ts';

/** Whether nodes will find the very image that is meant. */
export function judgeImage({ reference, sight, ownRegistry }: ImageFacts): readonly Finding[] {
  const check = 'Image';
  const parsed = parseImageReference(reference);
  if (parsed === undefined) {
    return [
      blocked(
        check,
        'configuration',
        `${reference} names no content: a tag may stand for something else tomorrow.`,
        'Write it as `registry/repository@sha256:…`; `docker buildx imagetools inspect <reference>` prints the digest.',
      ),
    ];
  }
  const place =
    ownRegistry === undefined || parsed.host === ownRegistry.toLowerCase() ? [] : [elsewhere(parsed, ownRegistry)];
  if (!sight.known) return [...place, unknown(check, sight)];
  if (sight.value === undefined) {
    return [
      ...place,
      blocked(
        check,
        'registry',
        `${parsed.host} has no ${parsed.repository} with this digest.`,
        'Registries take old images away: pin a newer digest. In a registry of the platform, `images:` in the platform file and push-acr bring it there.',
      ),
    ];
  }
  return [...place, fine(check, `${parsed.host} has it.`)];
}

/** Nodes that are cut off from other registries still reach Microsoft's, which AKS itself needs, unless the cluster is isolated. */
function elsewhere(image: NonNullable<ReturnType<typeof parseImageReference>>, ownRegistry: string): Finding {
  const check = 'Registry of the image';
  const { host, repository, digest } = image;
  const remedy = `Bring it there: under \`images:\` of the platform file, \`gpu-smoke: { source: ${host}/${repository}@${digest} }\`, then push-acr; then test with \`image: ${ownRegistry}/gpu-smoke@${digest}\`. Or once by hand: \`az acr import --name ${ownRegistry.split('.')[0]} --source ${host}/${repository}@${digest} --repository gpu-smoke\`.`;
  const evidence = `This environment takes its images from ${ownRegistry}, and the test’s lies in ${host}.`;
  return host === 'mcr.microsoft.com'
    ? warning(check, `${evidence} Nodes reach it where AKS gets its own images from there.`, remedy)
    : blocked(check, 'registry', evidence, remedy);
}
