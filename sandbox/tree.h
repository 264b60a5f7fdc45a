#pragma once
/*
 * tree - the root folder of the boxes: built once, in the zygote's own mount namespace.
 *
 * A tmpfs with read-only binds of what the profile names, five devices, an empty /work to mount on,
 * and our interpreter module; nothing else of the host. Called in a new user and mount namespace.
 */
#include "profile.h"

/* NULL, or the step that failed (errno tells why). module_fd: the interpreter module's file. */
const char *tree_enter(const struct profile *p, int module_fd);
