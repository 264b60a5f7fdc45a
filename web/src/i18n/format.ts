// Numbers, dates and durations for people, by Intl in the language of the page.
import { lang, t } from "./t.ts";

const tag = (): string => (lang.value === "es" ? "es-AR" : "en-GB");
const cache = new Map<string, Intl.DateTimeFormat>();

function df(name: string, o: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const id = `${tag()} ${name}`;
  let f = cache.get(id);
  if (!f) cache.set(id, (f = new Intl.DateTimeFormat(tag(), o)));
  return f;
}

export function num(v: number, digits = 0): string {
  return new Intl.NumberFormat(tag(), { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(v);
}

/** A number with as many decimals as it needs, at most `max`. */
export function short(v: number, max = 2): string {
  return new Intl.NumberFormat(tag(), { maximumFractionDigits: max }).format(v);
}

export const clock = (at: Date | string | number): string =>
  df("clock", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(new Date(at));
export const clockSec = (at: Date | string | number): string =>
  df("sec", { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" }).format(new Date(at));
export const dayLong = (at: Date | string | number): string =>
  df("long", { weekday: "long", day: "numeric", month: "long" }).format(new Date(at));
export const dayShort = (at: Date | string | number): string =>
  df("short", { day: "numeric", month: "short" }).format(new Date(at)).replace(".", "");

function dayNumber(d: Date): number {
  return Math.floor((d.getTime() - d.getTimezoneOffset() * 60_000) / 86_400_000);
}

/** "today, 10:43", "yesterday, 18:20", "11 Nov, 21:05". */
export function moment(at: Date | string | number, now = new Date()): string {
  const d = new Date(at);
  const days = dayNumber(now) - dayNumber(d);
  if (days === 0) return t("shell.today_at", { time: clock(d) });
  if (days === 1) return t("shell.yesterday_at", { time: clock(d) });
  return t("shell.day_at", { day: dayShort(d), time: clock(d) });
}

/** "20 s ago", "7 min ago", "3 h ago". */
export function ago(at: Date | string | number, now = Date.now()): string {
  const s = Math.max(0, Math.round((now - new Date(at).getTime()) / 1000));
  const f = new Intl.RelativeTimeFormat(tag(), { numeric: "always", style: "short" });
  if (s < 60) return f.format(-s, "second");
  if (s < 3600) return f.format(-Math.floor(s / 60), "minute");
  if (s < 86_400) return f.format(-Math.floor(s / 3600), "hour");
  return f.format(-Math.floor(s / 86_400), "day");
}

/** 95 s as "1 min 35 s". */
export function duration(ms: number): string {
  const s = Math.round(ms / 1000);
  const unit = (v: number, u: "millisecond" | "second" | "minute" | "hour"): string =>
    new Intl.NumberFormat(tag(), { style: "unit", unit: u, unitDisplay: "short" }).format(v);
  if (ms < 1000) return unit(Math.round(ms), "millisecond");
  if (s < 60) return unit(s, "second");
  if (s < 3600) return [unit(Math.floor(s / 60), "minute"), ...(s % 60 ? [unit(s % 60, "second")] : [])].join(" ");
  return [unit(Math.floor(s / 3600), "hour"), unit(Math.floor((s % 3600) / 60), "minute")].join(" ");
}

export function list(items: string[]): string {
  return new Intl.ListFormat(tag(), { type: "conjunction" }).format(items);
}

/** Order of names for people, without accents or case. */
export function byName(a: string, b: string): number {
  return new Intl.Collator(tag(), { sensitivity: "base", numeric: true }).compare(a, b);
}

/** Text without accents and case, for searching. */
export function fold(s: string): string {
  return s.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}
