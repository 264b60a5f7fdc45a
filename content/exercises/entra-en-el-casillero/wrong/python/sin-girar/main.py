def entra(a, b, c, x, y, z):
    return a <= x and b <= y and c <= z
