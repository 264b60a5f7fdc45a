def entra(a, b, c, x, y, z):
    caja = sorted([a, b, c])
    casillero = sorted([x, y, z])
    for i in range(2):
        if caja[i] > casillero[i]:
            return False
    return True
