// What is recorded, by level: shown before it is recorded, and at any time after.
import { t, tMaybe } from "../../i18n/t.ts";

/** The event types this version can write, by level (evidence.md A.2). */
const RECORDED = {
  n1: ["session_opened", "session_paused", "session_closed", "statement_viewed", "submission_made", "draft_restored"],
  n2: ["code_edited", "text_copied", "snapshot_taken", "code_run", "tests_run", "focus_lost", "connection_lost"],
  n3: ["prompt_sent", "reply_sent", "hint_requested", "hint_given", "reply_rated"],
  n4: [
    "goal_set",
    "plan_stated",
    "prediction_made",
    "explanation_given",
    "reply_criticised",
    "reflection_written",
    "stuck_declared",
  ],
} as const;

export function RecordedList() {
  return (
    <div class="stack">
      <p>{t("event.recorded.intro")}</p>
      {(["n1", "n2", "n3", "n4"] as const).map((level) => (
        <section key={level} class="stack tight">
          <h3>
            {t(`event.level.${level}`)} <span class="muted">{level}</span>
          </h3>
          <ul class="recorded">
            {RECORDED[level].map((type) => (
              <li key={type}>
                <strong>{tMaybe(`event.type.${type}`)}</strong>
                <span class="muted">{tMaybe(`event.what.${type}`)}</span>
              </li>
            ))}
          </ul>
        </section>
      ))}
      <p class="muted">{t("event.recorded.who")}</p>
      <p class="muted">{t("event.recorded.not")}</p>
    </div>
  );
}
