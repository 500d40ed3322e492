export { type DeliveryRequest, deliver, MovedOn } from './deliver.ts';
export { editsFor, overridesFor } from './edits.ts';
export { readFolder } from './folder.ts';
export { noVersion } from './forms/charts.ts';
export { type CommitNote, isDelivery } from './message.ts';
export type { DeliverPorts, Repository } from './ports.ts';
export { type RevertRequest, revertTo } from './revert.ts';
export type {
  Cargo,
  DeliveredApp,
  Delivery,
  Edits,
  FileEdit,
  Form,
  Overrides,
  Place,
  PlacedChart,
  PlacedImage,
  Read,
} from './types.ts';
