import { errorMessage } from '@suite/foundation';
import { ArmError } from '../arm/client.ts';

/** Says before a failure what was being done, the way azurerm's messages are stacked. */
export async function doing<T>(what: string, operation: () => Promise<T>): Promise<T> {
  try {
    return await operation();
  } catch (error) {
    throw new ArmError(`${what}: ${errorMessage(error)}`, error instanceof ArmError ? error.status : undefined);
  }
}

export function alreadyExists(type: string, id: string): ArmError {
  return new ArmError(
    `a resource with the ID "${id}" already exists - to be managed via Terraform this resource needs to be imported into ` +
      `the State. Please see the resource documentation for "${type}" for more information`,
  );
}
