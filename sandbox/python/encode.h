#pragma once
/*
 * encode - a Python value as tagged JSON, and as a short text for people.
 *
 * Only exact built-in types are encoded; everything else, subclasses too, becomes
 * {"$obj":{"type","repr"}}. None is {"$none":1}. A dict whose keys are all plain texts not
 * beginning with "$" is a JSON object, any other {"$dict":[[k,v]]}. Depth <= 64; deeper and cyclic
 * parts become $obj. A lone surrogate becomes U+FFFD. Set order is whatever it is: compare
 * unordered. In C so that a program that replaced builtins or json changes nothing here. Needs the
 * interpreter lock. An exception inside a student's __repr__ is cleared.
 */
#ifndef PY_SSIZE_T_CLEAN
#define PY_SSIZE_T_CLEAN /* lengths of "#" formats are Py_ssize_t */
#endif
#include <Python.h>

#include "../wire.h"

/* False, with out->full set, when the text passes out->max. */
bool encode_tagged(PyObject *value, struct wire_buf *out);

/* At most WIRE_REPR_MAX characters and about 3 levels; never calls the student's code: an object of
 * another type is <Name>. */
void encode_short(PyObject *value, struct wire_buf *out);
