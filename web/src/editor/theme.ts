// The look of the editor: only the tokens of the page, which reach into the shadow root as custom properties.
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { EditorView } from "@codemirror/view";
import { tags as g } from "@lezer/highlight";

export const look = EditorView.theme({
  "&": { height: "100%", backgroundColor: "var(--surface)", color: "var(--text)", fontSize: "var(--fs-14)" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": {
    fontFamily: "var(--font-code)",
    lineHeight: "20px",
    fontVariantLigatures: "none",
    fontFeatureSettings: '"calt" 0',
  },
  ".cm-content": { padding: "12px 0", caretColor: "var(--text)" },
  ".cm-line": { padding: "0 16px 0 14px" },
  "&.cm-focused .cm-cursor": { borderLeft: "2px solid var(--text)" },
  ".cm-gutters": { backgroundColor: "var(--surface)", color: "var(--muted)", border: "none" },
  ".cm-lineNumbers .cm-gutterElement": { minWidth: "28px", padding: "0 2px 0 0", fontSize: "var(--fs-13)" },
  ".cm-signs": { width: "20px" },
  ".cm-activeLine": { backgroundColor: "transparent" },
  "&.cm-focused .cm-activeLine": { backgroundColor: "var(--sunken)" },
  ".cm-activeLineGutter": { backgroundColor: "transparent", color: "var(--text)" },
  "&.cm-focused .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "var(--ok-mark) !important" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground": {
    backgroundColor: "var(--selected) !important",
  },
  ".cm-matchingBracket, &.cm-focused .cm-matchingBracket": {
    backgroundColor: "var(--accent-soft)",
    outline: "1px solid var(--accent)",
  },
  ".cm-region": { backgroundColor: "var(--accent-soft) !important", boxShadow: "inset 2px 0 0 var(--accent)" },
  ".cm-squig": { textDecoration: "underline wavy var(--bad) 1px", textUnderlineOffset: "4px" },
  ".cm-line-message": {
    padding: "4px 16px 4px 14px",
    backgroundColor: "var(--bad-soft)",
    color: "var(--text)",
    font: "var(--fs-13)/20px var(--font-ui)",
    boxShadow: "inset 2px 0 0 var(--bad)",
    whiteSpace: "normal",
    boxSizing: "border-box",
    maxWidth: "calc(100cqi - 48px)",
  },
  ".cm-line-message code": { fontFamily: "var(--font-code)" },
  ".cm-line-raw": { color: "var(--muted)" },
  ".cm-sign": {
    display: "grid",
    placeItems: "center",
    width: "16px",
    height: "16px",
    margin: "2px auto",
    borderRadius: "4px",
    font: "600 11px/1 var(--font-ui)",
  },
  ".cm-sign.rung": { backgroundColor: "var(--accent)", color: "var(--on-accent)" },
  ".cm-sign.bad": { backgroundColor: "var(--bad-soft)", color: "var(--bad)", border: "1px solid var(--bad)" },
  ".cm-tooltip": {
    backgroundColor: "var(--surface)",
    border: "1px solid var(--line-strong)",
    borderRadius: "6px",
    color: "var(--text)",
  },
  ".cm-tooltip-autocomplete ul": { fontFamily: "var(--font-code)" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]": {
    backgroundColor: "var(--selected)",
    color: "var(--text)",
  },
  ".cm-completionIcon": { display: "none" },
});

export const colours = syntaxHighlighting(
  HighlightStyle.define([
    {
      tag: [g.keyword, g.controlKeyword, g.operatorKeyword, g.definitionKeyword, g.moduleKeyword, g.bool, g.null],
      color: "var(--syn-kw)",
    },
    { tag: [g.string, g.special(g.string)], color: "var(--syn-str)" },
    { tag: g.number, color: "var(--syn-num)" },
    { tag: [g.function(g.definition(g.variableName)), g.definition(g.className)], color: "var(--syn-fn)" },
    { tag: [g.function(g.variableName), g.standard(g.variableName)], color: "var(--syn-bi)" },
    { tag: [g.comment, g.lineComment], color: "var(--syn-com)", fontStyle: "italic" },
  ]),
);
