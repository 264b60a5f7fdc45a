#pragma once
/*
 * net - addresses, networks and origins as operators and clients write them. Pure, any thread.
 *
 * Names are not looked up: only "localhost" stands for an address, 127.0.0.1.
 */
#include "base/str.h"

/* Bytes in network order; len 4 or 16. */
struct net_addr {
    uint8_t bytes[16];
    size_t len;
};
/* "127.0.0.1", "::1" */
MUST_USE bool net_addr_parse(struct str text, struct net_addr *out);

/* All addresses whose first `bits` bits are those of addr. */
struct net {
    struct net_addr addr;
    size_t bits;
};
/* "10.0.0.0/8", "fd00::/8", or one address. */
MUST_USE bool net_parse(struct str text, struct net *out);
/* An IPv4 address inside IPv6 (::ffff:a.b.c.d) is in the networks that a.b.c.d is in. */
bool net_has(const struct net *n, const struct net_addr *a);
/* A comma-separated list of networks, blanks around each allowed; the empty text is none. Takes the
 * next one off *rest: 1, 0 at the end, -1 when it is not a network. */
int net_take(struct str *rest, struct net *out);
bool net_list_valid(struct str text);

struct net_endpoint {
    struct net_addr addr;
    uint16_t port;
};
/* "127.0.0.1:8080", "[::1]:0", "localhost:8080" */
MUST_USE bool net_endpoint_parse(struct str text, struct net_endpoint *out);
bool net_endpoint_valid(struct str text);

/* "https://school.example", "http://10.0.0.1:8080": a scheme http or https, a host, maybe a port,
 * maybe one slash behind; no path, user, query or fragment. */
bool net_origin_valid(struct str text);
