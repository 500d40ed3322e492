/**
 * `@peculiar/x509` has its parts found by a container that refuses to load without metadata reflection. It reads
 * metadata of classes that have none, so answering "none" is all it takes.
 */
const none = () => undefined;

if (!('getMetadata' in Reflect)) {
  Object.assign(Reflect, {
    defineMetadata: none,
    getMetadata: none,
    getOwnMetadata: none,
    hasOwnMetadata: () => false,
    metadata: () => none,
  });
}
