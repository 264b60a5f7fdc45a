#include "encode.h"

enum { DEPTH_MAX = 64, REPR_MAX = 1000 };

static bool tagged(PyObject *value, int depth, struct wire_buf *out);

static void text(struct wire_buf *out, const char *s)
{
    wire_add(out, s, strlen(s));
}

static void code_point(struct wire_buf *out, Py_UCS4 c)
{
    unsigned char b[4];
    size_t n = 0;
    if (c >= 0xD800 && c <= 0xDFFF)
        c = 0xFFFD;
    if (c < 0x80) {
        b[n++] = (unsigned char)c;
    } else if (c < 0x800) {
        b[n++] = (unsigned char)(0xC0 | c >> 6);
        b[n++] = (unsigned char)(0x80 | (c & 0x3F));
    } else if (c < 0x10000) {
        b[n++] = (unsigned char)(0xE0 | c >> 12);
        b[n++] = (unsigned char)(0x80 | (c >> 6 & 0x3F));
        b[n++] = (unsigned char)(0x80 | (c & 0x3F));
    } else {
        b[n++] = (unsigned char)(0xF0 | c >> 18);
        b[n++] = (unsigned char)(0x80 | (c >> 12 & 0x3F));
        b[n++] = (unsigned char)(0x80 | (c >> 6 & 0x3F));
        b[n++] = (unsigned char)(0x80 | (c & 0x3F));
    }
    wire_add(out, b, n);
}

static void json_char(struct wire_buf *out, Py_UCS4 c)
{
    static const char hex[] = "0123456789abcdef";
    if (c == '"' || c == '\\') {
        char esc[2] = { '\\', (char)c };
        wire_add(out, esc, sizeof(esc));
    } else if (c < 0x20 || c == 0x7F) {
        char esc[6] = { '\\', 'u', '0', '0', hex[c >> 4], hex[c & 15] };
        wire_add(out, esc, sizeof(esc));
    } else {
        code_point(out, c);
    }
}

static void json_text(struct wire_buf *out, PyObject *s, Py_ssize_t most)
{
    Py_ssize_t n = PyUnicode_GET_LENGTH(s);
    text(out, "\"");
    for (Py_ssize_t i = 0; i < n && i < most && !out->full; i++)
        json_char(out, PyUnicode_READ_CHAR(s, i));
    text(out, "\"");
}

/* {"$obj":{"type":...,"repr":...}}; runs the object's own __repr__, within the step's time. */
static bool object(PyObject *value, struct wire_buf *out)
{
    const char *name = Py_TYPE(value)->tp_name;
    const char *dot = strrchr(name, '.');
    PyObject *type = PyUnicode_DecodeUTF8(dot ? dot + 1 : name,
                                          (Py_ssize_t)strlen(dot ? dot + 1 : name), "replace");
    PyObject *repr = type ? PyObject_Repr(value) : NULL;
    if (type && !repr) {
        PyErr_Clear();
        repr = PyUnicode_FromString("<no repr>");
    }
    bool ok = type && repr;
    if (ok) {
        text(out, "{\"$obj\":{\"type\":");
        json_text(out, type, REPR_MAX);
        text(out, ",\"repr\":");
        json_text(out, repr, REPR_MAX);
        text(out, "}}");
    }
    Py_XDECREF(type);
    Py_XDECREF(repr);
    PyErr_Clear();
    return ok && !out->full;
}

/* The digits, or nothing when there are more than the interpreter is willing to write. */
static bool integer(PyObject *value, struct wire_buf *out)
{
    static const long long exact = 1LL << 53;
    int over = 0;
    long long small = PyLong_AsLongLongAndOverflow(value, &over);
    if (over == 0 && small >= -exact && small <= exact) {
        char digits[32];
        (void)PyOS_snprintf(digits, sizeof(digits), "%lld", small);
        text(out, digits);
        return !out->full;
    }
    PyObject *digits = PyLong_Type.tp_repr(value);
    if (!digits) {
        PyErr_Clear();
        text(out, "{\"$obj\":{\"type\":\"int\",\"repr\":\"<too many digits>\"}}");
        return !out->full;
    }
    text(out, "{\"$int\":");
    json_text(out, digits, PY_SSIZE_T_MAX);
    text(out, "}");
    Py_DECREF(digits);
    return !out->full;
}

static bool real(PyObject *value, struct wire_buf *out)
{
    double v = PyFloat_AS_DOUBLE(value);
    if (v != v) {
        text(out, "{\"$float\":\"nan\"}");
    } else if (v - v != 0.0) {
        text(out, v > 0 ? "{\"$float\":\"inf\"}" : "{\"$float\":\"-inf\"}");
    } else {
        char *digits = PyOS_double_to_string(v, 'r', 0, Py_DTSF_ADD_DOT_0, NULL);
        text(out, digits ? digits : "0.0");
        PyMem_Free(digits);
    }
    return !out->full;
}

static bool bytes(PyObject *value, struct wire_buf *out)
{
    static const char set[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *p = (const unsigned char *)PyBytes_AS_STRING(value);
    size_t n = (size_t)PyBytes_GET_SIZE(value);
    text(out, "{\"$bytes\":\"");
    for (size_t i = 0; i < n && !out->full; i += 3) {
        uint32_t v = (uint32_t)p[i] << 16 | (i + 1 < n ? (uint32_t)p[i + 1] << 8 : 0) |
                     (i + 2 < n ? p[i + 2] : 0);
        char four[4] = { set[v >> 18], set[v >> 12 & 63], '=', '=' };
        if (i + 1 < n)
            four[2] = set[v >> 6 & 63];
        if (i + 2 < n)
            four[3] = set[v & 63];
        wire_add(out, four, sizeof(four));
    }
    text(out, "\"}");
    return !out->full;
}

/* Elements of a list, a tuple or a set, in the order iteration gives. A list may shrink while an
 * element's __repr__ runs, so its length is asked each time. */
static bool sequence(PyObject *value, int depth, struct wire_buf *out)
{
    text(out, "[");
    for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(value); i++) {
        PyObject *item = PySequence_Fast_GET_ITEM(value, i);
        if (i)
            text(out, ",");
        Py_INCREF(item);
        bool ok = tagged(item, depth + 1, out);
        Py_DECREF(item);
        if (!ok)
            return false;
    }
    text(out, "]");
    return !out->full;
}

static bool wrapped(const char *open, PyObject *items, int depth, struct wire_buf *out)
{
    if (!items) {
        PyErr_Clear();
        return false;
    }
    text(out, open);
    bool ok = sequence(items, depth, out);
    text(out, "}");
    Py_DECREF(items);
    return ok;
}

static bool plain_keys(PyObject *dict)
{
    Py_ssize_t at = 0;
    PyObject *key = NULL;
    while (PyDict_Next(dict, &at, &key, NULL)) {
        if (!PyUnicode_CheckExact(key))
            return false;
        if (PyUnicode_GET_LENGTH(key) > 0 && PyUnicode_READ_CHAR(key, 0) == '$')
            return false;
    }
    return true;
}

static bool plain_pair(PyObject *pair, int depth, struct wire_buf *out)
{
    json_text(out, PyTuple_GET_ITEM(pair, 0), PY_SSIZE_T_MAX);
    text(out, ":");
    return tagged(PyTuple_GET_ITEM(pair, 1), depth + 1, out);
}

static bool tagged_pair(PyObject *pair, int depth, struct wire_buf *out)
{
    text(out, "[");
    bool ok = tagged(PyTuple_GET_ITEM(pair, 0), depth + 1, out);
    text(out, ",");
    ok = ok && tagged(PyTuple_GET_ITEM(pair, 1), depth + 1, out);
    text(out, "]");
    return ok;
}

static bool mapping(PyObject *value, int depth, struct wire_buf *out)
{
    PyObject *items = PyDict_Items(value); /* a copy: __repr__ may change the dict */
    if (!items) {
        PyErr_Clear();
        return false;
    }
    bool plain = plain_keys(value), ok = true;
    text(out, plain ? "{" : "{\"$dict\":[");
    for (Py_ssize_t i = 0; ok && i < PyList_GET_SIZE(items); i++) {
        text(out, i ? "," : "");
        ok = (plain ? plain_pair : tagged_pair)(PyList_GET_ITEM(items, i), depth, out);
    }
    text(out, plain ? "}" : "]}");
    Py_DECREF(items);
    return ok && !out->full;
}

static bool container(PyObject *value, int depth, struct wire_buf *out)
{
    if (depth >= DEPTH_MAX || Py_ReprEnter(value) != 0) {
        PyErr_Clear();
        const char *name = Py_TYPE(value)->tp_name;
        text(out, "{\"$obj\":{\"type\":\"");
        text(out, name); /* a built-in's name: plain letters */
        text(out, "\",\"repr\":\"...\"}}");
        return !out->full;
    }
    bool ok;
    if (PyList_CheckExact(value))
        ok = sequence(value, depth, out);
    else if (PyTuple_CheckExact(value))
        ok = wrapped("{\"$tuple\":", Py_NewRef(value), depth, out);
    else if (PyDict_CheckExact(value))
        ok = mapping(value, depth, out);
    else
        ok = wrapped("{\"$set\":", PySequence_List(value), depth, out);
    Py_ReprLeave(value);
    return ok;
}

static bool tagged(PyObject *value, int depth, struct wire_buf *out)
{
    if (out->full)
        return false;
    if (value == Py_None) {
        text(out, "{\"$none\":1}");
        return !out->full;
    }
    if (PyBool_Check(value)) {
        text(out, value == Py_True ? "true" : "false");
        return !out->full;
    }
    if (PyLong_CheckExact(value))
        return integer(value, out);
    if (PyFloat_CheckExact(value))
        return real(value, out);
    if (PyUnicode_CheckExact(value)) {
        json_text(out, value, PY_SSIZE_T_MAX);
        return !out->full;
    }
    if (PyBytes_CheckExact(value))
        return bytes(value, out);
    if (PyList_CheckExact(value) || PyTuple_CheckExact(value) || PyDict_CheckExact(value) ||
        Py_IS_TYPE(value, &PySet_Type))
        return container(value, depth, out);
    return object(value, out);
}

bool encode_tagged(PyObject *value, struct wire_buf *out)
{
    return tagged(value, 0, out) && !out->full;
}

/* Room left for a short text, in characters; one is kept for the ellipsis. */
struct shortening {
    struct wire_buf *out;
    int left;
};

static void short_value(struct shortening *s, PyObject *value, int depth);

static void short_add(struct shortening *s, const char *chars)
{
    for (; *chars && s->left > 0; chars++, s->left--)
        wire_add(s->out, chars, 1);
}

static void short_text(struct shortening *s, PyObject *str)
{
    /* repr of a slice: quotes and escapes as people know them, cost bounded */
    PyObject *head = PyUnicode_Substring(str, 0, WIRE_REPR_MAX);
    PyObject *repr = head ? PyObject_Repr(head) : NULL;
    for (Py_ssize_t i = 0; repr && i < PyUnicode_GET_LENGTH(repr) && s->left > 0; i++, s->left--)
        code_point(s->out, PyUnicode_READ_CHAR(repr, i));
    Py_XDECREF(head);
    Py_XDECREF(repr);
    PyErr_Clear();
}

static void short_pairs(struct shortening *s, PyObject *dict, int depth)
{
    Py_ssize_t at = 0;
    PyObject *key = NULL, *item = NULL;
    bool first = true;
    short_add(s, "{");
    while (s->left > 0 && PyDict_Next(dict, &at, &key, &item)) {
        short_add(s, first ? "" : ", ");
        short_value(s, key, depth + 1);
        short_add(s, ": ");
        short_value(s, item, depth + 1);
        first = false;
    }
    short_add(s, "}");
}

static void short_items(struct shortening *s, PyObject *value, int depth)
{
    bool list = PyList_CheckExact(value), tuple = PyTuple_CheckExact(value);
    PyObject *iter = PyObject_GetIter(value), *item = NULL;
    Py_ssize_t n = 0;
    short_add(s, list ? "[" : tuple ? "(" : "{");
    while (iter && s->left > 0 && (item = PyIter_Next(iter))) {
        short_add(s, n++ ? ", " : "");
        short_value(s, item, depth + 1);
        Py_DECREF(item);
    }
    Py_XDECREF(iter);
    PyErr_Clear();
    short_add(s, tuple && n == 1 ? "," : "");
    short_add(s, list ? "]" : tuple ? ")" : "}");
}

static bool is_short_scalar(PyObject *value)
{
    if (PyLong_CheckExact(value))
        return Py_ABS(Py_SIZE(value)) < 40; /* about 350 digits: cheap to write */
    return value == Py_None || PyBool_Check(value) || PyFloat_CheckExact(value) ||
           (PyBytes_CheckExact(value) && PyBytes_GET_SIZE(value) < WIRE_REPR_MAX);
}

static void short_value(struct shortening *s, PyObject *value, int depth)
{
    enum { SHORT_DEPTH = 3 };
    if (PyUnicode_CheckExact(value)) {
        short_text(s, value);
        return;
    }
    bool pairs = PyDict_CheckExact(value);
    bool items = PyList_CheckExact(value) || PyTuple_CheckExact(value) ||
                 (Py_IS_TYPE(value, &PySet_Type) && PySet_GET_SIZE(value) > 0);
    if ((pairs || items) && depth < SHORT_DEPTH) {
        (pairs ? short_pairs : short_items)(s, value, depth);
        return;
    }
    PyObject *repr = is_short_scalar(value) ? PyObject_Repr(value) : NULL;
    const char *plain = repr ? PyUnicode_AsUTF8(repr) : NULL;
    if (plain) {
        short_add(s, plain);
    } else {
        const char *name = Py_TYPE(value)->tp_name;
        const char *dot = strrchr(name, '.');
        short_add(s, "<");
        short_add(s, dot ? dot + 1 : name);
        short_add(s, ">");
    }
    Py_XDECREF(repr);
    PyErr_Clear();
}

void encode_short(PyObject *value, struct wire_buf *out)
{
    struct shortening s = { out, WIRE_REPR_MAX - 1 };
    short_value(&s, value, 0);
    if (s.left == 0)
        wire_add(out, "\xE2\x80\xA6", 3); /* … */
}
