def entra(a, b, c, x, y, z):
    caja = [a, b, c]
    casillero = [x, y, z]
    caja.sort()
    casillero.sort()
    return caja[0] <= casillero[0] and caja[1] <= casillero[1] and caja[2] <= casillero[2]
