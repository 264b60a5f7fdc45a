def entra(a, b, c, x, y, z):
    return a * b * c <= x * y * z
