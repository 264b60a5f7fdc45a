#include "domain/tutor/tutor_priv.h"

/* Words, then the gate; what the gate does not let through is said one rung lower, then without
 * the author's and the catalogue's words, which are the only ones that can hold code. */

static struct gate_out check(const struct reply_in *in, const struct reply *reply,
                             struct str student, struct arena *a)
{
    const struct gate_in gate = {
        .exercise = in->exercise, .reply = reply->text, .student = student, .rung = reply->rung
    };
    return gate_check(&gate, a);
}

void answer_word(const struct tutor *t, const struct reply_in *in, struct str student,
                 struct arena *a, struct answer *out)
{
    struct reply_in lower = *in;
    *out = (struct answer){ 0 };
    word_reply(&t->library, in, a, &out->reply);
    out->gate = check(in, &out->reply, student, a);
    if (!out->gate.rule)
        return;
    while (lower.ladder.rung > 0) {
        lower.ladder.rung--;
        word_reply(&t->library, &lower, a, &out->reply);
        if (!check(&lower, &out->reply, student, a).rule)
            return;
    }
    struct analysis bare = { .situation = in->analysis->situation, .vector = STR("") };
    struct exercise silent = *in->exercise;
    silent.hint_count = 0;
    lower.analysis = &bare;
    lower.exercise = &silent;
    word_reply(&t->library, &lower, a, &out->reply);
}
