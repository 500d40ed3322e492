import { describe, expect, test } from '@jest/globals';
import { modulePages, moduleTables } from './modules.ts';

const sample = `variable "size" {
  description = "Size | of \\"it\\"."
  type        = number
  default     = 3

  validation {
    condition     = var.size > 0
    error_message = "size must be more than 0."
  }

  validation {
    condition     = var.size < 9
    error_message = "size must be less than 9."
  }
}

variable "zones" {
  description = "Zones by name."
  nullable    = false
  type = map(object({
    id = string
  }))
}

output "id" {
  description = "ARM id."
  value       = azurerm_thing.this.id
}

resource "azurerm_thing" "this" {
  name = "a"
}

resource "azurerm_thing" "other" {
  name = "b"
}
`;

describe('the tables of a module', () => {
  test('say of each variable what it is, its default, and what refuses it', () => {
    const lines = moduleTables('sample', sample).split('\n');
    expect(lines).toContain(
      '| `size` | Size \\| of "it". | `number` | `3` | size must be more than 0.<br>size must be less than 9. |',
    );
    expect(lines).toContain('| `zones` | Zones by name. | `map(object)` | **required** |  |');
    expect(lines).toContain('| `id` | ARM id. |');
  });

  test('name each type once', () => {
    expect(
      moduleTables('sample', sample)
        .split('\n')
        .filter(line => line.startsWith('- ')),
    ).toEqual(['- `azurerm_thing`']);
  });

  test('need a description', () => {
    expect(() => moduleTables('sample', 'variable "size" {\n  type = number\n}\n')).toThrow(
      'size of the Terraform module sample has no description.',
    );
  });
});

test('every module has a page, and says of every variable what it is', async () => {
  const pages = await modulePages();
  expect(pages.map(({ path }) => path)).toContain('actions/provision-aks/terraform/modules/cluster/README.md');
  expect(pages.length).toBeGreaterThan(20);
});
