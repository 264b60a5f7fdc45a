#pragma once
/* construct - what its files share: how each language writes things, and a program looked at. */
#include "domain/exercise/construct.h"

/* Lists end with NULL. */
struct banned {
    const char *const *names;   /* functions of the language */
    const char *const *methods; /* of any object that is not the student's */
    const char *const *members; /* "heapq.nlargest"; "console.*" */
};
struct spot { /* an identifier with this parent and field gets its name there; NULL: any field */
    const char *parent, *field;
};
struct words {
    const char *const *loops, *const *branches, *const *functions, *const *classes, *const *imports;
    const struct spot *bindings; /* ends with parent NULL */
    const struct spot *members;  /* kind of a member access, and the field of its name */
    const char *object;          /* field of its object */
    const char *const *selves;   /* what an object calls itself */
    struct banned sort, max, eval, print;
};
extern const struct words construct_words[TREE_LANG_COUNT];

struct fn {
    struct str name;
    uint32_t node, params, owner; /* owner: its class, or TREE_NONE */
};
/* A tree with what the rules ask of it. */
struct look {
    const struct construct *rule;
    const struct tree *t;
    const struct words *w;
    struct arena *a;
    uint32_t within;       /* the rule's scope: a node; TREE_NONE when the function is not there */
    const uint32_t *scope; /* of each node: the function, class or file its names belong to */
    const struct fn *fns;
    size_t fn_count;
    int64_t until; /* of clock_after */
    enum err bad;  /* not known: time is over, or too much of something */
    struct fail *f;
};

/* Looks at the clock now and then: false once it is past l->until. */
bool look_in_time(struct look *l, uint32_t step);
void look_at(struct look *l);
bool look_is(const struct look *l, uint32_t node, const char *kind);
bool look_is_any(const struct look *l, uint32_t node, const char *const *kinds);
uint32_t look_child(const struct look *l, uint32_t node, const char *field);
bool word_in(struct str s, const char *const *list);

/* Is the node a name that is used, not given and not the name of a member? */
bool look_is_use(const struct look *l, uint32_t node);
/* Does the name get its meaning there? */
bool look_is_given(const struct look *l, uint32_t node);
/* Did the student give the name a meaning of their own that holds at the node? */
bool look_is_own(const struct look *l, uint32_t node, struct str name);
/* object and name of `object.name`; *object TREE_NONE where a method is called without one. */
struct member {
    uint32_t object;
    struct str name;
};
bool look_member(const struct look *l, uint32_t node, struct member *out);
/* The object is the student's, and its class has the method. */
bool look_is_own_object(const struct look *l, uint32_t object, struct str method);
/* What `x` stands for after one assignment or `import ... as x`; x itself otherwise. */
struct str look_alias(const struct look *l, struct str name);

/* The first node inside l->within that breaks (or, for a rule that asks, that keeps) the rule. */
uint32_t find_banned(struct look *l, const struct banned *b);
uint32_t find_import(struct look *l);
uint32_t find_recursion(struct look *l);
