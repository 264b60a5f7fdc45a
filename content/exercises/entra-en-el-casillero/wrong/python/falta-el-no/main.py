def entra(a, b, c, x, y, z):
    if min(a, b, c) <= min(x, y, z):
        medio_caja = a + b + c - min(a, b, c) - max(a, b, c)
        medio_casillero = x + y + z - min(x, y, z) - max(x, y, z)
        if medio_caja <= medio_casillero:
            return max(a, b, c) <= max(x, y, z)
