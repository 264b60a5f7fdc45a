#pragma once
/*
 * image - the zygote's memory as an immutable file, so that a child's first writes are cheap.
 *
 * A page that a parent has written costs its child a fault, a copy and a flush of the translation
 * buffers at the first write, on a virtual machine the most of a run. A page of a private file
 * mapping that nobody has written costs the copy alone, fork passes over it, and many can be asked
 * for in one call. So the zygote, once prepared, moves every private writable mapping but its
 * stack into one sealed memory file and maps that, privately, in the same places; and what a
 * rehearsal wrote is what a child asks for before it is ready.
 *
 * For a process with one thread. What /proc says of us is read through proc_dir, a descriptor of
 * our own folder in it, because the zygote's tree has no /proc.
 */
#include <stdbool.h>

struct image;

/* Moves memory; makes *image first when it is NULL. False with errno: memory holds what it held,
 * but some of it may have moved. Ends the process when a mapping is refused, which only a kernel
 * without memory does. */
bool image_take(struct image **image, int proc_dir);

/* Remembers the pages that were written since image_take; false with errno. */
bool image_learn(struct image *image, int proc_dir);

/* Child: makes its own copies of the remembered pages. A kernel that cannot (before 5.14) leaves
 * that to the first writes. */
void image_copy(const struct image *image);
