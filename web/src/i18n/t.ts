// Messages: typed keys, ICU syntax trees made at build, numbers and dates by Intl. Nothing else formats text for people.
import { IntlMessageFormat } from "intl-messageformat";
import { signal } from "@preact/signals";
import type { Messages } from "./keys.gen.ts";

export type Key = keyof Messages;
export type ArgsOf<K extends Key> = Messages[K] extends null ? [] : [Messages[K]];
export type Lang = "es" | "en";
export type Area = "shell" | "problem" | "login" | "home" | "practice" | "work" | "event" | "progress" | "teach" | "me";

type Tree = ConstructorParameters<typeof IntlMessageFormat>[0];
type Catalogue = Record<string, string | Tree>;

export const lang = signal<Lang>("es");
/** Rises when an area was loaded, so that what was drawn before is drawn again. */
const loadedCount = signal(0);
const catalogues: Record<Lang, Catalogue> = { es: {}, en: {} };
const loaded = new Set<string>();
const formats = new Map<string, IntlMessageFormat>();

const files = import.meta.glob<Catalogue>("./messages/*/*.json", { import: "default" });

export async function loadAreas(areas: readonly Area[], of: Lang = lang.value): Promise<void> {
  const missing = areas.filter((a) => !loaded.has(`${of}/${a}`));
  if (missing.length === 0) return;
  await Promise.all(
    missing.map(async (area) => {
      const load = files[`./messages/${of}/${area}.json`];
      if (load) Object.assign(catalogues[of], await load());
      loaded.add(`${of}/${area}`);
    }),
  );
  loadedCount.value++;
}

/** Changes the language of the page after loading the areas already on screen. */
export async function setLang(next: Lang): Promise<void> {
  const areas = [...loaded].filter((k) => k.startsWith(`${lang.value}/`)).map((k) => k.slice(3) as Area);
  await loadAreas(areas.length ? areas : ["shell", "problem"], next);
  lang.value = next;
  document.documentElement.lang = next;
}

export function has(key: string): key is Key {
  return catalogues[lang.value][key] !== undefined;
}

export function t<K extends Key>(key: K, ...args: ArgsOf<K>): string {
  return lookup(key, args[0] as Record<string, string | number | Date> | undefined);
}

/** For keys built from codes of the server: the text, or undefined when there is none. */
export function tMaybe(key: string, values?: Record<string, string | number>): string | undefined {
  return has(key) ? lookup(key, values) : undefined;
}

function lookup(key: string, values?: Record<string, string | number | Date>): string {
  const l = lang.value;
  void loadedCount.value;
  const m = catalogues[l][key];
  if (m === undefined) return key;
  if (typeof m === "string") return m;
  const id = `${l} ${key}`;
  let f = formats.get(id);
  if (!f) formats.set(id, (f = new IntlMessageFormat(m, l === "es" ? "es-AR" : "en-GB")));
  return String(f.format(values));
}
