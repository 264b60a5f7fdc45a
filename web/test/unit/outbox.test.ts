import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { clientProblem } from "../../src/api/problem.ts";
import type { Problem } from "../../src/api/problem.ts";
import type { Batch, EventIn } from "../../src/api/shapes.ts";
import { openDb } from "../../src/state/db.ts";
import type { Db } from "../../src/state/db.ts";
import { Outbox } from "../../src/state/outbox.ts";
import type { OutboxIo } from "../../src/state/outbox.ts";

const event = (n: number): EventIn => ({ event_id: `e${n}`, type: "focus_lost", client_at: n, payload: {} });

/** The server's side of the protocol: numbers per client without holes, duplicates counted. */
class Server {
  readonly kept: string[] = [];
  private readonly last = new Map<string, number>();
  take(b: Batch): ReturnType<OutboxIo["send"]> {
    const last = this.last.get(b.client) ?? 0;
    if (b.first > last + 1) return this.gap(last + 1);
    const fresh = b.events.filter((_e, i) => b.first + i > last);
    for (const e of fresh) if (!this.kept.includes(e.event_id)) this.kept.push(e.event_id);
    this.last.set(b.client, Math.max(last, b.first + b.events.length - 1));
    const head = { seq: this.kept.length, hash: "" };
    const value = { accepted: fresh.length, duplicates: b.events.length - fresh.length, refused: [], head };
    return Promise.resolve({ ok: true, value, status: 200 });
  }
  private gap(expected: number): ReturnType<OutboxIo["send"]> {
    const problem: Problem = {
      status: 409,
      code: "event.gap",
      fields: [{ path: "first", code: "gap", params: { expected } }],
    };
    return Promise.resolve({ ok: false, problem });
  }
}

const io = (send: OutboxIo["send"]): OutboxIo => ({
  send,
  now: () => 0,
  wait: () => Promise.resolve(),
  exclusive: (work) => work(),
});

let db: Db;
let n = 0;
beforeEach(async () => {
  db = await openDb(`t${n++}`);
});

describe("the outbox", () => {
  test("deletes what was acknowledged and keeps the head as receipt", async () => {
    const server = new Server();
    const box = new Outbox(
      db,
      "s",
      "c",
      io((b) => server.take(b)),
    );
    await box.add([event(1), event(2)]);
    await box.pump();
    expect(server.kept).toEqual(["e1", "e2"]);
    expect(box.waiting.value).toBe(0);
    expect(box.head.value?.seq).toBe(2);
  });

  test("keeps everything when nobody answers, and a new tab sends it before its own", async () => {
    const dead = new Outbox(
      db,
      "s",
      "a",
      io(() => Promise.resolve({ ok: false, problem: { status: 401, code: "auth.required", fields: [] } })),
    );
    await dead.add([event(1), event(2)]);
    await dead.pump();
    expect(dead.state.value).toBe("stopped");
    const server = new Server();
    const next = new Outbox(
      db,
      "s",
      "b",
      io((b) => server.take(b)),
    );
    await new Promise((r) => setTimeout(r, 2));
    await next.add([event(3)]);
    await next.pump();
    expect(server.kept).toEqual(["e1", "e2", "e3"]);
  });

  test("a hole that can't be filled continues under a new client", async () => {
    const server = new Server();
    await server.take({ client: "c", first: 1, client_now: 0, events: [event(1)] });
    const box = new Outbox(
      db,
      "s",
      "c",
      io((b) => server.take(b)),
    );
    await box.add([event(1), event(2), event(3)]);
    await db.delete("events", ["s", "c", 2]);
    await db.delete("events", ["s", "c", 1]);
    await box.pump();
    expect(server.kept).toEqual(["e1", "e3"]);
    expect(box.client).not.toBe("c");
  });

  test("an event the server can't read is left out, its neighbours are not", async () => {
    const server = new Server();
    const problem: Problem = { status: 422, code: "validation.failed", fields: [] };
    const last = new Map<string, number>();
    const box = new Outbox(
      db,
      "s",
      "c",
      io((b) => {
        if (b.events.some((e) => e.event_id === "e2")) return Promise.resolve({ ok: false, problem });
        last.set(b.client, b.first);
        return server.take(b);
      }),
    );
    await box.add([event(1), event(2), event(3)]);
    await box.pump();
    expect(server.kept).toEqual(["e1", "e3"]);
    expect(box.refused.value).toBe(1);
  });

  test("lost requests, lost answers and reloads in any order lose no event", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom("add", "lose", "lose_answer", "ok", "reload"), { maxLength: 30 }),
        async (steps) => {
          const own = await openDb(`p${n++}`);
          const server = new Server();
          let fate: string = "ok";
          const send: OutboxIo["send"] = async (b) => {
            const now = fate;
            fate = "ok";
            if (now === "lose") return { ok: false, problem: clientProblem("net.offline") };
            const r = await server.take(b);
            return now === "lose_answer" ? { ok: false, problem: clientProblem("net.timeout") } : r;
          };
          let box = new Outbox(own, "s", "c", io(send));
          const sent: string[] = [];
          for (const s of steps) {
            if (s === "add") {
              sent.push(`e${sent.length + 1}`);
              await box.add([event(sent.length)]);
            } else if (s === "reload") box = new Outbox(own, "s", "c", io(send));
            else {
              fate = s;
              await box.pump();
              fate = "ok";
            }
          }
          await box.pump();
          expect(server.kept).toEqual(sent);
        },
      ),
      { numRuns: 40 },
    );
  });
});
