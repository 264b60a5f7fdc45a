#include "base/id.h"

static void put_byte(char **at, uint8_t v)
{
    static const char hex[] = "0123456789abcdef";
    *(*at)++ = hex[v >> 4];
    *(*at)++ = hex[v & 15];
}

void id_format(int64_t now_us, const uint8_t rnd[8], char out[ID_TEXT + 1])
{
    uint64_t ms = (uint64_t)now_us / US_PER_MS;
    uint64_t sub = ((uint64_t)now_us % US_PER_MS) * 4096 / US_PER_MS;
    uint8_t b[16];
    for (int i = 0; i < 6; i++)
        b[i] = (uint8_t)(ms >> (40 - 8 * i));
    b[6] = (uint8_t)(0x70 | (sub >> 8));
    b[7] = (uint8_t)sub;
    memcpy(b + 8, rnd, 8);
    b[8] = (uint8_t)(0x80 | (b[8] & 0x3F));
    char *at = out;
    for (int i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            *at++ = '-';
        put_byte(&at, b[i]);
    }
    *at = '\0';
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool id_valid(struct str s)
{
    if (s.len != ID_TEXT)
        return false;
    for (size_t i = 0; i < ID_TEXT; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? s.ptr[i] != '-' : hex_value(s.ptr[i]) < 0)
            return false;
    }
    return true;
}

int64_t id_time_us(struct str s)
{
    if (!id_valid(s) || s.ptr[14] != '7')
        return -1;
    int64_t ms = 0;
    for (size_t i = 0; i < 13; i++)
        if (i != 8)
            ms = ms * 16 + hex_value(s.ptr[i]);
    return ms * US_PER_MS;
}
