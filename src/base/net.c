#include "base/net.h"

#include <arpa/inet.h>
#include <ctype.h>

bool net_addr_parse(struct str text, struct net_addr *out)
{
    char name[INET6_ADDRSTRLEN];
    struct net_addr a = { .len = 4 };
    if (!text.len || text.len >= sizeof name || memchr(text.ptr, 0, text.len))
        return false;
    memcpy(name, text.ptr, text.len);
    name[text.len] = 0;
    if (inet_pton(AF_INET, name, a.bytes) != 1) {
        a.len = 16;
        if (inet_pton(AF_INET6, name, a.bytes) != 1)
            return false;
    }
    *out = a;
    return true;
}

bool net_parse(struct str text, struct net *out)
{
    struct net n;
    struct str bits = text;
    struct str addr = str_take_until(&bits, '/');
    bool whole = addr.len == text.len;
    int64_t count = 0;
    if (!net_addr_parse(addr, &n.addr))
        return false;
    if (!whole && !str_to_i64(bits, 0, (int64_t)n.addr.len * 8, &count))
        return false;
    n.bits = whole ? n.addr.len * 8 : (size_t)count;
    *out = n;
    return true;
}

static const uint8_t mapped[12] = { [10] = 0xFF, [11] = 0xFF };

bool net_has(const struct net *n, const struct net_addr *a)
{
    const uint8_t *bytes = a->bytes;
    size_t len = a->len;
    if (len == 16 && n->addr.len == 4 && memcmp(bytes, mapped, sizeof mapped) == 0) {
        bytes += sizeof mapped;
        len = 4;
    }
    size_t whole = n->bits / 8, rest = n->bits % 8;
    if (len != n->addr.len || memcmp(bytes, n->addr.bytes, whole) != 0)
        return false;
    return rest == 0 || ((bytes[whole] ^ n->addr.bytes[whole]) >> (8 - rest)) == 0;
}

int net_take(struct str *rest, struct net *out)
{
    if (!rest->len)
        return 0;
    bool more = str_ends(*rest, STR(",")); /* a list that ends in a comma misses its last */
    struct str one = str_trim(str_take_until(rest, ','));
    return net_parse(one, out) && !(more && !rest->len) ? 1 : -1;
}

bool net_list_valid(struct str text)
{
    struct net n;
    int taken;
    while ((taken = net_take(&text, &n)) > 0)
        continue;
    return taken == 0;
}

bool net_endpoint_parse(struct str text, struct net_endpoint *out)
{
    struct net_endpoint e;
    int64_t port = 0;
    size_t colon = text.len;
    while (colon && text.ptr[colon - 1] != ':')
        colon--;
    if (!colon || !str_to_i64(str_from(text, colon), 0, UINT16_MAX, &port))
        return false;
    struct str host = str_head(text, colon - 1);
    bool six = host.len >= 2 && host.ptr[0] == '[' && host.ptr[host.len - 1] == ']';
    if (six)
        host = (struct str){ host.ptr + 1, host.len - 2 };
    if (!net_addr_parse(str_is(host, "localhost") ? STR("127.0.0.1") : host, &e.addr))
        return false;
    e.port = (uint16_t)port;
    *out = e;
    return six == (e.addr.len == 16); /* 6 without brackets: where does the port begin? */
}

bool net_endpoint_valid(struct str text)
{
    struct net_endpoint e;
    return net_endpoint_parse(text, &e);
}

static bool is_host(struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        bool inner = c == '.' || c == '-';
        if (!isalnum((unsigned char)c) && !inner)
            return false;
        if (inner && (i == 0 || i + 1 == s.len || s.ptr[i + 1] == '.'))
            return false;
    }
    return s.len > 0 && s.len <= 253;
}

bool net_origin_valid(struct str text)
{
    struct net_endpoint e;
    int64_t port = 0;
    if (str_starts(text, STR("http://")))
        text = str_from(text, 7);
    else if (str_starts(text, STR("https://")))
        text = str_from(text, 8);
    else
        return false;
    if (str_ends(text, STR("/")))
        text.len--;
    if (str_starts(text, STR("[")))
        return net_endpoint_parse(text, &e) ||
               (str_ends(text, STR("]")) &&
                net_addr_parse((struct str){ text.ptr + 1, text.len - 2 }, &e.addr) &&
                e.addr.len == 16);
    struct str rest = text;
    struct str host = str_take_until(&rest, ':');
    return is_host(host) && (host.len == text.len || str_to_i64(rest, 1, UINT16_MAX, &port));
}
