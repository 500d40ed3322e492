import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type NewArtifact, packArtifact, readArtifactManifest } from './artifact.ts';
import { digestOf } from './descriptor.ts';

fc.configureGlobal({ seed: 1 });

const bytes = (text: string) => new TextEncoder().encode(text);
const digest = (character: string) => `sha256:${character.repeat(64)}`;
const subject = { mediaType: 'application/vnd.oci.image.manifest.v1+json', digest: digest('a'), size: 7 };
const config = { mediaType: 'application/vnd.oci.empty.v1+json', digest: digest('b'), size: 2 };

describe('packing', () => {
  test('makes the manifest of the specification, to the byte', () => {
    const { manifest, blobs } = packArtifact({
      artifactType: 'application/vnd.example.record.v1',
      blobs: [{ mediaType: 'application/json', content: bytes('{"ok":true}'), title: 'record.json' }],
      annotations: { zone: 'westeurope', actor: 'mona' },
      subject: { ...subject, extra: 'not part of a descriptor' } as typeof subject,
    });
    expect(new TextDecoder().decode(manifest.bytes)).toBe(
      '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","artifactType":"application/vnd.example.record.v1",' +
        '"config":{"mediaType":"application/vnd.oci.empty.v1+json","digest":"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a","size":2},' +
        '"layers":[{"mediaType":"application/json","digest":"sha256:4062edaf750fb8074e7e83e0c9028c94e32468a8b6f1614774328ef045150f93","size":11,"annotations":{"org.opencontainers.image.title":"record.json"}}],' +
        `"subject":{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"${digest('a')}","size":7},` +
        '"annotations":{"actor":"mona","zone":"westeurope"}}',
    );
    expect(manifest.descriptor).toEqual({
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      digest: digestOf(manifest.bytes),
      size: manifest.bytes.length,
    });
    expect(blobs.map(blob => new TextDecoder().decode(blob.bytes))).toEqual(['{}', '{"ok":true}']);
  });

  test('pushes equal blobs once, and never makes a manifest without layers', () => {
    const twice = { mediaType: 'text/plain', content: bytes('same') };
    expect(packArtifact({ artifactType: 'a/b', blobs: [twice, twice] }).blobs).toHaveLength(2);
    expect(packArtifact({ artifactType: 'a/b', blobs: [] }).blobs).toHaveLength(1);
    expect(new TextDecoder().decode(packArtifact({ artifactType: 'a/b', blobs: [] }).manifest.bytes)).toContain(
      '"layers":[{"mediaType":"application/vnd.oci.empty.v1+json"',
    );
  });

  test('is undone by reading, and does not depend on the order of annotations', () => {
    const blob = fc.record({ mediaType: fc.constant('text/plain'), content: fc.uint8Array(), title: fc.string() });
    const annotations = fc.dictionary(fc.string(), fc.string(), { noNullPrototype: true });
    fc.assert(
      fc.property(fc.array(blob, { maxLength: 4 }), annotations, fc.boolean(), (blobs, notes, hasSubject) => {
        const artifact: NewArtifact = {
          artifactType: 'application/vnd.example',
          blobs,
          annotations: notes,
          ...(hasSubject ? { subject } : {}),
        };
        const { manifest } = packArtifact(artifact);
        const reversed = Object.fromEntries(Object.entries(notes).reverse());
        expect(packArtifact({ ...artifact, annotations: reversed }).manifest.bytes).toEqual(manifest.bytes);
        expect(readArtifactManifest(manifest.descriptor, manifest.bytes)).toEqual({
          descriptor: manifest.descriptor,
          artifactType: 'application/vnd.example',
          annotations: notes,
          ...(hasSubject ? { subject } : {}),
          blobs: blobs.map(({ mediaType, content, title }) => ({
            mediaType,
            digest: digestOf(content),
            size: content.length,
            title,
          })),
        });
      }),
    );
  });
});

describe('reading', () => {
  const read = (manifest: unknown) => {
    const content = bytes(typeof manifest === 'string' ? manifest : JSON.stringify(manifest));
    return readArtifactManifest({ mediaType: 'x', digest: digestOf(content), size: content.length }, content);
  };

  test.each<readonly [string, unknown, string]>([
    ['no JSON', '<html>', 'it is no manifest of schema version 2'],
    ['another schema', { schemaVersion: 1 }, 'it is no manifest of schema version 2'],
    [
      'another type',
      { schemaVersion: 2, mediaType: 'application/vnd.oci.image.index.v1+json' },
      'it calls itself application/vnd.oci.image.index.v1+json',
    ],
    ['no config', { schemaVersion: 2, layers: [] }, 'its config is no descriptor'],
    [
      'a digest of another kind',
      { schemaVersion: 2, config: { ...config, digest: 'md5:abc' } },
      'its config is no descriptor',
    ],
    ['a size below zero', { schemaVersion: 2, config: { ...config, size: -1 } }, 'its config is no descriptor'],
    [
      'a size that is no number of bytes',
      { schemaVersion: 2, config, layers: [{ ...config, size: 1.5 }] },
      'one of its layers is no descriptor',
    ],
    ['a broken subject', { schemaVersion: 2, config, subject: {} }, 'its subject is no descriptor'],
  ])('refuses %s', (_, manifest, why) => expect(read(manifest)).toBe(why));

  test('takes the type of older artifacts from the config', () => {
    expect(read({ schemaVersion: 2, config: { ...config, mediaType: 'application/vnd.example' } })).toMatchObject({
      artifactType: 'application/vnd.example',
      blobs: [],
    });
  });
});
