import { expect, test } from '@jest/globals';
import { configuredProviders } from './configured-providers.ts';
import { planOf } from './plan.fixture.ts';

/** As Terraform 1.11.4 shows it: a provider that is only needed has neither an alias nor expressions. */
test('providers that are set up, wherever they are', () => {
  const plan = planOf([], {
    configuration: {
      provider_config: {
        azurerm: {
          name: 'azurerm',
          full_name: 'registry.terraform.io/hashicorp/azurerm',
          expressions: { features: [{}] },
        },
        'azurerm.other': { name: 'azurerm', alias: 'other' },
        random: { name: 'random', full_name: 'registry.terraform.io/hashicorp/random', version_constraint: '~> 3.6' },
        'module.x:helm': { name: 'helm', module_address: 'module.x', expressions: { debug: { constant_value: true } } },
      },
    },
  });
  expect(configuredProviders(plan)).toEqual([
    { name: 'azurerm', alias: undefined, module: undefined },
    { name: 'azurerm', alias: 'other', module: undefined },
    { name: 'helm', alias: undefined, module: 'module.x' },
  ]);
  expect(configuredProviders(planOf([]))).toEqual([]);
});
