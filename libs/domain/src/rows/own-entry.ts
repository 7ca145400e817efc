/**
 * Sets an entry of a plain object used as a map, whatever its key. `__proto__` and `constructor` are good names of custom fields; an
 * assignment to the former would change the object's prototype and lose the value.
 */
export function setOwnEntry<Value>(map: Record<string, Value>, key: string, value: Value): void {
  if (key === '__proto__') Object.defineProperty(map, key, { value, writable: true, enumerable: true, configurable: true });
  else map[key] = value;
}
