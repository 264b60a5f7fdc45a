/* Addresses, networks, endpoints and origins of the configuration, and of X-Forwarded-For. */
#include "base/net.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str in = { size ? (const char *)data : "", size }, rest = in;
    struct net_addr addr;
    struct net n;
    struct net_endpoint e;
    int taken;
    size_t count = 0;
    if (net_addr_parse(in, &addr)) {
        bool alone = net_parse(in, &n);
        assert(alone && net_has(&n, &addr) && (addr.len == 4 || addr.len == 16));
    }
    while ((taken = net_take(&rest, &n)) > 0) {
        assert(n.bits <= n.addr.len * 8 && net_has(&n, &n.addr));
        count++;
    }
    assert(net_list_valid(in) == (taken == 0));
    assert(count <= size / 2 + 1);
    if (net_endpoint_parse(in, &e))
        assert(!net_addr_parse(in, &addr) || addr.len == 16);
    if (net_origin_valid(in))
        assert(str_starts(in, STR("http")) && !memchr(in.ptr, '@', in.len));
    return 0;
}
