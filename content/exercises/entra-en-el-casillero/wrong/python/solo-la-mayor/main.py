def entra(a, b, c, x, y, z):
    return max(a, b, c) <= max(x, y, z)
