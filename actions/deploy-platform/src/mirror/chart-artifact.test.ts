import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { chartSource } from './chart-artifact.ts';

test('an archive becomes the artifact that helm push makes of it, and always the same one', async () => {
  const archive = Buffer.from('archive');
  const about = { name: 'web', version: '1.0.0', description: 'Small', home: 'https://example.org', keywords: ['a'] };
  const { source, digest, layer } = chartSource('example.org/web', about, archive);
  expect(layer).toBe(`sha256:${createHash('sha256').update(archive).digest('hex')}`);
  const content = await source.manifest(digest);
  const manifest = JSON.parse(Buffer.from(content?.bytes ?? []).toString());
  expect(manifest).toMatchObject({
    schemaVersion: 2,
    config: { mediaType: 'application/vnd.cncf.helm.config.v1+json' },
    layers: [{ mediaType: 'application/vnd.cncf.helm.chart.content.v1.tar+gzip', digest: layer, size: 7 }],
    annotations: {
      'org.opencontainers.image.title': 'web',
      'org.opencontainers.image.version': '1.0.0',
      'org.opencontainers.image.description': 'Small',
      'org.opencontainers.image.url': 'https://example.org',
    },
  });
  const bytes: Uint8Array[] = [];
  for await (const chunk of await source.blob(manifest.config, 0)) bytes.push(chunk);
  expect(JSON.parse(Buffer.concat(bytes).toString())).toEqual(about);
  expect(await source.manifest('1.0.0')).toBeUndefined();
  expect(chartSource('example.org/web', about, archive).digest).toBe(digest);
});
