// 16 px line icons, 1.5 px stroke. Always beside a word, or named by the control they stand in.
const PATHS = {
  brand: "M2.5 13.5h3.7V10h3.7V6.5h3.6V2.5",
  back: "m10 4-4 4 4 4",
  next: "m6 4 4 4-4 4",
  down: "m4 6 4 4 4-4",
  close: "m4 4 8 8m0-8-8 8",
  search: "M7 2.75a4.25 4.25 0 1 1 0 8.5 4.25 4.25 0 0 1 0-8.5M10.2 10.2l3.3 3.3",
  check: "M3 8.5 6.5 12 13 4.5",
  pass: "M8 1.75a6.25 6.25 0 1 1 0 12.5 6.25 6.25 0 0 1 0-12.5M5.2 8.2l2 2 3.6-4.2",
  fail: "M5.2 1.75h5.6l3.45 3.45v5.6l-3.45 3.45H5.2L1.75 10.8V5.2zM5.9 5.9l4.2 4.2m0-4.2-4.2 4.2",
  warn: "M8 2.25 14.25 13.25H1.75zM8 6.5v3M8 11.4v.1",
  stuck: "M8 1.75 14.25 8 8 14.25 1.75 8zM8 5v3.5M8 10.9v.1",
  clock: "M8 1.75a6.25 6.25 0 1 1 0 12.5 6.25 6.25 0 0 1 0-12.5M8 4.75V8l2.25 1.5",
  question:
    "M8 1.75a6.25 6.25 0 1 1 0 12.5 6.25 6.25 0 0 1 0-12.5M6.2 6.3A1.9 1.9 0 0 1 8 4.9c1.1 0 1.9.7 1.9 1.7 0 1.4-1.9 1.4-1.9 2.7M8 11.3v.1",
  info: "M8 1.75a6.25 6.25 0 1 1 0 12.5 6.25 6.25 0 0 1 0-12.5M8 7.4v3.4M8 5v.1",
  play: "M4.75 2.75v10.5l8-5.25z",
  pause: "M5 3v10M11 3v10",
  stop: "M4 4h8v8H4z",
  prev: "M4 3v10m8.5-10v10L6 8z",
  skip: "M12 3v10M3.5 3v10L10 8z",
  undo: "M5 3 2.5 5.5 5 8M2.5 5.5h7a4 4 0 0 1 0 8H6",
  lock: "M4.5 7h7a1.25 1.25 0 0 1 1.25 1.25V12a1.25 1.25 0 0 1-1.25 1.25h-7A1.25 1.25 0 0 1 3.25 12V8.25A1.25 1.25 0 0 1 4.5 7M5.25 7V5a2.75 2.75 0 0 1 5.5 0v2",
  list: "M5.5 4h8m-8 4h8m-8 4h8M2.5 4h.1m-.1 4h.1m-.1 4h.1",
  table: "M2.25 3.25h11.5v9.5H2.25zM2.25 6.5h11.5M6.5 6.5v6.25",
  text: "M2.5 3.5h11m-11 3h11m-11 3h11m-11 3h7",
  code: "m5.5 4.5-3.5 3.5 3.5 3.5m5-7 3.5 3.5-3.5 3.5",
  chat: "M2.25 3.25h11.5v7.5H7l-3 2.75v-2.75H2.25z",
  paste: "M8 2.5v7.25M4.75 6.75 8 10l3.25-3.25M2.75 13.25h10.5",
  eye: "M1.5 8S4 3.75 8 3.75 14.5 8 14.5 8 12 12.25 8 12.25 1.5 8 1.5 8zM8 6.25a1.75 1.75 0 1 1 0 3.5 1.75 1.75 0 0 1 0-3.5",
  home: "M2.5 7.25 8 2.5l5.5 4.75V13.5H9.75v-4h-3.5v4H2.5z",
  book: "M3.25 2.5h8.25a1.25 1.25 0 0 1 1.25 1.25v9.75H4.5a1.25 1.25 0 0 1-1.25-1.25zM3.25 12a1.25 1.25 0 0 1 1.25-1.25h8.25",
  chart: "M2.5 2.5v11h11M5 10l3-3 2 1.75 3-4",
  people:
    "M6 7.25a2.25 2.25 0 1 0 0-4.5 2.25 2.25 0 0 0 0 4.5M1.75 13c.3-2.4 2-3.75 4.25-3.75S9.95 10.6 10.25 13M10.75 3a2.1 2.1 0 0 1 0 4.1M11.75 9.4c1.5.4 2.3 1.6 2.5 3.6",
  person: "M8 7.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5M3 13.5c.3-2.7 2.2-4.25 5-4.25s4.7 1.55 5 4.25",
  shield: "M8 1.75 13 3.5v4.25c0 3-2 5.25-5 6.5-3-1.25-5-3.5-5-6.5V3.5zM5.8 8l1.6 1.6L10.4 6.5",
  shieldBad: "M8 1.75 13 3.5v4.25c0 3-2 5.25-5 6.5-3-1.25-5-3.5-5-6.5V3.5zM6.2 6.2l3.6 3.6m0-3.6-3.6 3.6",
  cloudOff: "m2 2 12 12M4.5 12.5h6.75M5 6.25A3.5 3.5 0 0 0 4.5 12.5M7 4a4 4 0 0 1 4.9 3.25A2.75 2.75 0 0 1 13.5 11.5",
  flag: "M3.5 14V2.5h8.5l-1.75 3 1.75 3h-8.5",
  pencil: "M3 13l.75-3L10.5 3.25l2.25 2.25L6 12.25zM9.25 4.5l2.25 2.25",
  menu: "M2.5 4.5h11m-11 3.5h11m-11 3.5h11",
} as const;

export type IconName = keyof typeof PATHS | "dot" | "ring";

export function Icon({ name, label }: { name: IconName; label?: string }) {
  const a11y = label ? { role: "img" as const, "aria-label": label } : { "aria-hidden": true as const };
  if (name === "dot")
    return (
      <svg class="icon" viewBox="0 0 16 16" {...a11y}>
        <circle cx="8" cy="8" r="3.25" fill="currentColor" stroke="none" />
      </svg>
    );
  if (name === "ring")
    return (
      <svg class="icon" viewBox="0 0 16 16" {...a11y}>
        <circle cx="8" cy="8" r="6.25" stroke-dasharray="3.2 2.4" />
      </svg>
    );
  return (
    <svg class="icon" viewBox="0 0 16 16" {...a11y}>
      <path d={PATHS[name]} />
    </svg>
  );
}

/** The bare path, for marks inside another drawing. */
export const pathOf = (name: keyof typeof PATHS): string => PATHS[name];
