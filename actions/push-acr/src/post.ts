import { removeSavedFolder } from '@suite/action-kit/post';

// The login for a build is taken away by the main stage already, unless it was killed.
await removeSavedFolder(process.env);
