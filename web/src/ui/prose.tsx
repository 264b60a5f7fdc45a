// Draws the server's tree of allowed nodes. No HTML text exists anywhere on this path.
import type { ComponentChildren, JSX } from "preact";
import type { ProseNode } from "../api/shapes.ts";

const PLAIN = new Set(["p", "em", "strong", "ul", "li", "table", "thead", "tbody", "tr", "blockquote"]);
const HEADS: Record<string, "h2" | "h3" | "h4"> = { h2: "h2", h3: "h3", h4: "h4" };

/** http, https, mailto, or a path of this site. */
export function safeHref(href: string | undefined): string | undefined {
  if (!href) return undefined;
  if (/^\/(?!\/)/.test(href) && !href.includes("\\")) return href;
  return /^(https?:\/\/|mailto:)/i.test(href) ? href : undefined;
}

export const safeSrc = (src: string | undefined): string | undefined =>
  src && /^\/(?!\/)/.test(src) && !src.includes("\\") ? src : undefined;

const kids = (n: ProseNode): ComponentChildren => (n.c ?? []).map((k, i) => <Node key={i} node={k} />);
const cell = (n: ProseNode): string | undefined => (n.align === "right" ? "num" : undefined);

const lines = (text: string): string[] => text.replace(/\n$/, "").split("\n");

function Special({ node: n }: { node: ProseNode }): JSX.Element | null {
  switch (n.t) {
    case "code":
      return <code class="c">{n.s ?? ""}</code>;
    case "pre":
      return (
        <pre class="block">
          <code>
            {lines(n.s ?? "").map((line, i) => (
              <span key={i}>{line}</span>
            ))}
          </code>
        </pre>
      );
    case "ol":
      return <ol start={n.start ?? 1}>{kids(n)}</ol>;
    case "a": {
      const href = safeHref(n.href);
      return href ? (
        <a href={href} rel="noopener noreferrer" {...(href.startsWith("/") ? {} : { target: "_blank" })}>
          {kids(n)}
        </a>
      ) : (
        <>{kids(n)}</>
      );
    }
    case "img": {
      const src = safeSrc(n.src);
      return src ? <img src={src} alt={n.alt ?? ""} /> : <span>{n.alt ?? ""}</span>;
    }
    case "th":
      return (
        <th scope="col" class={cell(n)}>
          {kids(n)}
        </th>
      );
    case "td":
      return <td class={cell(n)}>{kids(n)}</td>;
    case "hr":
      return <hr />;
    case "br":
      return <br />;
    default:
      return <>{kids(n)}</>;
  }
}

function Node({ node: n }: { node: ProseNode }): JSX.Element {
  if (n.t === "text") return <>{n.s ?? ""}</>;
  const head = HEADS[n.t];
  if (head) {
    const H = head;
    return <H>{kids(n)}</H>;
  }
  if (n.t === "table")
    return (
      <div class="scroll">
        <table class="tbl ex">{kids(n)}</table>
      </div>
    );
  if (PLAIN.has(n.t)) {
    const E = n.t as "p";
    return <E>{kids(n)}</E>;
  }
  return <Special node={n} />;
}

export function Prose({ nodes, lang, class: cls }: { nodes: ProseNode[]; lang?: string | undefined; class?: string }) {
  return (
    <div class={`prose ${cls ?? ""}`} lang={lang}>
      {nodes.map((n, i) => (
        <Node key={i} node={n} />
      ))}
    </div>
  );
}

/** The text of a tree, for search and announcements. */
export function plain(nodes: ProseNode[]): string {
  return nodes.map((n) => n.s ?? plain(n.c ?? [])).join(" ");
}
