/** What a token of Entra is asked for that a container registry takes, in every cloud, also one that takes none of the resource manager's. */
export const registryAudience = 'https://containerregistry.azure.net/.default';
