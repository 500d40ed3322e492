import { posix } from 'node:path';
import { sentenceList } from '@suite/foundation';
import { kindOf, pairOf } from '@suite/platform-file/yaml';
import { match, referenceOf } from '../match.ts';
import type { PlacedImage } from '../types.ts';
import { type AppContent, type AppFile, type Finding, type Findings, lineOf } from './form.ts';
import { kustomizationNames } from './kustomization.ts';
import {
  blockChanges,
  blockParameters,
  blockRepository,
  blockText,
  type ValueBlock,
  valueBlocks,
} from './value-blocks.ts';

interface Candidate {
  readonly file: AppFile;
  readonly block: ValueBlock;
}

/** Helm values: every file of the folder that holds no Kubernetes objects and is no chart's own. */
export function findValues({ app, files, images }: AppContent): Findings {
  const candidates = files
    .filter(isValues)
    .flatMap(file =>
      file.documents.flatMap((document, index) =>
        valueBlocks(document, index, document.contents, []).map((block): Candidate => ({ file, block })),
      ),
    );
  const named = images.filter(({ name }) => app.values[name] !== undefined);
  const rest = images.filter(image => !named.includes(image));
  const keys = new Set(Object.values(app.values));
  const matched = match(
    candidates.filter(({ block }) => !keys.has(block.key)),
    ({ block }) => blockRepository(block),
    rest,
  );

  const found = new Map<PlacedImage, readonly Finding[]>();
  const doubts = new Map<PlacedImage, { readonly why: string; readonly remedy: string }>();
  for (const image of named) {
    const key = app.values[image.name] ?? '';
    const own = candidates.filter(({ block }) => block.key === key);
    if (own.length > 0)
      found.set(
        image,
        own.map(candidate => findingOf(candidate, image)),
      );
    else {
      doubts.set(image, {
        why: `no values there have \`${key}\` with \`repository\` and \`digest\` or \`tag\``,
        remedy: `Write that block once, or correct \`values: { ${image.name}: … }\` of the application.`,
      });
    }
  }
  for (const [image, own] of matched.found) {
    const different = [...new Set(own.map(({ block }) => block.key))];
    if (different.length === 1)
      found.set(
        image,
        own.map(candidate => findingOf(candidate, image)),
      );
    else doubts.set(image, unclear(different, image));
  }
  for (const [image] of matched.doubtful) {
    const own = candidates.filter(({ block }) => matched.doubtful.get(image)?.includes(blockRepository(block)));
    doubts.set(image, unclear([...new Set(own.map(({ block }) => block.key))], image));
  }
  return { found, doubts };
}

function unclear(keys: readonly string[], { name }: PlacedImage): { readonly why: string; readonly remedy: string } {
  const list = sentenceList(keys.map(key => `\`${key}\``));
  return {
    why: `its values may stand under ${list}`,
    remedy: `Say which: \`values: { ${name}: ${keys[0] ?? 'image'} }\` of the application in the platform file.`,
  };
}

function findingOf({ file, block }: Candidate, image: PlacedImage): Finding {
  return {
    form: 'values',
    file: file.path,
    line: lineOf(file.text, pairOf(block.map, 'repository')?.value),
    before: blockText(block),
    after: referenceOf(image),
    changes: blockChanges(block, image),
    override: { kind: 'helm', parameters: blockParameters(block, image) },
  };
}

function isValues({ path, documents }: AppFile): boolean {
  const name = posix.basename(path);
  const isOther = /^Chart\.(?:ya?ml|lock)$/.test(name) || kustomizationNames.includes(name);
  return !isOther && documents.every(document => kindOf(document) === undefined);
}
