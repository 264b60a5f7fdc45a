def entra(a, b, c, x, y, z):
    menor_caja = min(a, b, c)
    mayor_caja = max(a, b, c)
    medio_caja = a + b + c - menor_caja - mayor_caja
    menor_casillero = min(x, y, z)
    mayor_casillero = max(x, y, z)
    medio_casillero = x + y + z - menor_casillero - mayor_casillero
    if menor_caja > menor_casillero:
        return False
    if medio_caja > medio_casillero:
        return False
    return mayor_caja <= mayor_casillero
