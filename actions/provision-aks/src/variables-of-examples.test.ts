import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { exampleVariables } from './variables.fixture.ts';

const terraform = new URL('../terraform/', import.meta.url);
const wanted = exampleVariables();

// After a change on purpose, `UPDATE_FIXTURES=1` writes the files anew.
if (process.env['UPDATE_FIXTURES'] === '1') {
  for (const [path, variables] of wanted) {
    writeFileSync(new URL(path, terraform), `${JSON.stringify(variables, null, 2)}\n`);
  }
}

describe("the variables in Terraform's own tests are those of the example platform files", () => {
  test.each([...wanted])('%s', (path, variables) => {
    expect(JSON.parse(readFileSync(new URL(path, terraform), 'utf8'))).toEqual(variables);
  });

  test('and there are no others', () => {
    const found = ['environment', 'shared'].flatMap(root =>
      readdirSync(new URL(`${root}/tests/`, terraform))
        .filter(name => name.endsWith('.json'))
        .map(name => `${root}/tests/${name}`),
    );
    expect(found.sort()).toEqual([...wanted.keys()].sort());
  });
});
