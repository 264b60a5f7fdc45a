def entra(a, b, c, x, y, z):
    pass
