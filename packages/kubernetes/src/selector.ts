import { asArray, asObject, asString, type JsonObject } from '@suite/foundation';

/** Whether a label selector (`matchLabels`, `matchExpressions`) selects something with these labels; an empty one selects everything. */
export function selects(selector: JsonObject, labels: JsonObject): boolean {
  const own = (key: string) => (Object.hasOwn(labels, key) ? labels[key] : undefined);
  return (
    Object.entries(asObject(selector['matchLabels'])).every(([key, value]) => own(key) === value) &&
    asArray(selector['matchExpressions'])
      .map(asObject)
      .every(({ key, operator, values }) => {
        const value = own(asString(key) ?? '');
        const listed = value !== undefined && asArray(values).includes(value);
        if (operator === 'In') return listed;
        if (operator === 'NotIn') return !listed;
        return operator === 'Exists' ? value !== undefined : value === undefined;
      })
  );
}
