// Microseconds since 1970 that never go back while the page lives.
let last = 0;

export function nowUs(): number {
  last = Math.max(last + 1, Math.round((performance.timeOrigin + performance.now()) * 1000));
  return last;
}
