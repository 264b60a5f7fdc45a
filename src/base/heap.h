#pragma once
/*
 * heap - what the C library keeps of the memory it has had. Called once, by one thread, at a start.
 */
#include <stddef.h>

/* Takes `begin` bytes at once, with their pages, and gives none back afterwards: a page that is
 * touched first costs ten times one that is asked for in a row, and what goes back to the kernel
 * after a request is paid again by the next. Only speed: a kernel that cannot is no error. */
void heap_keep(size_t begin);
