/* How Python, C, Java and JavaScript write what the rules are about. */
#include "domain/exercise/construct_priv.h"

#define LIST(...)                                                                                  \
    (const char *const[])                                                                          \
    {                                                                                              \
        __VA_ARGS__, NULL                                                                          \
    }
#define NOTHING ((const char *const[]){ NULL })

static const struct spot python_bindings[] = {
    { "assignment", "left" },
    { "pattern_list", NULL },
    { "tuple_pattern", NULL },
    { "list_pattern", NULL },
    { "list_splat_pattern", NULL },
    { "dictionary_splat_pattern", NULL },
    { "for_statement", "left" },
    { "for_in_clause", "left" },
    { "parameters", NULL },
    { "lambda_parameters", NULL },
    { "default_parameter", "name" },
    { "typed_parameter", NULL },
    { "typed_default_parameter", "name" },
    { "function_definition", "name" },
    { "class_definition", "name" },
    { "named_expression", "name" },
    { "as_pattern_target", NULL },
    { 0 },
};
static const struct spot c_bindings[] = {
    { "function_declarator", "declarator" },
    { "init_declarator", "declarator" },
    { "declaration", "declarator" },
    { "parameter_declaration", "declarator" },
    { "pointer_declarator", "declarator" },
    { "array_declarator", "declarator" },
    { "preproc_def", "name" },
    { "preproc_function_def", "name" },
    { 0 },
};
static const struct spot java_bindings[] = {
    { "method_declaration", "name" },     { "class_declaration", "name" },
    { "variable_declarator", "name" },    { "formal_parameter", "name" },
    { "enhanced_for_statement", "name" }, { 0 },
};
static const struct spot javascript_bindings[] = {
    { "variable_declarator", "name" },
    { "function_declaration", "name" },
    { "generator_function_declaration", "name" },
    { "function_expression", "name" },
    { "class_declaration", "name" },
    { "formal_parameters", NULL },
    { "arrow_function", "parameter" },
    { "assignment_pattern", "left" },
    { "rest_pattern", NULL },
    { "array_pattern", NULL },
    { "for_in_statement", "left" },
    { 0 },
};

static const struct spot python_members[] = { { "attribute", "attribute" }, { 0 } };
static const struct spot c_members[] = { { 0 } };
static const struct spot java_members[] = { { "method_invocation", "name" },
                                            { "field_access", "field" },
                                            { 0 } };
static const struct spot javascript_members[] = { { "member_expression", "property" }, { 0 } };

const struct words construct_words[TREE_LANG_COUNT] = {
    [TREE_PYTHON] = {
        .loops = LIST("for_statement", "while_statement", "for_in_clause"),
        .branches = LIST("if_statement", "conditional_expression", "match_statement", "if_clause"),
        .functions = LIST("function_definition", "lambda"),
        .classes = LIST("class_definition"),
        .imports = LIST("import_statement", "import_from_statement", "future_import_statement"),
        .bindings = python_bindings,
        .members = python_members,
        .object = "object",
        .selves = LIST("self", "cls"),
        .sort = { LIST("sorted"), LIST("sort"),
                  LIST("builtins.sorted", "__builtins__.sorted", "heapq.*", "bisect.insort", "bisect.insort_left",
                       "bisect.insort_right") },
        .max = { LIST("max"), NOTHING,
                 LIST("builtins.max", "__builtins__.max", "heapq.nlargest") },
        .eval = { LIST("eval", "exec", "compile"), NOTHING,
                  LIST("builtins.eval", "__builtins__.eval", "builtins.exec", "builtins.compile") },
        .print = { LIST("print"), NOTHING,
                   LIST("builtins.print", "__builtins__.print", "sys.stdout.*", "sys.stderr.*", "sys.__stdout__.*") },
    },
    [TREE_C] = {
        .loops = LIST("for_statement", "while_statement", "do_statement"),
        .branches = LIST("if_statement", "switch_statement", "conditional_expression"),
        .functions = LIST("function_definition"),
        .classes = NOTHING,
        .imports = LIST("preproc_include"),
        .bindings = c_bindings,
        .members = c_members,
        .object = "argument",
        .selves = NOTHING,
        .sort = { LIST("qsort", "qsort_r", "qsort_s", "heapsort", "mergesort"), NOTHING, NOTHING },
        .max = { LIST("fmax", "fmaxf", "fmaxl"), NOTHING, NOTHING },
        .eval = { NOTHING, NOTHING, NOTHING },
        .print = { LIST("printf", "puts", "putchar", "fprintf", "fputs", "fputc", "putc", "vprintf",
                        "vfprintf", "perror", "write", "fwrite"),
                   NOTHING, NOTHING },
    },
    [TREE_JAVA] = {
        .loops = LIST("for_statement", "enhanced_for_statement", "while_statement", "do_statement"),
        .branches = LIST("if_statement", "switch_expression", "ternary_expression"),
        .functions = LIST("method_declaration", "constructor_declaration", "lambda_expression"),
        .classes = LIST("class_declaration", "record_declaration", "enum_declaration",
                        "interface_declaration"),
        .imports = LIST("import_declaration"),
        .bindings = java_bindings,
        .members = java_members,
        .object = "object",
        .selves = LIST("this"),
        .sort = { NOTHING, LIST("sort", "sorted", "parallelSort"), NOTHING },
        .max = { NOTHING, LIST("max"), NOTHING },
        .eval = { NOTHING, NOTHING, NOTHING },
        .print = { NOTHING, NOTHING,
                   LIST("System.out.*", "System.err.*", "System.out", "System.err") },
    },
    [TREE_JAVASCRIPT] = {
        .loops = LIST("for_statement", "for_in_statement", "while_statement", "do_statement"),
        .branches = LIST("if_statement", "switch_statement", "ternary_expression"),
        .functions = LIST("function_declaration", "function_expression", "arrow_function",
                          "generator_function", "generator_function_declaration",
                          "method_definition"),
        .classes = LIST("class_declaration", "class"),
        .imports = LIST("import_statement"),
        .bindings = javascript_bindings,
        .members = javascript_members,
        .object = "object",
        .selves = LIST("this"),
        .sort = { NOTHING, LIST("sort", "toSorted"), NOTHING },
        .max = { NOTHING, NOTHING, LIST("Math.max") },
        .eval = { LIST("eval", "Function"), NOTHING,
                  LIST("globalThis.eval", "window.eval", "globalThis.Function") },
        .print = { NOTHING, NOTHING, LIST("console.*", "process.stdout.*", "process.stderr.*") },
    },
};
