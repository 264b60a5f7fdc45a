#pragma once
/* tree - what its files share. */
#include "io/tree/tree.h"

#include <tree_sitter/api.h>

const TSLanguage *tree_grammar(enum tree_lang lang);
