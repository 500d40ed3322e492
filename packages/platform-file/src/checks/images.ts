import type { Path } from '../position.ts';
import { quote } from '../wording.ts';
import type { Checker } from './checker.ts';

/** Records of promotions lie below it, where nobody else may write. */
const recordsFolder = 'promotion/';

/** Images: that each says where it comes from, and that none takes another one's place. */
export function checkImages(checker: Checker): void {
  checkSources(checker);
  checkPlaces(checker);
}

function checkSources({ merged, report, isSound }: Checker): void {
  for (const [name, said] of Object.entries(merged.images ?? {})) {
    if (said === false || said.source !== undefined || !isSound(['images', name, 'source'])) continue;
    report(
      ['images', name],
      `The image \`${name}\` has no \`source\`.`,
      'Name it by digest: registry/repository@sha256:….',
    );
  }
}

function checkPlaces({ view, report }: Checker): void {
  const places = new Map<string, string>();
  for (const { name, repository, tags, platforms } of view.images) {
    const setting: Path = ['images', name];
    if (repository.startsWith(recordsFolder)) {
      report(
        [...setting, 'repository'],
        `The repository ${quote(repository)} is for the records of promotions.`,
        `Use a name that does not begin with ${recordsFolder}.`,
      );
    }
    for (const [key, values] of Object.entries({ tags, platforms })) {
      const index = values.findIndex((value, at) => values.indexOf(value) < at);
      if (index < 0) continue;
      report([...setting, key, index], `${quote(values[index] ?? '')} stands there twice.`, 'Remove one.');
    }
    for (const tag of new Set(tags)) {
      const place = `${repository}:${tag}`;
      const other = places.get(place);
      if (other === undefined) places.set(place, name);
      else {
        report(
          [...setting, 'tags', tags.indexOf(tag)],
          `The tag ${quote(place)} is that of the image \`${other}\` already.`,
          'Use another tag or another `repository`.',
        );
      }
    }
  }
}
